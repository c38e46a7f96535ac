"""When the desk of a market is open, as customers read it, and how quickly it answers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.dates import WEEKDAYS

from kept.core.policy.model import Policy
from kept.core.policy.working_time.business_hours import Desk, Span
from kept.sentences import listed, sentence
from kept.touchpoints.support.cases import service_levels, topics

AHEAD = 45
"""So many days ahead closing days are named."""


@dataclass(frozen=True, slots=True)
class Times:
    """``days``: (which days, from when to when); ``closed``: days on which it stays shut, soon."""

    title: str
    days: list[tuple[str, str]]
    time_zone: str
    closed: list[date]


def promises() -> list[tuple[str, str]]:
    """(how bad it is, how quickly we answer), the worst first."""
    return [(said, service_levels.promise(severity)) for severity, said in topics.SEVERITIES.items()]


def times_of(policy: Policy, markets: Iterable[str]) -> list[Times]:
    """``policy``: as it is spoken to the reader."""
    found = []
    for market in markets:
        desk = service_levels.terms_of(market).desk
        here = timezone.now().astimezone(ZoneInfo(desk.time_zone)).date()
        region = policy.company.regions[market]
        found.append(Times(region.title, list(_days(desk)), desk.time_zone, desk.closing_days(here, AHEAD)))
    return found


def _days(desk: Desk) -> Any:
    numbered = list(enumerate(desk.week))
    for spans, same in groupby(numbered, key=lambda day: day[1]):
        days = [number for number, _spans in same]
        if spans:
            yield _named(days[0], days[-1]), listed(_span(one) for one in spans)


def _named(first: int, last: int) -> str:
    if first == last:
        return str(WEEKDAYS[first])
    return sentence("{first} to {last}", first=str(WEEKDAYS[first]), last=str(WEEKDAYS[last]))


def _span(span: Span) -> str:
    begin, end = (f"{minute // 60:02}:{minute % 60:02}" for minute in span)
    return sentence("{begin} to {end}", begin=begin, end=end)
