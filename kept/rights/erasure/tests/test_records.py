"""The record is there before anything is gone, holds nobody's name, outlives a host, and makes a restored
database forget again.
"""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from kept.accounts.models import User
from kept.core.register.destroying import erasing
from kept.core.vault.subject_keys import keys
from kept.outbox import silence
from kept.people.models import Person
from kept.rights.erasure import flows, records
from kept.rights.erasure.models import Erasure, Record
from kept.testing import reader_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def elsewhere(tmp_path: Path, settings: Any) -> Path:
    """The folder on another disk."""
    settings.KEPT_ERASURES = tmp_path / "elsewhere"
    settings.KEPT_ERASURES.mkdir()
    return settings.KEPT_ERASURES


def record_of(subject: Any, **more: Any) -> records.Record:
    return records.make(id=uuid4(), subject=subject, at=timezone.now(), **more)


def test_it_names_nobody_and_says_until_when(alice: User, elsewhere: Path) -> None:
    record = record_of(alice.person.pk)
    records.write(record)
    line = (elsewhere / "erasures.jsonl").read_text()
    assert str(alice.person.pk) not in line and alice.person.pk.hex not in line and "alice" not in line
    assert records.read(elsewhere) == records.in_database() == [record]
    assert record.expires == (timezone.localdate() + timedelta(days=36)).isoformat()
    assert records.matches(alice.person.pk) and not records.matches(uuid4())
    assert (elsewhere / "erasures.jsonl").stat().st_mode & 0o077 == 0


def test_written_twice_it_stands_once(alice: User, elsewhere: Path) -> None:
    record = record_of(alice.person.pk)
    records.write(record)
    records.write(record)
    assert records.read(elsewhere) == [record]


def test_a_folder_that_is_not_there_is_never_made(alice: User, tmp_path: Path, settings: Any) -> None:
    settings.KEPT_ERASURES = tmp_path / "not mounted"
    with pytest.raises(records.RecordUnreachable, match="Nobody is erased until it can"):
        records.write(record_of(alice.person.pk))
    assert not settings.KEPT_ERASURES.exists() and not Record.objects.exists()


@pytest.mark.parametrize("call", ["write", "fsync"])
def test_a_full_disk_leaves_no_half_line(
    alice: User, elsewhere: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    records.write(record_of(uuid4()))
    before = (elsewhere / "erasures.jsonl").read_bytes()

    def full(*anything: Any) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, call, full)
    with pytest.raises(records.RecordUnreachable, match="No space left"):
        records.write(record_of(alice.person.pk))
    monkeypatch.undo()
    assert (elsewhere / "erasures.jsonl").read_bytes() == before
    assert not records.matches(alice.person.pk)


def test_a_line_cut_off_by_a_crash_is_no_record_and_spoils_none(alice: User, elsewhere: Path) -> None:
    (elsewhere / "erasures.jsonl").write_bytes(b'{"id":"cut off')
    record = record_of(alice.person.pk)
    records.write(record)
    assert records.read(elsewhere) == [record]


def test_a_restored_database_forgets_again(alice: User, charlie: User) -> None:
    hers = record_of(alice.person.pk)
    assert records.replay([hers, record_of(uuid4())]) == 1
    assert erasing.left_of(alice.person.pk) == {} and Person.objects.filter(pk=charlie.person.pk).exists()
    assert records.matches(alice.person.pk), "the restored database knows it again"
    assert records.replay([hers]) == 0


def test_also_where_the_keys_were_not_restored(alice: User) -> None:
    keys.destroy(alice.person.pk)
    assert records.replay([record_of(alice.person.pk)]) == 1
    assert erasing.left_of(alice.person.pk) == {}


def test_it_goes_with_the_last_backup_that_needs_it(alice: User, elsewhere: Path) -> None:
    old, new = record_of(uuid4()), record_of(alice.person.pk)
    for record in (old, new):
        records.write(record)
    Record.objects.filter(pk=old.id).update(expires=timezone.localdate() - timedelta(days=1))
    assert records.expire(timezone.localdate()) == 1
    assert records.read(elsewhere) == records.in_database() == [new]


def test_what_the_second_place_lost_is_found_out(alice: User, elsewhere: Path) -> None:
    record = record_of(alice.person.pk)
    records.write(record)
    (elsewhere / "erasures.jsonl").unlink()
    assert records.missing() == [record]
    assert records.ship(records.missing()) == 1 and records.missing() == []


@pytest.mark.parametrize("begun", [False, True])
def test_a_backup_made_while_it_was_under_way_brings_back_no_half(alice: User, begun: bool) -> None:
    erasure = flows.ask(subject=alice.person.pk, controller="cet-power", reader=reader_of(alice))
    if begun:
        Erasure.objects.filter(pk=erasure.pk).update(begun_at=timezone.now(), falls_at=timezone.now())
    assert records.replay([record_of(alice.person.pk)]) == 1
    assert not Erasure.objects.exists() and erasing.left_of(alice.person.pk) == {}


def test_who_asked_never_to_be_written_to_is_not_after_a_restore_either(alice: User) -> None:
    mark = silence.mark_of("alice@example.com")
    records.replay([record_of(alice.person.pk, silent=mark)])
    assert silence.silenced("alice@example.com")
