"""Published versions, newest first, each with what it changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import compress

from django.utils import timezone

from kept.core.ledger import checkpoint, versions
from kept.core.policy.diff import Change, diff


@dataclass(frozen=True, slots=True)
class Published:
    """One version. ``material``: what it widened or narrowed; ``editorial``: words alone. Both are empty for the first."""

    version: versions.Version
    standing: str
    first: bool
    material: tuple[Change, ...]
    editorial: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class LedgerHead:
    size: int
    fingerprint: str


def everything() -> list[Published]:
    rows = sorted(versions.all_versions(), key=lambda row: row.number)
    shown = []
    for before, row in zip([None, *rows], rows, strict=False):
        changes = diff(versions.version(before.number), versions.version(row.number)) if before else []
        # A shorter time or a closed door needs no notice, and is more than words all the same.
        told = [change.material or change.kind != "reworded" for change in changes]
        material = tuple(compress(changes, told))
        editorial = tuple(change for change, more in zip(changes, told, strict=True) if not more)
        shown.append(Published(row, _standing(row, rows), before is None, material, editorial))
    return shown[::-1]


def find(number: int) -> Published | None:
    return next((one for one in everything() if one.version.number == number), None)


def coming() -> versions.Version | None:
    """The next version whose day has not come."""
    today = timezone.localdate()
    return next(
        (row for row in sorted(versions.all_versions(), key=lambda row: row.number) if row.effective > today),
        None,
    )


def _standing(row: versions.Version, rows: list[versions.Version]) -> str:
    today: date = timezone.localdate()
    if row.effective > today:
        return "announced"
    newer = [other for other in rows if other.number > row.number and other.effective <= today]
    return f"until {min(newer, key=lambda other: other.number).effective:%-d %B %Y}" if newer else "in force"


def ledger() -> LedgerHead:
    """How long the ledger is, and the head of its latest checkpoint as people compare it."""
    note = checkpoint.latest()
    if note is None:
        return LedgerHead(0, "none yet")
    lines = note.splitlines()
    return LedgerHead(int(lines[1]), lines[2][:8])
