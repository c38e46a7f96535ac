"""What ruled on each day, told again from the ledger's acts of publishing and withdrawing: what P33 is judged
by.

Nothing here asks how a day was chosen. Each time the limits that hold changed, the new ones are laid over
every one that went, and whatever got wider is looked up: who said so first, on which day, and how long a
notice was promised then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from django.utils import timezone

from kept.core.ledger.history import acts_of_nobody
from kept.core.policy.comparing.diff import Change, diff
from kept.core.policy.duration import Duration
from kept.core.policy.model import Policy
from kept.promises.notice_period import ends, length

Point = tuple[date, datetime, int]
"""A point in the story: a day, a moment of it, and the act of that moment."""
_DAWN = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Said:
    """One published version as the ledger has it.

    ``until``: when it was withdrawn, what it narrowed held until ``binds``.
    """

    number: int
    identity: str
    effective: date
    at: datetime
    place: int
    """Its place among the acts: two of one moment still came one after the other."""
    until: datetime | None = None
    binds: date | None = None
    gone: int = 0

    @property
    def told(self) -> date:
        return timezone.localdate(self.at)

    @property
    def came(self) -> Point:
        return self.told, self.at, self.place

    @property
    def went(self) -> Point | None:
        return (timezone.localdate(self.until), self.until, self.gone) if self.until else None


@dataclass(frozen=True, slots=True)
class Breach:
    """Changes that came into force sooner than was promised. ``told``: the day they were announced."""

    number: int
    day: date
    told: date
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Moment:
    """The limits that hold from a moment on: ``ruling``, and every version that binds beside it."""

    day: date
    ruling: Said
    held: tuple[Said, ...]


def said() -> list[Said]:
    """Every version by the acts that published and withdrew it, in the order they were written."""
    found: dict[int, Said] = {}
    for place, act in enumerate(acts_of_nobody(["published", "withdrawn"]), 1):
        payload, at = act["payload"], datetime.fromisoformat(act["at"])
        number = int(payload["number"])
        if act["kind"] == "published":
            found[number] = Said(
                number, payload["identity"], date.fromisoformat(payload["effective"]), at, place
            )
        elif number in found:
            found[number] = replace(
                found[number], until=at, binds=date.fromisoformat(payload["binds"]), gone=place
            )
    return list(found.values())


def breaches(told: Sequence[Said], policy_of: Callable[[int], Policy], today: date) -> list[Breach]:
    """Each version under which something ruled before its notice had run, on any day until today."""
    return list(_Telling(told, policy_of).breaches(today))


class _Telling:
    """The versions told over again, with what each of them says."""

    def __init__(self, told: Sequence[Said], policy_of: Callable[[int], Policy]) -> None:
        self.told, self.policy_of = told, policy_of

    def breaches(self, today: date) -> Iterator[Breach]:
        before: Moment | None = None
        for moment in self._moments(today):
            if before:
                yield from self._too_soon(before, moment)
            before = moment

    def _moments(self, today: date) -> Iterator[Moment]:
        """The limits after each act, and at the dawn of each day that changes them by itself."""
        points: set[Point] = set()
        for one in self.told:
            points |= {one.came, (one.effective, _DAWN, 0)}
            if one.went and one.binds:
                points |= {one.went, (one.binds, _DAWN, 0)}
        for point in sorted(points):
            moment = self._at(point) if point[0] <= today else None
            if moment:
                yield moment

    def _at(self, point: Point) -> Moment | None:
        """What held at a point; None before the first version ruled."""
        known = [one for one in self.told if one.came <= point]
        live = [one for one in known if one.went is None or one.went > point]
        ruling = max(
            (one for one in live if one.effective <= point[0]), key=lambda one: one.number, default=None
        )
        if ruling is None:
            return None
        still = [one for one in known if one in live or (one.binds and point[0] < one.binds)]
        return Moment(point[0], ruling, tuple(one for one in still if one.number >= ruling.number))

    def _too_soon(self, before: Moment, after: Moment) -> Iterator[Breach]:
        for gone in before.held:
            if gone not in after.held:
                changes = self._wider(gone, before, after)
                told, within = self._announced(gone, before, after)
                if changes and after.day < ends(told, within):
                    yield Breach(after.ruling.number, after.day, told, changes)

    def _wider(self, gone: Said, before: Moment, after: Moment) -> tuple[Change, ...]:
        """What rules now and did not while ``gone`` held. Words count where they were in force."""
        changes = self._waiting(gone, after.ruling)
        if gone == before.ruling:
            return changes
        # Another version may hold it back still.
        return min((self._loosened(gone, one) for one in after.held), key=len)

    def _loosened(self, one: Said, other: Said) -> tuple[Change, ...]:
        return tuple(change for change in self._waiting(one, other) if change.kind != "reworded")

    def _waiting(self, one: Said, other: Said) -> tuple[Change, ...]:
        return tuple(
            change
            for change in diff(self.policy_of(one.number), self.policy_of(other.number))
            if change.waits
        )

    def _announced(self, gone: Said, before: Moment, after: Moment) -> tuple[date, Duration]:
        """The day all that got wider was announced for this day or an earlier one, and the notice promised on
        that day.
        """
        if gone.went and gone.number > after.ruling.number:
            return gone.went[0], self._promised(gone.went, gone)
        covers = [one for one in before.held if gone.number < one.number and one.effective <= after.day]
        spoke = [
            self._first(one) for one in covers if one == after.ruling or not self._waiting(one, after.ruling)
        ]
        first = min([*spoke, self._first(after.ruling)], key=lambda one: one.came)
        return first.told, self._promised(first.came, first)

    def _first(self, one: Said) -> Said:
        """The version that said it first: of one that was corrected in the same act, the one it took the
        place of.
        """
        for other in self.told:
            taken = other.number < one.number and other.until == one.at and other.effective <= one.effective
            if taken and not self._waiting(other, one):
                return self._first(other)
        return one

    def _promised(self, point: Point, one: Said) -> Duration:
        """The longest notice that anything said which held when it was announced."""
        moment = self._at(point)
        return length([self.policy_of(other.number) for other in ((*moment.held, one) if moment else (one,))])
