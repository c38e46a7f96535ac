"""Every hour the logs of finished days are packed; and each day of visits goes when its term is over, with
whatever else the sweep finds due.
"""

from __future__ import annotations

import logging
from datetime import date, datetime, timedelta

from django.conf import settings
from django.utils import timezone

from kept.core.register.destroying.external_retention import Shelf, shelf
from kept.core.register.hooks.jobs import job
from kept.core.register.terms.lifetimes import Clock, cutoff
from kept.sentences import sentence
from kept.touchpoints.visits import log_folder
from kept.visits_log.places import Places
from kept.visits_log.storing import dropping
from kept.visits_log.storing.packer import finished, pack

PURPOSE = "visits"
log = logging.getLogger("kept.visits")


def places() -> Places:
    return log_folder.places()


# Last: it loads an engine of forty MiB, and what is packed is of yesterday.
@job("visits.pack", every=timedelta(hours=1), last=True)
def pack_what_is_over() -> int:
    """How many days have new events."""
    where, today = places(), timezone.localdate()
    if not finished(where, today) and not where.rollups.exists() and not where.days.exists():
        return 0
    done = pack(where, today, zone=settings.TIME_ZONE)
    if done.broken:
        log.warning("%s lines of the visit log were broken, and are not counted.", done.broken)
    if done.waiting:
        log.warning("%s logs of days that are over still grow, and wait.", len(done.waiting))
    return len(done.days)


def due(clock: Clock) -> list[str]:
    """The days whose term is over by this clock: by the shortest of today's terms and the one they were
    counted under.
    """
    today = [
        cutoff(policy.purposes[PURPOSE].duration, clock.now).day
        for policy in clock.ruling.policies
        if PURPOSE in policy.purposes
    ]
    if not today:
        return []
    found = []
    for day in dropping.due(places(), timezone.localdate(clock.now)):
        own = clock.own(clock.at(timezone.make_aware(datetime.fromisoformat(day))))
        terms = [
            *today,
            *(
                [cutoff(own.purposes[PURPOSE].duration, clock.now).day]
                if own and PURPOSE in own.purposes
                else []
            ),
        ]
        if date.fromisoformat(day) <= max(terms):
            found.append(day)
    return found


def _waiting(clock: Clock) -> int:
    return len(due(clock))


def _clear(clock: Clock) -> int:
    days = due(clock)
    for day in days:
        dropping.drop_day(places(), day)
    dropping.finish(places())
    return len(days)


shelf(Shelf("visits", sentence("Days of visits"), PURPOSE, _waiting, _clear))
