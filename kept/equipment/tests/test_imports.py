"""`kept import serials`: the serial master, all of it or none of it."""

import io
import time
from datetime import date

import pytest
from django.utils import timezone

from kept.equipment import imports, serials
from kept.equipment.models import Unit, UnitEvent
from kept.products import demo
from kept.products.csv_files import Written

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def catalogue():
    demo.load()


def stream(*rows: str, heading: str = "serial,product,made,shipped", encoding: str = "utf-8") -> io.BytesIO:
    return io.BytesIO("\n".join([heading, *rows]).encode(encoding))


def numbered(number: int) -> str:
    return serials.display(serials.make(number))


GOOD = (
    f"{numbered(1)},M10-48-10K,2024-03-01,2024-04-02",
    f"sn {numbered(2)},INV-10-48,1.3.2024,",
    f"{numbered(3)},m30-30k,,",
)


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
        (
            "1204-88-3,M30-30K,,",
            "serial",
            "This serial number has a typing error. Check characters 5 to 8 on the label.",
        ),
        (
            "12O4-88-2,M30-30K,,",
            "serial",
            "We read this as 1204-88-2 (zero, not the letter O). Write it so, if that is right.",
        ),
        ("0000-01-8,M30-30K,,", "serial", "This serial number stands on line 2 already."),
        (",M30-30K,,", "serial", "Enter a serial number, like 1204-88-2"),
        ("1204-88-2,M99,,", "product", "No product has this part number. Import products first."),
        ("1204-88-2,,,", "product", "Enter the product."),
        (
            "1204-88-2,M30-30K,03/04/2024,",
            "made",
            (
                "This is one day in Europe and another in America. Write it as year-month-day, like"
                " 2024-03-31, or import with --dates day-first or month-first."
            ),
        ),
        ("1204-88-2,M30-30K,31-03-24,", "made", "Write the year with four figures, like 2024-03-31."),
        (
            "1.20E+06,M30-30K,,",
            "serial",
            "A spreadsheet shortened this number. Give the column the format “text”, and export it again.",
        ),
        (
            "12047,M30-30K,,",
            "serial",
            "A spreadsheet may have dropped zeros here. Write 0012-04-7, if that is right.",
        ),
        (
            "1204-88-2,M30-30K,2024-02-30,",
            "made",
            "This date does not exist. Write it as year-month-day, like 2024-03-31.",
        ),
        (
            "1204-88-2,M30-30K,2999-01-01,",
            "made",
            "This day is still to come. Write the day it happened, or leave the cell empty.",
        ),
        ("1204-88-2,M30-30K,2024-03-01,2024-02-01", "shipped", "A unit cannot be shipped before it is made."),
    ],
)
def test_one_wrong_row_names_line_and_column_and_saves_none(row, column, sentence):
    report = imports.apply(stream(GOOD[0], "", row))
    assert [(problem.line, problem.column, problem.sentence) for problem in report.problems] == [
        (4, column, sentence)
    ]
    assert not report.saved and not Unit.objects.exists() and not UnitEvent.objects.exists()


def test_a_problem_in_the_last_batch_takes_back_the_first():
    rows = [f"{numbered(number)},M30-30K,2024-03-01," for number in range(4500)]
    assert not imports.apply(stream(*rows, "bad,M30-30K,,")).saved
    assert not Unit.objects.exists()


@pytest.mark.parametrize(
    ("heading", "mark"), [("Serial number;Part number;Made", ";"), ("SN\tModel\tProduced", "\t")]
)
def test_other_headings_and_delimiters(heading, mark):
    report = imports.apply(
        stream(mark.join([numbered(1), "M30-30K", "2024-03-01"]), heading=heading, encoding="utf-8-sig")
    )
    assert report.saved and Unit.objects.get().made == date(2024, 3, 1)


