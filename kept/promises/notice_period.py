"""From which day a draft may rule: compared with what is in force and with every version that binds beside
it, not with the last number.

What is announced keeps its day. A draft that says no more than an announced version is covered by that
version's notice and takes its day; whatever else it widens waits for a notice of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from kept.core.ledger import timeline, versions
from kept.core.policy.comparing.diff import Change, diff
from kept.core.policy.duration import Duration, parse
from kept.core.policy.model import Policy

CLOCK = "widening"
"""The clock of the policy folder that says how long before a widening people are told."""
FALLBACK = parse("P30D")


@dataclass(frozen=True, slots=True)
class Bound:
    """A version whose limits hold today. ``announced``: its day is to come, and people were told of it."""

    number: int
    effective: date
    policy: Policy
    announced: bool


def bound(today: date) -> list[Bound]:
    """Every version whose limits hold today, the one in force first; empty before the first."""
    slots = versions.slots()
    standing = timeline.standings(slots, today)
    return [
        Bound(
            slot.number,
            slot.effective,
            versions.version(slot.number),
            standing[slot.number].kind == "announced",
        )
        for slot in timeline.binding(slots, today)
    ]


def waiting(before: Policy, after: Policy) -> list[Change]:
    """What ``after`` widens, or says in other words, so that it must be announced."""
    return [change for change in diff(before, after) if change.waits]


def loosened(before: Policy, after: Policy) -> list[Change]:
    """What may be done under ``after`` and not under ``before``, whatever the words say."""
    return [change for change in waiting(before, after) if change.kind != "reworded"]


def length(policies: Sequence[Policy]) -> Duration:
    """How long a widening waits: the longest of these policies' own clocks.

    A shorter one is a widening itself, and waits like one.
    """
    clocks = [policy.clocks[CLOCK].within if CLOCK in policy.clocks else FALLBACK for policy in policies]
    return max(clocks, key=Duration.length, default=FALLBACK)


def ends(told: date, within: Duration) -> date:
    """The first day after the notice; never the day of telling itself."""
    return max(within.after(told), told + timedelta(days=1))


def first_day(draft: Policy, held: Sequence[Bound], today: date, *, corrects: int = 0) -> date:
    """The first day a draft may rule. ``corrects``: the announced version it takes the place of."""
    days = [today]
    for at, one in enumerate(held):
        # Words that were only announced, or withdrawn, never ruled: going back to the ones in force says
        # nothing new.
        if loosened(one.policy, draft) or (at == 0 and waiting(one.policy, draft)):
            days.append(
                _covered(draft, one, held) or ends(today, length([draft, *(other.policy for other in held)]))
            )
    days += [one.effective for one in held if one.announced and one.number != corrects]
    return max(days)


def _covered(draft: Policy, wider_than: Bound, held: Sequence[Bound]) -> date | None:
    """The day for which a version published later than ``wider_than`` announced all of it already."""
    covers = (one for one in held if one.announced and one.number > wider_than.number)
    return min((one.effective for one in covers if not waiting(one.policy, draft)), default=None)


def left_out(draft: Policy, held: Sequence[Bound], *, corrects: int = 0) -> list[tuple[Bound, list[Change]]]:
    """Announced versions that the draft would silently undo, each with what they announce and the draft does
    not say.
    """
    ruling = held[0].policy if held else draft
    found = []
    for one in held:
        if one.announced and one.number != corrects:
            announced = {(change.what, change.key) for change in waiting(ruling, one.policy)}
            missing = [
                change for change in waiting(draft, one.policy) if (change.what, change.key) in announced
            ]
            if missing:
                found.append((one, missing))
    return found


def binds_until(taken: Bound, held: Sequence[Bound], today: date) -> date:
    """How long what a withdrawn version narrowed goes on holding: today no more, where nothing gets wider
    without it.
    """
    others = [one for one in held if one.number != taken.number]
    if any(not loosened(taken.policy, one.policy) for one in others):
        return today
    return ends(today, length([one.policy for one in held]))
