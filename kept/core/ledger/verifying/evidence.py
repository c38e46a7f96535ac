"""Whether everything that was pruned was past its term, as anybody can check who reads the ledger.

Every pruned leaf is named by exactly one act of pruning, with the moment before which it was written. That
moment must be the act's own time less the term of the policy that ruled then; and what was not pruned beside
the leaf must show that it was so old (``brackets``). What once showed it may be pruned itself by now: then
the leaf must be older than the newest such moment, that is, past its term today.

Before the format had ranges, an act of pruning said only how many rows it took. Such acts count where
checkpoints do not name each other yet, which is as old; they are compared by number, and nothing behind them
may rely on them.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from django.utils import timezone

from kept.core.ledger import timeline, versions
from kept.core.ledger.history import placed_acts_of_nobody
from kept.core.ledger.models import Act, Checkpoint, Touch
from kept.core.ledger.tree.row_format import RowBroken
from kept.core.ledger.verifying.brackets import EPOCH, Neighbour, Signed, earliest, latest
from kept.core.policy.duration import Duration

AUDITING = "auditing"
# A version may be published in the very moment in which a sweep asks which one rules.
_SKEW = timedelta(minutes=1)
_MICROSECOND = timedelta(microseconds=1)

Published = tuple[list[timeline.Slot], dict[int, Duration]]
"""Every version's place in time, and by its number for how long it keeps acts."""


@dataclass(frozen=True, slots=True, order=True)
class Named:
    """Leaves ``first`` to ``last``, said by an act of pruning (its id) to have been written before
    ``before``.
    """

    first: int
    last: int
    before: datetime
    act: bytes


class Evidence:
    """Tell it of each leaf in order (``stays``, ``pruned``), then ``end``: each yields findings.

    ``findings`` says what is wrong with the acts.
    """

    def __init__(self, *, now: datetime | None = None) -> None:
        self._now = now
        self._wrong: list[str] = []
        self._said = 0
        """How many rows acts of the old form say."""
        self._named: list[Named] = []
        self._found_unnamed = 0
        self._run: list[tuple[int, bytes]] = []
        self._before: Neighbour | None = None
        self._begun = False
        self._old_until: int | None = None
        acts = self._read_acts()
        pruned = bool(acts) or Act.objects.filter(at=EPOCH).exists()
        self._signed = Signed(
            Checkpoint.objects.order_by("size").values_list("size", "at").iterator() if pruned else ()
        )
        if pruned:
            self._old_until = _old_until()
            self._read(acts)
        self._named.sort()
        self._latest = max((one.before for one in self._named), default=EPOCH)

    def findings(self, *, all_seen: bool) -> Iterator[str]:
        """What is wrong with the acts of pruning.

        ``all_seen``: every leaf was told, so that numbers can be compared.
        """
        yield from self._wrong
        for one, other in zip(self._named, self._named[1:], strict=False):
            if other.first <= one.last:
                yield (
                    f"{_leaves(other.first, min(one.last, other.last))} named by more than one act of"
                    " pruning."
                )
        if all_seen and self._found_unnamed != self._said:
            yield (
                f"{self._found_unnamed} rows were pruned before acts of pruning named them, and the acts say"
                f" {self._said}."
            )

    def stays(self, leaf: int, at: datetime) -> Iterator[str]:
        """The act at this leaf is whole. Its time was checked before."""
        one = Neighbour(leaf, at)
        if self._run:
            yield from self._bracket(one)
        place = bisect_left(self._named, leaf, key=lambda named: named.last)
        if place < len(self._named) and self._named[place].first <= leaf:
            yield f"Leaf {leaf} is named as pruned, and is still there."
        self._before, self._begun = one, True

    def pruned(self, leaf: int, act: bytes) -> None:
        """Only the leaf is left. ``act``: the id that its entry in the index has of the act of pruning."""
        if not self._begun:
            self._before, self._begun = _stands_before(leaf), True
        self._run.append((leaf, act))

    def end(self) -> Iterator[str]:
        """No leaf comes any more, or one that cannot be read."""
        yield from self._bracket(None)
        self._before, self._begun = None, True

    def _bracket(self, after: Neighbour | None) -> Iterator[str]:
        """Leaves side by side between two that stay."""
        run, self._run = self._run, []
        for why, some in groupby(
            ((leaf, self._why(leaf, act, after)) for leaf, act in run), key=lambda one: one[1]
        ):
            leaves = [leaf for leaf, _ in some]
            if why:
                yield f"{_leaves(leaves[0], leaves[-1])} {why}"

    def _why(self, leaf: int, act: bytes, after: Neighbour | None) -> str:
        """What is wrong with one pruned leaf, or nothing."""
        place = bisect_left(self._named, leaf, key=lambda named: named.last)
        named = self._named[place] if place < len(self._named) and self._named[place].first <= leaf else None
        if named is None:
            if self._old_until is not None and leaf >= self._old_until:
                return "pruned, and no act of pruning names them."
            self._found_unnamed += 1
            return "" if not act else "pruned, and the index names an act of pruning that does not name them."
        if act != named.act:
            return "pruned, and the index names another act of pruning than the one that names them."
        if earliest(leaf, self._before, self._signed) >= named.before:
            return (
                "pruned before their term: what stands before them was written after"
                f" {named.before:%-d %B %Y, %H:%M:%S} UTC."
            )
        if latest(leaf, after, self._signed) >= self._latest:
            return "pruned, and nothing that was left shows that their term was over."
        return ""

    def _read_acts(self) -> list[tuple[int | None, dict[str, Any]]]:
        try:
            return placed_acts_of_nobody(["pruned"])
        except (RowBroken, IndexError, KeyError, ValueError, TypeError):
            self._wrong.append(
                "The acts of pruning cannot be read, so the pruned rows cannot be compared with them."
            )
            return []

    def _read(self, acts: Sequence[tuple[int | None, dict[str, Any]]]) -> None:
        published = _published()
        for leaf, act in acts:
            try:
                at = datetime.fromisoformat(act["at"])
                if "pruned" not in act["payload"]:
                    self._old_form(leaf, int(act["payload"]["rows"]))
                    continue
                self._new_form(leaf, at, act, published)
            except (KeyError, ValueError, TypeError, IndexError):
                self._wrong.append(f"The act of pruning at leaf {leaf} cannot be read.")

    def _old_form(self, leaf: int | None, rows: int) -> None:
        if self._old_until is None or (leaf is not None and leaf < self._old_until):
            self._said += rows
        else:
            self._wrong.append(f"The act of pruning at leaf {leaf} names no leaves.")

    def _new_form(self, leaf: int | None, at: datetime, act: dict[str, Any], published: Published) -> None:
        place = (
            f"The act of pruning at leaf {leaf}"
            if leaf is not None
            else "An act of pruning that waits for the fold"
        )
        if self._now is not None and at > self._now + _SKEW:
            self._wrong.append(f"{place} has a time that has not come yet.")
            return
        payload, counted, own = act["payload"], 0, UUID(act["id"]).bytes
        for group in payload["pruned"]:
            before = datetime.fromisoformat(group["before"])
            if not _is_horizon(before, at, int(group["version"]), published):
                self._wrong.append(
                    f"{place} names another moment than the term of the policy that ruled then."
                )
            for first, last in group["leaves"]:
                if not 0 <= first <= last or (leaf is not None and last >= leaf):
                    raise ValueError
                self._named.append(Named(first, last, before, own))
                counted += last - first + 1
        if counted != payload["rows"]:
            self._wrong.append(f"{place} says {payload['rows']} rows and names {counted}.")


