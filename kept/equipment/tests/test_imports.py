"""`kept import serials`: the serial master, all of it or none of it."""

import io
import time
from datetime import date

import pytest
from django.utils import timezone

from kept.equipment import imports, serials
from kept.equipment.models import Unit, UnitEvent
from kept.products import demo

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def catalogue():
    demo.load()


def stream(*rows: str, heading: str = "serial,product,made,shipped", encoding: str = "utf-8") -> io.BytesIO:
    return io.BytesIO("\n".join([heading, *rows]).encode(encoding))


def numbered(number: int) -> str:
    return serials.display(serials.make(number))


GOOD = (f"{numbered(1)},M10-48-10K,2024-03-01,2024-04-02", f"sn {numbered(2)},INV-10-48,1.3.2024,", f"{numbered(3)},m30-30k,,")


def test_it_saves_units_with_their_history():
    report = imports.apply(stream(*GOOD))
    assert report.summary == "3 rows saved: 3 new, 0 changed, 0 as before."
    unit = Unit.objects.numbered(numbered(1))
    assert (unit.product.code, unit.made, unit.shipped) == ("M10-48-10K", date(2024, 3, 1), date(2024, 4, 2))
    assert list(unit.events.values_list("state", flat=True)) == ["produced", "shipped"]
    assert timezone.localdate(unit.events.first().at) == date(2024, 3, 1)
    assert Unit.objects.numbered(numbered(2)).product == unit.product


def test_a_dry_run_saves_nothing():
    assert imports.check(stream(*GOOD)).ready == 3
    assert not Unit.objects.exists()


def test_the_same_file_again_changes_nothing():
    imports.apply(stream(*GOOD))
    assert imports.apply(stream(*GOOD)).summary == "3 rows saved: 0 new, 0 changed, 3 as before."
    assert UnitEvent.objects.count() == 3


def test_other_facts_ask_before_they_overwrite():
    imports.apply(stream(*GOOD))
    moved = f"{numbered(1)},M30-30K,2024-03-01,2024-04-02"
    assert "known with other facts" in imports.apply(stream(moved)).problems[0].sentence
    assert imports.apply(stream(moved), update=True).changed == 1
    assert Unit.objects.numbered(numbered(1)).product.code == "M30-30K"


@pytest.mark.parametrize(
    ("row", "column", "sentence"),
    [
        ("1204-88-3,M30-30K,,", "serial", "This serial number has a typing error. Check characters 5 to 8 on the label."),
        ("12O4-88-2,M30-30K,,", "serial", "We read this as 1204-88-2 (zero, not the letter O). Write it so, if that is right."),
        ("0000-01-8,M30-30K,,", "serial", "This serial number stands on line 2 already."),
        (",M30-30K,,", "serial", "Enter a serial number, like 1204-88-2"),
        ("1204-88-2,M99,,", "product", "No product has this part number. Import products first."),
        ("1204-88-2,,,", "product", "Enter the product."),
        ("1204-88-2,M30-30K,03/04/2024,", "made", "Write the date as year-month-day, like 2024-03-31."),
        ("1204-88-2,M30-30K,2024-02-30,", "made", "This date does not exist. Write it as year-month-day, like 2024-03-31."),
        ("1204-88-2,M30-30K,2999-01-01,", "made", "This day is still to come. Write the day it happened, or leave the cell empty."),
        ("1204-88-2,M30-30K,2024-03-01,2024-02-01", "shipped", "A unit cannot be shipped before it is made."),
    ],
)
def test_one_wrong_row_names_line_and_column_and_saves_none(row, column, sentence):
    report = imports.apply(stream(GOOD[0], "", row))
    assert [(problem.line, problem.column, problem.sentence) for problem in report.problems] == [(4, column, sentence)]
    assert not report.saved and not Unit.objects.exists() and not UnitEvent.objects.exists()


def test_a_problem_in_the_last_batch_takes_back_the_first():
    rows = [f"{numbered(number)},M30-30K,2024-03-01," for number in range(4500)]
    assert not imports.apply(stream(*rows, "bad,M30-30K,,")).saved
    assert not Unit.objects.exists()


@pytest.mark.parametrize(("heading", "mark"), [("Serial number;Part number;Made", ";"), ("SN\tModel\tProduced", "\t")])
def test_other_headings_and_delimiters(heading, mark):
    report = imports.apply(stream(mark.join([numbered(1), "M30-30K", "2024-03-01"]), heading=heading, encoding="utf-8-sig"))
    assert report.saved and Unit.objects.get().made == date(2024, 3, 1)


def test_columns_nobody_asked_for_are_named_not_kept():
    assert imports.check(stream(f"{numbered(1)},M30-30K,Alice", heading="serial,product,customer")).ignored == ("customer",)


def test_the_same_column_by_two_names():
    assert imports.check(stream("x", heading="serial,product,model")).problems[0].sentence == "The column “product” is there twice. Keep one."


def test_many_rows_are_quick():
    rows = [f"{numbered(number)},M30-30K,2024-03-01,2024-04-02" for number in range(20_000)]
    began = time.process_time()
    report = imports.apply(stream(*rows))
    assert report.saved and (Unit.objects.count(), UnitEvent.objects.count()) == (20_000, 40_000)
    assert time.process_time() - began < 15