def test_columns_nobody_asked_for_are_named_not_kept():
    assert imports.check(
        stream(f"{numbered(1)},M30-30K,Alice", heading="serial,product,customer")
    ).ignored == ("customer",)


def test_the_same_column_by_two_names():
    assert (
        imports.check(stream("x", heading="serial,product,model")).problems[0].sentence
        == "The column “product” is there twice. Keep one."
    )


def test_many_rows_are_quick():
    rows = [f"{numbered(number)},M30-30K,2024-03-01,2024-04-02" for number in range(20_000)]
    began = time.process_time()
    report = imports.apply(stream(*rows))
    assert report.saved and (Unit.objects.count(), UnitEvent.objects.count()) == (20_000, 40_000)
    assert time.process_time() - began < 15


@pytest.mark.parametrize(
    "cell",
    [
        "1204882",
        "1204882.0",
        "1204882,00",
        "1.204882E+06",
        "1,204882E+06",
        '="1204-88-2"',
        "'1204882",
        "*1204882*",
    ],
)
def test_serial_numbers_as_spreadsheets_write_them(cell):
    quoted = '"' + cell.replace('"', '""') + '"'
    assert imports.apply(stream(f"{quoted},M30-30K,,")).saved
    assert Unit.objects.get().serial == "1204882"


@pytest.mark.parametrize(
    "cell",
    [
        "2024-03-31",
        "31.3.2024",
        "31/03/2024",
        "3/31/2024",
        "31-mrt-2024",
        "31 mars 2024",
        "45382",
        "2024-03-31 00:00:00",
        "31/03/2024 0:00",
    ],
)
def test_dates_as_spreadsheets_write_them(cell):
    assert imports.apply(stream(f"1204-88-2,M30-30K,{cell},")).saved
    assert Unit.objects.get().made == date(2024, 3, 31)


@pytest.mark.parametrize(
    ("order", "day"), [("day-first", date(2024, 4, 3)), ("month-first", date(2024, 3, 4))]
)
def test_who_imports_says_which_comes_first(order, day):
    assert imports.apply(stream("1204-88-2,M30-30K,03/04/2024,"), written=Written(dates=order)).saved
    assert Unit.objects.get().made == day


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_code_pages_that_tell_themselves(encoding):
    assert imports.apply(stream("1204-88-2,M30-30K,1 août 2024,", encoding=encoding)).saved


def test_a_heading_that_names_its_separator():
    file = io.BytesIO(b"sep=;\r\nserial;product;made;shipped\r\n1204-88-2;M30-30K;2024-02-30;\r\n")
    assert next(str(one) for one in imports.check(file).problems).startswith("line 3, column “made”")


@pytest.mark.parametrize("byte", [b"\x81", b"\x8d", b"\x8f", b"\x90", b"\x9d"])
def test_a_byte_that_no_western_page_has_is_named_with_the_choice(byte):
    file = io.BytesIO(b"serial,product,made,shipped\n1204-88-2,M30-30K,,\n" + byte + b",M30-30K,,\n")
    (problem,) = imports.check(file).problems
    assert problem.sentence.startswith(
        f"Line 3 holds a byte ({byte.hex().upper()}) that is neither UTF-8 nor Windows-1252."
    )
    assert "--encoding: cp1252 (Windows, western Europe), cp1250" in problem.sentence


@pytest.mark.parametrize("encoding", ["cp1250", "cp1251", "shift-jis", "mac-roman", "gb18030", "cp850"])
def test_a_named_code_page_is_read(encoding):
    assert imports.apply(
        stream("1204-88-2,M30-30K,,", encoding=encoding), written=Written(encoding=encoding)
    ).saved


@pytest.mark.parametrize("encoding", ["klingon", "base64", "rot13"])
def test_what_is_no_code_page_is_said(encoding):
    (problem,) = imports.check(stream("1204-88-2,M30-30K,,"), written=Written(encoding=encoding)).problems
    assert problem.sentence.startswith(f"“{encoding}” is no code page we know.")