def _is_horizon(before: datetime, at: datetime, version: int, published: Published) -> bool:
    """Whether ``before`` is the last moment whose term was over at ``at``, by the shortest of the terms that
    bound a version's acts.
    """
    slots, terms = published
    later = before + _MICROSECOND
    for asked in (at, at - _SKEW, at + _SKEW):
        known = [_as_of(slot, asked) for slot in slots if slot.published <= asked]
        bound = [slot.number for slot in timeline.binding(known, timezone.localdate(asked))]
        binding = [terms[number] for number in {*bound, version} if number in terms]
        if (
            bound
            and all(term.after(later) > at for term in binding)
            and any(term.after(before) <= at for term in binding)
        ):
            return True
    return False


def _as_of(slot: timeline.Slot, moment: datetime) -> timeline.Slot:
    """A version's place in time, as it was known then: not taken back yet."""
    return replace(slot, withdrawn=None, binds=None) if slot.withdrawn and slot.withdrawn > moment else slot


def _published() -> Published:
    """Every version's place in time, and how long acts are kept by those that can still be read; the others
    are a finding of their own.
    """
    terms: dict[int, Duration] = {}
    for row in versions.all_versions():
        try:
            terms[row.number] = versions.examine(row).purposes[AUDITING].duration
        except (versions.VersionBroken, KeyError):
            continue
    try:
        return versions.slots(), terms
    except versions.VersionBroken:
        return [], terms


def _old_until() -> int | None:
    """The leaf behind which an act of pruning must name its leaves; None while no checkpoint names the one
    before it.
    """
    rows = Checkpoint.objects.order_by("size").values_list("size", flat=True)
    last_of_old = rows.exclude(note__contains="\nafter ").reverse().first()
    if last_of_old is None:
        return 0
    return rows.filter(size__gt=last_of_old).first()


def _stands_before(leaf: int) -> Neighbour | None:
    """The last act before a leaf that was not pruned."""
    found = (
        Touch.objects.exclude(mark=-1)
        .filter(leaf__lt=leaf)
        .order_by("-leaf")
        .values_list("leaf", "seq")
        .first()
    )
    at = Act.objects.filter(seq=found[1]).values_list("at", flat=True).first() if found else None
    return Neighbour(found[0], at) if found and at else None


def _leaves(first: int, last: int) -> str:
    return f"Leaf {first} was" if first == last else f"Leaves {first} to {last} were"
