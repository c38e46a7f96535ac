"""What the board shows of a request: its day, and how it stands, in a word and a shape.

Nothing personal is opened for it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kept.core.policy.model import Policy
from kept.core.policy.places import Region
from kept.rights.requests.course.in_text import in_text
from kept.rights.requests.desk import regions_of
from kept.rights.requests.models import Request
from kept.sentences import sentence

SOON = 3
MOST = 200
STATES = {
    "": sentence("Open"),
    "late": sentence("Late"),
    "identity": sentence("Waiting for identity"),
    "to-post": sentence("To be posted"),
    "extended": sentence("Extended"),
    "closed": sentence("Closed"),
}
WORDS = {
    "open": sentence("Open"),
    "identity": sentence("The clock stands: identity asked for"),
    "to-post": sentence("Answered, to be posted"),
    "extended": sentence("Extended"),
    "closed": sentence("Closed"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """``shape``: broken when late, waiting when it is due soon or the clock stands, "" otherwise.

    ``left`` in words.
    """

    request: Request
    region: Region
    due: date
    shape: str
    left: str
    stands: str

    @property
    def kind_in_text(self) -> str:
        return in_text(self.request.get_kind_display())

    @property
    def stands_in_text(self) -> str:
        return in_text(self.stands)


def line(request: Request, now: datetime) -> Line:
    left = request.days_left(now)
    late = request.late(now)
    if request.closed_at:
        shape, said = ("broken", _("Answered late")) if late else ("kept", _("In time"))
    elif late:
        shape, said = "broken", ngettext("{n} day late", "{n} days late", -left).format(n=-left)
    elif request.waiting_since:
        shape = "waiting"
        said = ngettext("{n} day, standing still", "{n} days, standing still", left).format(n=left)
    else:
        shape, said = ("waiting" if left <= SOON else ""), days_left(left)
    stands = request.get_outcome_display() if request.closed_at else WORDS[request.state]
    return Line(request, request.where, request.due_now(now), shape, said, stands)


def board(policy: Policy, *, role: str, entity: str, controller: str = "", state: str = "") -> list[Line]:
    """Soonest due first. ``controller`` is a region's id; of what this post may not see nothing is found."""
    rows = Request.objects.filter(region__in=_wanted(regions_of(role, entity), controller))
    rows = (
        rows.exclude(closed_at=None).order_by("-closed_at")
        if state == "closed"
        else _narrowed(rows.filter(closed_at=None), state).order_by("due", "received_at")
    )
    now = timezone.now()
    lines = [line(row.by(policy.company), now) for row in rows[:MOST]]
    if state != "closed":
        # A clock that stands moves its day on from midnight to midnight, which no column knows.
        lines.sort(key=lambda one: (one.due, one.request.received_at))
    return [one for one in lines if one.request.late(now)] if state == "late" else lines


def _wanted(own: Collection[str], controller: str) -> list[str]:
    return [region for region in own if not controller or region == controller]


def _narrowed(rows: Any, state: str) -> Any:
    narrow: Mapping[str, Mapping[str, Any]] = {
        "identity": {"waiting_since__isnull": False},
        "to-post": {"answered_at__isnull": False},
        "extended": {"extended_at__isnull": False},
    }
    return rows.filter(**narrow.get(state, {}))


def days_left(left: int) -> str:
    return ngettext("{n} day left", "{n} days left", left).format(n=left) if left else _("Today")
