"""Published versions, newest first, each with what it changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import compress

from django.utils import timezone
from django.utils.translation import gettext

from kept.core.ledger import timeline, versions
from kept.core.ledger.notes import checkpoint
from kept.core.ledger.timeline import Slot, Standing
from kept.core.policy.comparing.diff import Change, diff


@dataclass(frozen=True, slots=True)
class Published:
    """One version.

    ``before``: the one it was compared with, which ruled or rules until its day; 0 for the first.

    ``material``: what it widened or narrowed; ``editorial``: words alone.
    """

    version: versions.Version
    stands: Standing
    before: int
    material: tuple[Change, ...]
    editorial: tuple[Change, ...]

    @property
    def first(self) -> bool:
        return not self.before

    @property
    def standing(self) -> str:
        return self.stands.words

    @property
    def comes(self) -> bool:
        """Whether its day is to come, or was when it was overtaken or withdrawn."""
        return self.stands.kind in ("announced", "overtaken", "withdrawn")


@dataclass(frozen=True, slots=True)
class LedgerHead:
    size: int
    fingerprint: str


def everything() -> list[Published]:
    """Newest first, each compared with the version that rules on the eve of its day: what is announced still
    counts as new.
    """
    slots = versions.slots()
    standing = timeline.standings(slots, timezone.localdate())
    rows = {row.number: row for row in versions.all_versions()}
    shown = []
    for slot in slots:
        before = _eve(slot, slots)
        changes = diff(versions.version(before), versions.version(slot.number)) if before else []
        # A shorter time or a closed door needs no notice, and is more than words all the same.
        told = [change.material or change.kind != "reworded" for change in changes]
        material = tuple(compress(changes, told))
        editorial = tuple(change for change, more in zip(changes, told, strict=True) if not more)
        shown.append(Published(rows[slot.number], standing[slot.number], before, material, editorial))
    return shown[::-1]


def _eve(slot: Slot, slots: Sequence[Slot]) -> int:
    """Which version ruled, or is to rule, when the day of a version comes; 0 for the first."""
    earlier = [
        one
        for one in slots
        if one.number < slot.number and one.withdrawn is None and one.begins < slot.begins
    ]
    return max(
        (one.number for one in earlier),
        default=next((one.number for one in slots if one.number < slot.number), 0),
    )


def find(number: int) -> tuple[versions.Version, Standing] | None:
    """One version and where it stands today."""
    row = versions.Version.objects.filter(number=number).first()
    return (row, versions.standings()[number]) if row else None


def coming() -> versions.Version | None:
    """The next version whose day is to come."""
    announced = {number: one for number, one in versions.standings().items() if one.kind == "announced"}
    number = min(announced, key=lambda number: (announced[number].day, number), default=0)
    return versions.Version.objects.get(number=number) if number else None


def taken_back() -> list[versions.Version]:
    """Announced and withdrawn: told beside the text until the day they were announced for, to whoever read
    the notice.
    """
    taken = [number for number, one in versions.standings().items() if one.kind == "withdrawn"]
    return list(versions.Version.objects.filter(number__in=taken, effective__gt=timezone.localdate()))


def ledger() -> LedgerHead:
    """How long the ledger is, and the head of its latest checkpoint as people compare it."""
    note = checkpoint.latest()
    if note is None:
        return LedgerHead(0, gettext("none yet"))
    lines = note.splitlines()
    return LedgerHead(int(lines[1]), lines[2][:8])
