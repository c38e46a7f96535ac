"""What changes in how quickly cases are answered, and in when the desks are open."""

from __future__ import annotations

from kept.core.policy.comparing.compare import Change, Field, appeared, entries
from kept.core.policy.model import Policy
from kept.core.policy.working_time.business_hours import CLOCK, WEEKDAYS, Desk
from kept.sentences import sentence


def levels(a: Policy, b: Policy) -> list[Change]:
    """An answer that may come later is a promise made smaller."""
    changes = appeared(
        "level",
        a.hours.levels,
        b.hours.levels,
        widens=False,
        sentences=(
            sentence("We now promise how quickly we answer: {one}."),
            sentence("We no longer promise how quickly we answer: {one}."),
        ),
    )
    return changes + entries("level", a.hours.levels, b.hours.levels, _LEVEL)


_LEVEL = (
    Field(
        "first",
        sentence("{id}: the first answer comes within {after} hours instead of {before}."),
        lambda old, new: new.first > old.first,
        lambda level: str(level.first),
    ),
    Field(
        "done",
        sentence("{id}: it is done within {after} hours instead of {before}."),
        lambda old, new: new.done > old.done,
        lambda level: str(level.done),
    ),
    Field(
        "counted",
        lambda _old, new: (
            sentence("{id}: hours count day and night.", id=new.id)
            if new.counted == CLOCK
            else sentence("{id}: only hours in which the desk is open count.", id=new.id)
        ),
        lambda old, _new: old.counted == CLOCK,
    ),
)


def desks(a: Policy, b: Policy) -> list[Change]:
    """Opening hours wait for no notice: a holiday is kept on its day. What is open is due again by them."""
    changes = []
    for name in sorted(a.hours.desks.keys() | b.hours.desks.keys()):
        old, new = (_written(one.hours.desks.get(name)) for one in (a, b))
        if old != new:
            region = b.company.regions.get(name) or a.company.regions[name]
            said = sentence("The hours of our desk have changed: {title}.", title=region.title)
            changes.append(Change("reworded", "desk", name, old, new, False, said))
    return changes


def _written(desk: Desk | None) -> str:
    """All that is said of a desk, so that no change of it is missed."""
    if desk is None:
        return ""
    week = [
        f"{day} {', '.join(f'{_clock(begin)}-{_clock(end)}' for begin, end in spans)}"
        for day, spans in zip(WEEKDAYS, desk.week, strict=True)
        if spans
    ]
    rules = [" ".join(f"{key}={value}" for key, value in rule) for rule in desk.holidays]
    return "; ".join([*week, desk.time_zone, *rules, *(str(day) for day in sorted(desk.closed))])


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
