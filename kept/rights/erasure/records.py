"""The erasure record: written before anything is destroyed, in the database and in a second place, so that no
restore brings anybody back.

``erasures.jsonl`` in KEPT_ERASURES holds one line for each erasure: ``{"id", "mark", "at", "expires"}`` and,
where they asked never to be written to, ``"silence"``. Marks are keyed hashes, and lead to nobody without the
master key.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import models as db
from django.utils import timezone

from kept.core import second_place
from kept.core.ledger.notes import checkpoint_copies
from kept.core.register.destroying import erasing
from kept.core.register.inventory import tables
from kept.core.second_place import PlaceUnreachable
from kept.core.vault.sealing.sealed_box import Box
from kept.outbox import silence
from kept.rights.erasure.models import Erasure
from kept.rights.erasure.models import Record as Row

NAME = "erasures.jsonl"
_BOX = Box("erasure.record")


class RecordUnreachable(Exception):
    """The second place cannot be written to.

    Nothing may be destroyed meanwhile. The message says where, and why.
    """


@dataclass(frozen=True, slots=True)
class Record:
    """One line. ``at`` is ISO 8601 with its zone, ``expires`` a day."""

    id: str
    mark: str
    at: str
    expires: str
    silence: str = ""

    def line(self) -> bytes:
        said = {name: value for name, value in asdict(self).items() if value}
        return json.dumps(said, separators=(",", ":"), sort_keys=True).encode() + b"\n"


def mark_of(subject: UUID) -> str:
    """What the record knows a subject by."""
    return _BOX.mark(str(subject))


def place() -> Path | None:
    """The file in the second place; None where the operator names none."""
    folder = second_place.folder()
    return folder / NAME if folder else None


def reachable() -> None:
    """Raises RecordUnreachable when the second place cannot be written to now, or is empty though it was not.

    Writes nothing.
    """
    file = place()
    if file is not None:
        with _held(file):
            if checkpoint_copies.is_lost():
                said = (
                    f"The second place {file.parent} is empty, though it was not: its disk may not be"
                    " mounted. "
                )
                raise RecordUnreachable(
                    f"{said}Nobody is erased until it is, or until `{checkpoint_copies.MEND}` has begun it"
                    " anew."
                )


def make(*, id: UUID, subject: UUID, at: datetime, silent: str = "") -> Record:
    """The record of an erasure that begins now.

    It expires a day after the last backup that may still hold the key.
    """
    expires = timezone.localdate(at + settings.KEPT_FORGET_AFTER + timedelta(days=1))
    return Record(str(id), mark_of(subject), at.isoformat(timespec="seconds"), expires.isoformat(), silent)


def write(record: Record) -> None:
    """Into the second place first, flushed to its disk, then into the database.

    Writing it again changes nothing. Raises RecordUnreachable.
    """
    ship([record])
    _store(record)


def ship(records: Sequence[Record]) -> int:
    """Append what the second place does not have yet. How many lines. Raises RecordUnreachable."""
    file = place()
    if file is None or not records:
        return 0
    with _held(file):
        known = {one.id for one in _lines(file)}
        fresh = [one for one in records if one.id not in known]
        if fresh:
            second_place.append(file, b"".join(one.line() for one in fresh))
    return len(fresh)


def read(path: Path) -> list[Record]:
    """The records of a folder or a file.

    A line that was cut off while it was written is no record: nothing was destroyed for it.
    """
    file = path / NAME if path.is_dir() else path
    return list(_lines(file))


def in_database() -> list[Record]:
    """Every record this database holds."""
    return [_of(row) for row in Row.objects.order_by("at", "pk")]


def matches(subject: UUID) -> bool:
    """Was this subject erased, as far as this database knows?"""
    return Row.objects.filter(mark=mark_of(subject)).exists()


def replay(records: Iterable[Record]) -> int:
    """Forget again whoever of them is found in this database, with rows or key or both, and keep the records.

    How many were found.

    For a database that was restored: it may hold somebody who was erased after the backup was made.
    """
    wanted = {one.mark: one for one in records}
    found = 0
    for subject in _subjects():
        record = wanted.get(mark_of(subject))
        if record is not None:
            erasing.destroy_rows(subject)
            # One that had begun when the backup was made has nothing left to do: the record says what became
            # of it.
            Erasure.objects.filter(remainder=subject).delete()
            found += 1
    for record in wanted.values():
        _store(record)
        _keep_silence(record)
    return found


def expire(today: date) -> int:
    """Remove the records that no backup needs any more, here and in the second place.

    Raises RecordUnreachable.
    """
    dead = {str(pk) for pk in Row.objects.filter(expires__lt=today).values_list("pk", flat=True)}
    file = place()
    if file is not None:
        with _held(file):
            lines = list(_lines(file))
            alive = [one for one in lines if one.id not in dead and one.expires >= today.isoformat()]
            if len(alive) < len(lines):
                second_place.replace(file, b"".join(one.line() for one in alive))
    Row.objects.filter(pk__in=dead).delete()
    return len(dead)


def missing() -> list[Record]:
    """Records of the database that the second place does not have. Raises RecordUnreachable."""
    file = place()
    if file is None:
        return []
    with _held(file):
        known = {one.id for one in _lines(file)}
    return [one for one in in_database() if one.id not in known]


def unknown() -> list[Record]:
    """Erasures that the second place knows and this database does not: it is older than they are.

    Raises RecordUnreachable.

    One that is being carried out at this moment is written down there first, and is none of them. The second
    place is read first.
    """
    file, today = place(), timezone.localdate().isoformat()
    written = [one for one in _lines(file) if one.expires >= today] if file else []
    if not written:
        return []
    # In this order: one that is destroyed between the two questions was written into the record before.
    begun = Erasure.objects.filter(destroyed_at=None).exclude(begun_at=None)
    known = {str(pk) for pk in begun.values_list("pk", flat=True)}
    known |= {str(pk) for pk in Row.objects.values_list("pk", flat=True)}
    return [one for one in written if one.id not in known]


def _subjects() -> Iterator[UUID]:
    """Everybody this database says anything about, once each."""
    seen: set[UUID] = set()
    for table in tables():
        if table.holds is None or table.model is None:
            continue
        for path in table.holds.subject:
            found: db.QuerySet[Any] = (
                db.QuerySet(table.model)
                .order_by()
                .values_list("pk" if path == "self" else path, flat=True)
                .distinct()
            )
            for subject in found.iterator(chunk_size=5000):
                if isinstance(subject, UUID) and subject not in seen:
                    seen.add(subject)
                    yield subject


def _store(record: Record) -> None:
    values: dict[str, Any] = {
        "mark": record.mark,
        "silence": record.silence,
        "at": datetime.fromisoformat(record.at),
        "expires": record.expires,
    }
    Row.objects.get_or_create(pk=UUID(record.id), defaults=values)


def _keep_silence(record: Record) -> None:
    if record.silence:
        silence.silence_mark(record.silence, at=datetime.fromisoformat(record.at))


def _of(row: Row) -> Record:
    return Record(
        str(row.pk), row.mark, row.at.isoformat(timespec="seconds"), row.expires.isoformat(), row.silence
    )


def _lines(file: Path) -> Iterator[Record]:
    with _reached():
        for line in second_place.lines(file):
            try:
                said = json.loads(line)
                yield Record(
                    **{name: str(said[name]) for name in ("id", "mark", "at", "expires")},
                    silence=str(said.get("silence", "")),
                )
            except (ValueError, KeyError, TypeError):
                continue


@contextmanager
def _reached() -> Iterator[None]:
    """Whatever keeps us from the second place is told as what it means here."""
    try:
        yield
    except PlaceUnreachable as away:
        said = (
            f"The record of erasures cannot be written to {away.file}: {away.why}. Nobody is erased until it"
            " can."
        )
        raise RecordUnreachable(said) from None


@contextmanager
def _held(file: Path) -> Iterator[None]:
    with _reached(), second_place.held(file):
        yield
