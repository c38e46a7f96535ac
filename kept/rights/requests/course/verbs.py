"""What every verb of a request shares: the act of whoever works on it, the row under a lock, the step on the
record.
"""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from kept.core.policy.verdict import Reader
from kept.core.vault import gate
from kept.core.vault.errors import KeyErased
from kept.core.vault.readers import Job, SelfReader, SystemReader
from kept.rights.requests.askers.representation import authority_of, representative_of
from kept.rights.requests.course import clock
from kept.rights.requests.models import Request
from kept.sentences import counted, sentence

PURPOSE = "requests"
TOLD_TO_BOTH = SystemReader(job="requests.represented")
NO_AUTHORITY = sentence(
    "Nobody has confirmed yet that they may ask for somebody else. Confirm it first, ask for what is missing,"
    " or refuse and say what it is."
)


class NotYet(Exception):
    """The step cannot be taken. The message says why, and what to do instead."""


def act_of(request: Request, by: Reader) -> gate.purpose:
    """An act of whoever works on it: bound to the request, or to themselves where it is their own.

    Where somebody else asked for them, what they do is told to both, so the program does it for them.
    """
    if isinstance(by, SelfReader) and representative_of(request) is not None:
        return gate.purpose(
            PURPOSE, reader=TOLD_TO_BOTH, about=Job(request.matter_ref), source=request.matter_ref
        )
    about: Any = request.person_id if isinstance(by, SelfReader) else request
    return gate.purpose(PURPOSE, reader=by, about=about, source=request.matter_ref)


def locked(request: Request) -> Request:
    row: Request = Request.objects.select_for_update().get(pk=request.pk)
    if row.closed_at:
        raise NotYet(
            _("{reference} is closed. What comes up later is a request of its own.").format(
                reference=row.reference
            )
        )
    if row.keeper is None:
        raise KeyErased(_("Whoever asked was forgotten."))
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
    return counted(
        "{what}; the clock stood for {n} day", "{what}; the clock stood for {n} days", days, what=what
    )


def step(row: Request, by: Reader, kind: str, what: str, **more: Any) -> None:
    row.note(kind, role=by.role, entity=by.entity, what=what, **more)


def tell(row: Request, what: str) -> None:
    """The sentence on the timeline of whom it is about, and of whoever asks for them."""
    assert row.keeper is not None
    gate.current().touch(row.keeper, what=what)
    asker = representative_of(row)
    if asker is not None:
        gate.current().touch(asker.keeper, what=sentence("For somebody else: {what}", what=what))


def lacks_authority(row: Request) -> bool:
    """Somebody asks for somebody else, and nobody confirmed yet that they may. Opens nothing."""
    authority = authority_of(row)
    return authority is not None and not authority.stands
