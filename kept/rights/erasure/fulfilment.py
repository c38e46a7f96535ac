"""An erasure that was asked for by letter, by phone or by an agent: the controller's one button, with the same days to change one's mind."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.utils import timezone

from kept.core.policy.verdict import Reader
from kept.rights.erasure import flows, steps
from kept.rights.erasure.models import COOLING_OFF, Erasure
from kept.rights.requests.fulfil import CannotCarryOut, fulfils, takes_back
from kept.rights.requests.models import Request


@fulfils("erasure")
def carry_out(request: Request, *, by: Reader) -> str:
    """Put it down for the end of the cooling-off, or of the day before the answer is due, whichever is earlier. Raises CannotCarryOut."""
    assert request.person is not None
    source = Erasure.Source.AGENT if request.channel == Request.Channel.AGENT else Erasure.Source.CONTROLLER
    try:
        erasure = flows.ask(
            subject=request.person.pk, controller=request.person.controller, reader=by, source=source, about=request.matter_ref, matter=request,
            purpose="requests", wait=_wait(request),
        )  # fmt: skip
    except (flows.AlreadyAsked, flows.AlreadyErased, flows.StillNeeded) as no:
        raise CannotCarryOut(str(no)) from None
    return f"They are erased on {timezone.localtime(erasure.falls_at):%-d %B %Y}. Until then they can undo it: a mail told them how."


def _wait(request: Request) -> timedelta:
    last = timezone.make_aware(datetime.combine(request.due - timedelta(days=1), time(12)))
    return max(timedelta(0), min(COOLING_OFF, last - timezone.now()))


@takes_back("erasure")
def take_back(request: Request, *, by: Reader) -> str:
    """The request was taken back, or refused after all: what was put down for it is undone. Raises CannotCarryOut when it has begun."""
    erasure = Erasure.objects.filter(about=request.matter_ref, undone_at=None, destroyed_at=None, subject__isnull=False).first()
    if erasure is None:
        return ""
    try:
        flows.undo(erasure=erasure, reader=steps.ERASER, source="taking the request back", request_too=False)
    except flows.TooLate:
        raise CannotCarryOut("The erasure has begun, and cannot be undone any more.") from None
    return "The erasure was undone."
