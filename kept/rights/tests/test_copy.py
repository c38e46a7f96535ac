"""Taking a copy: who may, what is in it, and what no program that opens it can be made to do."""

from __future__ import annotations

import csv
import io
import json
import tracemalloc
from random import Random
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from django.utils import timezone

from kept.core.ledger.notes import sign
from kept.operations.demo.demo_world import World
from kept.rights.copies.archive import cell
from kept.rights.copies.manifest import CopyBroken, verify
from kept.rights.models import Copy
from kept.rights.tests.conftest import help_her, prove, said

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def copy(sure: Any, bob: Any, alice: Any) -> ZipFile:
    """Hers, of everything, after Bob helped her."""
    help_her(World(Random(1), 0, timezone.now()), bob, alice)
    answer = sure.post("/me/copy/", {"scope": "all"})
    assert answer["Content-Type"] == "application/zip" and "attachment" in answer["Content-Disposition"]
    return ZipFile(io.BytesIO(answer.content))


def everything(copy: ZipFile) -> str:
    return "".join(copy.read(name).decode("utf-8", "replace") for name in copy.namelist())


def test_it_asks_who_she_is_first(hers: Any) -> None:
    answer = hers.post("/me/copy/", {"scope": "all"})
    assert answer.url == "/account/reauthenticate/?next=%2Fme%2Fcopy%2F"
    assert not Copy.objects.exists()


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"scope": "some"}, "Choose at least one kind of data, or take everything"),
        ({"scope": "half"}, "Choose what the copy should hold"),
        ({"scope": "some", "categories": ["contact.email", "no.such"]}, "Choose kinds of data from the list"),
    ],
)
def test_a_mistake_makes_no_copy(sure: Any, given: Any, sentence: str) -> None:
    answer = sure.post("/me/copy/", given)
    assert answer.status_code == 422 and sentence in said(answer)
    assert not Copy.objects.exists()


def test_it_holds_what_is_known_and_what_happened(copy: ZipFile) -> None:
    inside = everything(copy)
    for value in (
        "Alice Lambert",
        "alice@example.com",
        "=Alarm contact, she writes.",
        "you got in touch by e-mail",
    ):
        assert value in inside, value
    assert "Bob" not in inside and "bob@" not in inside


def test_what_is_not_in_it_is_named_with_the_reason(copy: ZipFile) -> None:
    inventory = json.loads(copy.read("inventory.json"))
    named = {row["category"] for row in inventory["included"]} | {
        row["category"] for row in inventory["not_included"]
    }
    assert len(named) == inventory["categories_of_the_policy"]
    assert all(
        row["why"]
        for row in (
            inventory["not_included"] + inventory["columns_not_included"] + inventory["tables_about_nobody"]
        )
    )


def test_some_kinds_leave_the_others_out(sure: Any, alice: Any) -> None:
    answer = sure.post("/me/copy/", {"scope": "some", "categories": ["contact.email"]})
    archive = ZipFile(io.BytesIO(answer.content))
    data = "".join(archive.read(name).decode() for name in archive.namelist() if name.startswith("data/"))
    assert "alice@example.com" in data and "Alice Lambert" not in everything(archive)
    assert "You did not choose it for this copy." in archive.read("inventory.json").decode()


def test_no_cell_runs_in_a_spreadsheet(copy: ZipFile) -> None:
    cells = [
        value
        for name in copy.namelist()
        if name.endswith(".csv")
        for row in csv.reader(io.StringIO(copy.read(name).decode("utf-8-sig")))
        for value in row
    ]
    assert "'=Alarm contact, she writes." in cells
    assert not [value for value in cells if value.startswith(("=", "+", "-", "@", "\t", "\r"))]


@pytest.mark.parametrize("text", ["=1+1", "+32", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", "＠x"])
def test_formulas_become_text(text: str) -> None:
    assert cell(text) == f"'{text}"
    assert cell("Alice") == "Alice"


def test_its_pages_can_load_and_run_nothing(copy: ZipFile) -> None:
    pages = [copy.read(name).decode() for name in copy.namelist() if name.endswith(".html")]
    assert pages
    for page in pages:
        assert (
            "default-src 'none'" in page and "<script" not in page and "http" not in page.split("</style>")[1]
        )


def test_html_in_a_value_stays_text(sure: Any, alice: Any) -> None:
    sure.post("/me/profile/", {"name": "<script>alert(1)</script>", "language": "en"})
    inside = ZipFile(io.BytesIO(sure.post("/me/copy/", {"scope": "all"}).content))
    pages = "".join(inside.read(name).decode() for name in inside.namelist() if name.endswith(".html"))
    assert "&lt;script&gt;alert(1)" in pages and "<script" not in pages


def test_it_is_verified_and_one_byte_breaks_it(copy: ZipFile, tmp_path: Any) -> None:
    file = tmp_path / "copy.zip"
    raw = copy.fp.getvalue()  # type: ignore[union-attr]
    file.write_bytes(raw)
    found = verify(file, sign.public_key())
    assert found.files > 5 and found.entries >= 2
    for place in [*range(0, len(raw), len(raw) // 100), *range(len(raw) - 400, len(raw), 7)]:
        file.write_bytes(raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :])
        with pytest.raises(CopyBroken):
            verify(file, sign.public_key())


def test_a_file_added_or_taken_out_is_noticed(copy: ZipFile, tmp_path: Any) -> None:
    for skip, add in (("inventory.json", ""), ("", "extra.txt")):
        file = tmp_path / f"changed{skip}{add}.zip"
        with ZipFile(file, "w") as out:
            for name in copy.namelist():
                if name != skip:
                    out.writestr(name, copy.read(name))
            if add:
                out.writestr(add, "more")
        with pytest.raises(CopyBroken, match=skip or add):
            verify(file, sign.public_key())


@pytest.mark.parametrize("name", ["manifest.json", "manifest.note", "inventory.json"])
def test_a_zip_that_unpacks_to_gigabytes_is_refused_early(copy: ZipFile, tmp_path: Any, name: str) -> None:
    file = tmp_path / "bomb.zip"
    with ZipFile(file, "w", ZIP_DEFLATED) as out:
        for other in copy.namelist():
            out.writestr(other, b"0" * 200_000_000 if other == name else copy.read(other))
    tracemalloc.start()
    with pytest.raises(CopyBroken, match=name):
        verify(file, sign.public_key())
    assert tracemalloc.get_traced_memory()[1] < 60_000_000
    tracemalloc.stop()


def test_the_name_of_a_file_that_was_added_does_not_reach_the_terminal_as_it_is(
    copy: ZipFile, tmp_path: Any
) -> None:
    file = tmp_path / "added.zip"
    with ZipFile(file, "w") as out:
        for name in copy.namelist():
            out.writestr(name, copy.read(name))
        out.writestr("\x1b[2JHolds.", "more")
    with pytest.raises(CopyBroken) as broken:
        verify(file, sign.public_key())
    assert "\x1b" not in str(broken.value)


def test_taking_it_stands_on_her_timeline(copy: ZipFile, sure: Any) -> None:
    assert "A copy of your data was made" in said(sure.get("/me/timeline/"))


def test_charlie_gets_his_own(client_of: Any, charlie: Any, alice: Any) -> None:
    archive = ZipFile(io.BytesIO(prove(client_of(charlie)).post("/me/copy/", {"scope": "all"}).content))
    assert "Charlie Weber" in everything(archive) and "Alice" not in everything(archive)
