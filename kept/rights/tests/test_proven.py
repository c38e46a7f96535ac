"""Every entry of a copy comes with its proof or is named as not proven, and one without takes nothing from
the others.
"""

from __future__ import annotations

import io
import json
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from zipfile import ZipFile

import pytest
from django.db import connection
from django.utils import timezone

from kept.core.ledger import fold
from kept.core.ledger.models import Act, Touch
from kept.core.ledger.notes import sign
from kept.core.ledger.record import Part, record
from kept.core.ledger.tree.row_format import mark
from kept.core.vault.subject_keys import keys
from kept.operations.demo.demo_world import World
from kept.rights.copies import copy_builder
from kept.rights.copies.manifest import CopyBroken, verify
from kept.rights.receipts import flows
from kept.rights.tests.conftest import help_her

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def helped(alice: Any, bob: Any) -> Any:
    help_her(World(Random(1), 0, timezone.now()), bob, alice)
    return alice


def taken(sure: Any, place: Path) -> tuple[Path, dict[str, Any]]:
    place.write_bytes(sure.post("/me/copy/", {"scope": "all"}).content)
    with ZipFile(io.BytesIO(place.read_bytes())) as archive:
        return place, json.loads(archive.read("ledger.json"))


def foreign(alice: Any, at: datetime) -> None:
    """An entry about her whose salt is not made from her key: she can read it, and nobody can prove it."""
    part = Part(keys.alias(alice.person.pk), bytes(32), {"what": "read", "fields": {}, "categories": []})
    record(
        "read", purpose="support", role="support", entity="cet-power", about="", policy=1, parts=[part], at=at
    )


def test_one_that_cannot_be_proven_is_named_and_the_others_are_proven(
    sure: Any, helped: Any, tmp_path: Path
) -> None:
    foreign(helped, timezone.now() - timedelta(minutes=5))
    place, ledger = taken(sure, tmp_path / "copy.zip")
    assert len(ledger["entries"]) >= 2 and [one["kind"] for one in ledger["unproven"]] == ["read"]
    with pytest.raises(CopyBroken, match="1 entry is older than the checkpoint and not proven"):
        verify(place, sign.public_key())


@pytest.mark.parametrize("day", ["as it was", "2099-01-01 00:00:00"])
def test_one_that_was_changed_is_named_and_the_copy_is_made(
    sure: Any, helped: Any, tmp_path: Path, day: str
) -> None:
    taken(sure, tmp_path / "first.zip")
    fold.fold()
    first = Touch.objects.filter(mark=mark(keys.alias(helped.person.pk)), number=1).get()
    row = Act.objects.get(seq=first.seq)
    row.packed = bytes(row.packed)[:-1] + bytes([bytes(row.packed)[-1] ^ 1])
    with connection.cursor() as cursor:
        cursor.execute("UPDATE ledger_act SET packed = %s WHERE seq = %s", [row.packed, row.seq])
        if day != "as it was":
            cursor.execute("UPDATE ledger_act SET at = %s WHERE seq = %s", [day, row.seq])
    place, ledger = taken(sure, tmp_path / "copy.zip")
    [changed] = ledger["unproven"]
    assert changed["changed"] and changed["leaf"] == first.leaf and len(ledger["entries"]) >= 2
    with ZipFile(place) as archive:
        assert "somebody changed it" in archive.read("index.html").decode()
    with pytest.raises(CopyBroken, match="1 entry does not read as written"):
        verify(place, sign.public_key())
    assert judged(place).startswith("Does not hold: ")


def test_what_waits_for_the_fold_is_counted(
    sure: Any, helped: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fold.fold()
    monkeypatch.setattr(copy_builder, "fold_if_allowed", lambda: 0)
    foreign(helped, timezone.now())
    place, ledger = taken(sure, tmp_path / "copy.zip")
    assert ledger["entries"] and all(one["waits"] for one in ledger["unproven"])
    found = verify(place, sign.public_key())
    assert (found.entries, found.waiting) == (len(ledger["entries"]), len(ledger["unproven"]))
    assert found.waiting >= 1


def test_an_entry_taken_out_of_the_index_is_a_gap_in_the_copy(sure: Any, helped: Any, tmp_path: Path) -> None:
    taken(sure, tmp_path / "first.zip")
    fold.fold()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT leaf FROM ledger_touch WHERE number = 2 AND mark = %s",
            [mark(keys.alias(helped.person.pk))],
        )
        leaf = cursor.fetchone()[0]
        cursor.execute("DELETE FROM ledger_touch WHERE leaf = %s", [leaf])
    place, _ = taken(sure, tmp_path / "copy.zip")
    with pytest.raises(
        CopyBroken,
        match=f"A gap: part 2 of this person, the last of them at leaf {leaf}, must come before part 3",
    ):
        verify(place, sign.public_key())


def test_a_stranger_checks_a_copy_and_a_receipt_with_the_published_script(
    sure: Any, helped: Any, tmp_path: Path
) -> None:
    place, ledger = taken(sure, tmp_path / "copy.zip")
    assert ledger["entries"] and judged(place).startswith("Holds, under ")
    receipt = tmp_path / "receipt.json"
    given = flows.give("consent", controller="cet-power")
    fold.fold()
    receipt.write_text(json.dumps(flows.handed_out(given)), encoding="utf-8")
    assert judged(receipt).startswith("Holds, under ")
    newer, _ = taken(sure, tmp_path / "newer.zip")
    assert judged(newer, "--old", str(place)).startswith("Holds, under ")
    raw = newer.read_bytes()
    newer.write_bytes(raw[:900] + bytes([raw[900] ^ 1]) + raw[901:])
    assert judged(newer).startswith("Does not hold: ")


def judged(*given: object) -> str:
    file, *more = map(str, given)
    command = [
        sys.executable,
        "-I",
        str(Path(__file__).parents[3] / "docs/verifying/verify.py"),
        sign.public_key(),
        file,
        *more,
    ]
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    return said.stdout or said.stderr
