"""Which version of the policy rules when: worked out once, from what was published and what was withdrawn,
for every page, command and rule.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Literal

from django.utils import timezone

from kept.sentences import Sentence, sentence

Kind = Literal["in force", "announced", "overtaken", "withdrawn", "past"]
_DAWN = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Slot:
    """A version's place in time.

    ``binds``: of a withdrawn one, the first day on which what it narrowed holds no more.
    """

    number: int
    effective: date
    published: datetime
    withdrawn: datetime | None = None
    binds: date | None = None

    @property
    def begins(self) -> tuple[date, datetime]:
        """The day it may rule from, and the moment within it: days begin at the portal's own midnight."""
        published_on = timezone.localdate(self.published)
        return (self.effective, _DAWN) if self.effective > published_on else (published_on, self.published)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a version stands on a day.

    ``day``: from when it rules, ruled until, or was withdrawn; ``by`` overtook it, or 0.
    """

    kind: Kind
    day: date
    by: int = 0

    @property
    def words(self) -> Sentence:
        return {
            "past": sentence("until {day}", day=self.day),
            "overtaken": sentence("overtaken by version {number} before its day", number=self.by),
            "withdrawn": sentence("withdrawn on {day}, before its day", day=self.day),
            "announced": sentence("announced"),
            "in force": sentence("in force"),
        }[self.kind]


def standings(slots: Iterable[Slot], today: date) -> dict[int, Standing]:
    """Each version's standing on a day, by its number.

    A higher number rules from its day on, whatever was announced below it.
    """
    slots = list(slots)
    live = sorted((slot for slot in slots if slot.withdrawn is None), key=lambda slot: slot.number)
    found = {
        slot.number: Standing("withdrawn", timezone.localdate(slot.withdrawn))
        for slot in slots
        if slot.withdrawn
    }
    for at, slot in enumerate(live):
        successor = min(live[at + 1 :], key=lambda one: (one.begins, one.number), default=None)
        found[slot.number] = _standing(slot, successor, today)
    return found


def _standing(slot: Slot, successor: Slot | None, today: date) -> Standing:
    if successor and successor.begins <= slot.begins:
        return Standing("overtaken", slot.effective, successor.number)
    if slot.effective > today:
        return Standing("announced", slot.effective)
    if successor and successor.effective <= today:
        return Standing("past", successor.begins[0], successor.number)
    return Standing("in force", slot.effective)


def in_force(slots: Sequence[Slot], today: date) -> int:
    """The number of the version that rules on a day; 0 before the first."""
    return max(
        (slot.number for slot in slots if slot.effective <= today and slot.withdrawn is None), default=0
    )


def binding(slots: Sequence[Slot], today: date) -> list[Slot]:
    """Whose limits hold on a day, the version in force first: that one, those that wait for their day, and
    those withdrawn before it for as long as what they narrowed must go on holding. A lower number was
    overtaken before its day, and says nothing any more.
    """
    ruling = in_force(slots, today)
    return [
        slot for slot in slots if slot.number >= ruling and (slot.withdrawn is None or _binds(slot, today))
    ]


def _binds(slot: Slot, today: date) -> bool:
    return slot.binds is not None and today < slot.binds
