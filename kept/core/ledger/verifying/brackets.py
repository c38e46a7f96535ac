"""Between which two moments an act was written, as the ledger shows it without the act: by what stands beside
it.

An act is no older than the act before it and the last checkpoint that does not contain it, and no younger
than the act after it and the first checkpoint that does. So what an act was pruned for can be checked when
nothing but its leaf is left.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from kept.core.ledger.models import Checkpoint

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FAR = datetime(9999, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Signed:
    """When checkpoints were signed: (size, time), in the order of sizes."""

    def __init__(self, rows: Iterable[tuple[int, datetime]]) -> None:
        # A busy ledger signs one a second: two numbers each.
        self._sizes, self._times = array("q"), array("q")
        for size, at in rows:
            self._sizes.append(size)
            self._times.append((at - EPOCH) // _MICROSECOND)

    @classmethod
    def around(cls, first: int, last: int) -> Signed:
        """Those that say anything of the leaves ``first`` to ``last``, and of the one after."""
        below = (
            Checkpoint.objects.filter(size__lte=first)
            .order_by("-size")
            .values_list("size", flat=True)
            .first()
        )
        above = (
            Checkpoint.objects.filter(size__gt=last + 1)
            .order_by("size")
            .values_list("size", flat=True)
            .first()
        )
        rows = Checkpoint.objects.filter(size__gte=below or 0).order_by("size")
        return cls((rows.filter(size__lte=above) if above is not None else rows).values_list("size", "at"))

    def before(self, leaf: int) -> datetime:
        """The last that does not contain the leaf."""
        place = bisect_right(self._sizes, leaf)
        return self._at(place - 1) if place else EPOCH

    def after(self, leaf: int) -> datetime:
        """The first that contains the leaf."""
        place = bisect_right(self._sizes, leaf)
        return self._at(place) if place < len(self._sizes) else FAR

    def _at(self, place: int) -> datetime:
        return EPOCH + self._times[place] * _MICROSECOND


@dataclass(frozen=True, slots=True)
class Neighbour:
    """An act that was not pruned, at its place."""

    leaf: int
    at: datetime


def earliest(leaf: int, before: Neighbour | None, signed: Signed) -> datetime:
    """No act in this place was written before then."""
    return max(before.at if before else EPOCH, signed.before(leaf))


def latest(leaf: int, after: Neighbour | None, signed: Signed) -> datetime:
    """No act in this place was written after then.

    A neighbour with a time from before its own place in the tree says nothing.
    """
    return min(max(after.at, signed.before(after.leaf)) if after else FAR, signed.after(leaf))
