"""What the page *Find me* says: column by column what is stored, what of this request would have been, and
what of it is let go.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.utils.translation import gettext as _

from kept.environment import TIME_ZONE
from kept.portal.regions import geoip
from kept.portal.visitors.device_consent import asked_not_to, chosen
from kept.sentences import sentence
from kept.touchpoints.visits.exclusions import consent
from kept.touchpoints.visits.hooks import SEEN
from kept.touchpoints.visits.pages import example
from kept.visits_log import agents
from kept.visits_log.collecting import deriving
from kept.visits_log.collecting.numbering import Place
from kept.visits_log.datagrams import Reading
from kept.visits_log.dimensions import COLUMNS, TEXTS, TYPES, columns_of
from kept.visits_log.events import FEWEST, PAUSE
from kept.visits_log.places import Places

MEANING = {column.name: sentence(column.words, pause=PAUSE) for column in COLUMNS}
ONLY_THERE = sentence("only the collector can make it")
NUMBERS = frozenset(columns_of("numbering")) - set(TEXTS)
"""What only the collector can make."""


@dataclass(frozen=True, slots=True)
class Line:
    """One column: what it means, the stored row's value, and what of this request would have stood there."""

    name: str
    meaning: str
    stored: str
    yours: str
    only_there: bool


def page(request: HttpRequest, places: Places) -> dict[str, Any]:
    stored, yours = example.stored(places), _yours(request)
    lines = [
        Line(
            name,
            MEANING[name],
            _shown(name, stored.row[name]),
            _shown(name, yours[name]),
            only_there=name in NUMBERS,
        )
        for name in TYPES
    ]
    return {
        "lines": lines,
        "example": stored,
        "why_not": why_not(request),
        "fewest": FEWEST,
        "tables": geoip.origins().source,
    }


def _shown(name: str, value: str) -> str:
    """A minute since 1970 says nothing to anybody: its time beside it."""
    return (
        f"{value} ({datetime.fromtimestamp(int(value) * 60, ZoneInfo(TIME_ZONE)):%H:%M})"
        if name == "minute"
        else value
    )


def _yours(request: HttpRequest) -> Mapping[str, str]:
    """By the collector's own code, here, for this answer alone."""
    meta = request.META
    reading = Reading(
        "page",
        meta.get("REMOTE_ADDR", ""),
        meta.get("HTTP_USER_AGENT", ""),
        request.path,
        language=meta.get("HTTP_ACCEPT_LANGUAGE", "")[:35],
    )
    again = ("again" if request.COOKIES.get(SEEN) else "first") if chosen(request).measurement else ""
    event = deriving.event(
        reading, day="", minute=int(time.time() // 60), place=Place(0, 0, 0, again), origins=geoip.origins()
    )
    return {name: ONLY_THERE if name in NUMBERS else str(event[name]) for name in TYPES}


def why_not(request: HttpRequest) -> str:
    """Why this very reading is not counted at all; "" where it is."""
    if asked_not_to(request):
        return _("Your browser sends Global Privacy Control, so this reading is not counted at all.")
    if chosen(request).measurement is False:
        return _("You said no to being counted, so this reading is not counted at all.")
    if agents.read(request.META.get("HTTP_USER_AGENT", "")).bot:
        return _("Your browser says that it is a program, so this reading is not counted at all.")
    return (
        ""
        if consent(request)
        else _("You work here, or you object to being counted, so this reading is not counted at all.")
    )
