"""What every verb of a request shares: the act of whoever works on it, the row under a lock, the step on the record."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from kept.core.policy.verdict import Reader
from kept.core.vault import gate
from kept.core.vault.errors import KeyErased
from kept.core.vault.readers import SelfReader
from kept.rights.requests import clock
from kept.rights.requests.models import Request

PURPOSE = "requests"


class NotYet(Exception):
    """The step cannot be taken. The message says why, and what to do instead."""


def act_of(request: Request, by: Reader) -> gate.purpose:
    """An act of whoever works on it: bound to the request, or to themselves where it is their own."""
    about: Any = request.person_id if isinstance(by, SelfReader) else request
    return gate.purpose(PURPOSE, reader=by, about=about, source=request.matter_ref)


def locked(request: Request) -> Request:
    row: Request = Request.objects.select_for_update().get(pk=request.pk)
    if row.closed_at:
        raise NotYet(f"{row.reference} is closed. What comes up later is a request of its own.")
    if row.keeper is None:
        raise KeyErased("Whoever asked was forgotten.")
    return row


def run_on(row: Request) -> int:
    """The clock runs again: both dates move by the days it stood. Returns how many."""
    if row.waiting_since is None:
        return 0
    days = clock.paused_days(row.waiting_since, timezone.now(), row.where)
    row.paused_days += days
    row.due, row.first_due = clock.moved(row.due, days), clock.moved(row.first_due, days)
    row.waiting_since = None
    return days


def ran_on(what: str, days: int) -> str:
    return f"{what}; the clock stood for {days} day{'s' if days != 1 else ''}"


def step(row: Request, by: Reader, kind: str, what: str, **more: Any) -> None:
    row.note(kind, role=by.role, entity=by.entity, what=what, **more)


def tell(row: Request, what: str) -> None:
    """The sentence on the asker's own timeline."""
    assert row.keeper is not None
    gate.current().touch(row.keeper, what=what)
