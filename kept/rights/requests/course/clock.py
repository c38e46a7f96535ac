"""When an answer is due: pure arithmetic on days, in the time zone of the controller who answers.

The term runs from the day of receipt, by any channel, to the earlier of the law's day and the company's
promise. An extension is the law's alone; the days of an identity check that was asked for and not answered
are added to both. Nothing else moves a date.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from kept.core.ledger import versions
from kept.core.policy import law
from kept.core.policy.duration import Duration
from kept.core.policy.model import Policy
from kept.core.policy.places import Region
from kept.core.policy.working_time import holidays
from kept.rights.requests.request_kinds import kind_of

THIRTY_DAYS = Duration(days=30)
"""Where a company has no clock of its own, the portal's own promise stands in (clause 9.5 of every policy so
far).
"""


@dataclass(frozen=True, slots=True)
class Term:
    """``first``: the day before any extension.

    ``extended``: the last day the law could grant, None where it grants none.
    """

    received: date
    first: date
    promised: date
    lawful: date | None
    extended: date | None
    article: str


def zone(region: Region) -> ZoneInfo:
    """The clock on the wall of the controller's desk; the portal's own where the policy names none."""
    return ZoneInfo(region.controller.time_zone or timezone.get_default_timezone_name())


def day(moment: datetime, region: Region) -> date:
    """The day it was at the controller's desk."""
    return moment.astimezone(zone(region)).date()


def promise(policy: Policy, kind: str) -> Duration:
    """The company's own deadline for a kind, by the clock that was declared for it; by that of a request
    where the policy has none.
    """
    clock = policy.clocks.get(kind_of(kind).clock) or policy.clocks.get("request")
    return clock.within if clock else THIRTY_DAYS


def term(
    kind: str, received_at: datetime, region: Region, jurisdiction: str, policy: Policy | None = None
) -> Term:
    """The whole term of a request.

    ``received_at`` is aware: the real moment of receipt, not the one it was typed in.
    """
    policy = policy or versions.current().policy
    received = day(received_at, region)
    seat = policy.company.entities[region.entity].country
    due = law.due(received, promise(policy, kind), jurisdiction, holidays=holidays.near(seat, received))
    return Term(received, due.day, due.promised, due.lawful, due.extended, due.article)


def paused_days(since: datetime, until: datetime, region: Region) -> int:
    """Whole days between two moments on the desk's calendar: asked and answered on one day pauses nothing."""
    return max((day(until, region) - day(since, region)).days, 0)


def moved(due: date, days: int) -> date:
    return due + timedelta(days=days)
