"""`kept import products`: what a person's spreadsheet may look like, and that a bad one changes nothing."""

import csv
import io

import pytest

from kept.products import demo, imports
from kept.products.csv_files import run
from kept.products.models import Product

pytestmark = pytest.mark.django_db

SOURCE = (demo.CATALOGUE / "products.csv").read_text()


def changed(line: int = 2, delimiter: str = ",", **cells: str) -> str:
    rows = list(csv.DictReader(io.StringIO(SOURCE)))
    rows[line - 2].update(cells)
    out = io.StringIO()
    writer = csv.DictWriter(out, rows[0], delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def stream(text: str, encoding: str = "utf-8") -> io.BytesIO:
    return io.BytesIO(text.encode(encoding))


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_it_reads_what_spreadsheets_write(delimiter, encoding):
    report = imports.apply(stream(changed(delimiter=delimiter, name="Onduleur modèle 10 à 48 V"), encoding))
    assert (report.saved, report.new, report.problems) == (True, 27, [])
    assert Product.objects.get(code="M10-48-2K5").name == "Onduleur modèle 10 à 48 V"


def test_a_dry_run_saves_nothing():
    report = imports.check(stream(SOURCE))
    assert report.summary == "27 rows are ready. Nothing is saved yet."
    assert not Product.objects.exists()


def test_one_bad_row_saves_none():
    report = imports.apply(stream(changed(line=5, rated_w="many")))
    assert not report.saved and not Product.objects.exists()
    assert str(report.problems[0]) == "line 5, column “rated_w”: Enter a number from 1 to 100000000. (“many”)"
    assert report.summary == "26 rows are ready, 1 needs attention. Nothing is saved yet."


def test_a_bad_replacement_found_at_the_very_end_saves_none():
    report = imports.apply(stream(changed(line=8, replacement="M99")))
    assert not Product.objects.exists()
    assert (report.problems[0].line, report.problems[0].value) == (8, "M99")


def test_importing_again_changes_instead_of_doubling():
    imports.apply(stream(SOURCE))
    report = imports.apply(stream(changed(markets="rail", approvals="EN 50155", summary="New words.")))
    assert (report.new, report.changed) == (0, 27)
    product = Product.objects.get(code="M10-48-2K5")
    assert [market.slug for market in product.markets.all()] == ["rail"]
    assert product.summary == "New words." and Product.objects.count() == 27


def test_the_same_part_number_twice():
    report = imports.check(stream(changed(line=4, part_number="m10-48-2k5")))
    assert "stands on line 2 already" in report.problems[0].sentence and report.problems[0].line == 4


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"markets": "moon"}, "markets"),
        ({"markets": ""}, "markets"),
        ({"input": "48"}, "input"),
        ({"input": "480 V DC"}, "input"),
        ({"input_min_v": "1.000"}, "input_min_v"),
        ({"rated_va": ""}, "rated_va"),
        ({"rated_w": "11000"}, "rated_w"),
        ({"temperature_min_c": "90"}, "temperature_min_c"),
        ({"support_until": "31-02-2030"}, "support_until"),
        ({"support_until": "2030-02-31"}, "support_until"),
        ({"drawing": "../../etc"}, "drawing"),
        ({"part_number": ""}, "part_number"),
        ({"part_number": "X" * 33}, "part_number"),
        ({"name": "a\x07b"}, "name"),
        ({"ip": "2x"}, "ip"),
        ({"lifecycle": "last-buy", "last_buy": ""}, "last_buy"),
    ],
)
def test_each_wrong_cell_is_named_with_its_line_and_column(cells, column):
    report = imports.check(stream(changed(line=3, **cells)))
    assert {(problem.line, problem.column) for problem in report.problems} == {(3, column)}


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty."),
        (b"PK\x03\x04\0\0", "This is not a CSV file. In a spreadsheet choose “Save as” and “CSV UTF-8”."),
        (b"name,line\nx,y\n", "The file lacks the columns"),
        (SOURCE.replace("line,", "name,", 1).encode(), "The column “name” is there twice. Keep one."),
        (SOURCE.split("\n")[0].encode() + b'\n"open', "From this line on the quotation marks do not match."),
        (
            SOURCE.split("\n")[0].encode() + b"\n" + b",".join([b"x"] * 41),
            "This line has 41 cells, the heading has 34.",
        ),
    ],
)
def test_a_file_that_cannot_be_read_gets_one_sentence(content, sentence):
    report = imports.apply(io.BytesIO(content))
    assert any(sentence in problem.sentence for problem in report.problems)
    assert not Product.objects.exists()


def test_a_file_that_is_too_large():
    report = run(io.BytesIO(SOURCE.encode()), imports._Products(), save=True, size_limit=1000)
    assert "larger than" in report.problems[0].sentence


def test_problems_are_counted_beyond_the_ones_kept(monkeypatch):
    monkeypatch.setattr("kept.products.csv_files.PROBLEMS_KEPT", 5)
    report = imports.check(stream(SOURCE.replace("inverter,", "toaster,")))
    assert len(report.problems) == 5 and report.problem_rows > 5
