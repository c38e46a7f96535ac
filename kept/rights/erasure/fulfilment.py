"""An erasure that was asked for by letter, by phone or by an agent: the controller's one button, with days to
change one's mind, on the last day too.

Where the day of the answer leaves too few of them, the answer goes out in time and says what was begun:
nothing is used from that moment, and it is destroyed when the days are over.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from kept.core.policy.verdict import Reader
from kept.core.vault import gate
from kept.core.vault.readers import Job
from kept.rights.access.language_shown import written_in
from kept.rights.erasure import flows, steps, suspended_use
from kept.rights.erasure.models import COOLING_OFF, Erasure
from kept.rights.requests import flows as requests
from kept.rights.requests.askers.representation import representative_of
from kept.rights.requests.course import clock
from kept.rights.requests.course.fulfilment_registry import (
    CannotCarryOut,
    Standing,
    fulfils,
    stands,
    takes_back,
)
from kept.rights.requests.models import Request
from kept.sentences import day as written
from kept.sentences import sentence

FEWEST = timedelta(days=2)
"""With fewer days to undo it before the answer is due, they get those of ``LATE`` instead."""
LATE = timedelta(days=7)
"""So long can it be undone where the answer has to say it was begun: also a letter by post arrives and is
answered in a week.
"""


@fulfils("erasure")
def carry_out(request: Request, *, by: Reader) -> str:
    """Put it down, never without days to undo it, and see that they are told at once: by mail, else by the
    answer. Raises CannotCarryOut.

    Done again after it stopped half-way, it does what is left.
    """
    assert request.person is not None
    told = _has_address(request)
    try:
        erasure = _put_down(request, by=by, told=told)
    except (flows.AlreadyErased, flows.StillNeeded) as no:
        raise CannotCarryOut(str(no)) from None
    day = timezone.localdate(erasure.falls_at)
    later = clock.day(erasure.falls_at, request.where) > request.due
    if later:
        suspended_use.restrict_everything(request)
    if later or not told or representative_of(request) is not None:
        # Whoever asks for somebody else reads none of their mail.
        return _answered(request, by=by, day=day, told=told, unused=later)
    return _("They are erased on {day}. Until then they can undo it: a mail told them how.").format(
        day=written(day)
    )


def _put_down(request: Request, *, by: Reader, told: bool) -> Erasure:
    assert request.person is not None
    source = Erasure.Source.AGENT if request.channel == Request.Channel.AGENT else Erasure.Source.CONTROLLER
    try:
        return flows.ask(
            subject=request.person.pk,
            controller=request.person.controller,
            reader=by,
            source=source,
            about=request.matter_ref,
            matter=request,
            purpose="requests",
            wait=_wait(request, told),
        )
    except flows.AlreadyAsked as already:
        erasure = already.erasure
        unfinished = erasure.about == request.matter_ref and not erasure.begun_at and not request.answered_at
        if unfinished and (not told or clock.day(erasure.falls_at, request.where) > request.due):
            return erasure
        raise CannotCarryOut(str(already)) from None


def _wait(request: Request, told: bool) -> timedelta:
    """Until the day before the answer is due, at most the cooling-off; a week where that is too short, or
    where a letter tells them of it.
    """
    last = timezone.make_aware(datetime.combine(request.due - timedelta(days=1), time(12)))
    days = (request.due - timedelta(days=1) - timezone.localdate()).days
    wait = min(COOLING_OFF, max(last - timezone.now(), FEWEST))
    return wait if told and days >= FEWEST.days else max(wait, LATE)


def _has_address(request: Request) -> bool:
    assert request.person_id is not None
    with gate.purpose(flows.RIGHT, reader=steps.ERASER, about=Job(request.matter_ref), source="erasure"):
        return bool(steps.addresses_of(request.person_id))


def _answered(request: Request, *, by: Reader, day: date, told: bool, unused: bool) -> str:
    """The answer in time says what was begun, what happens until then, and how it is undone."""
    with override(written_in(request.language)):
        text = _answer(request, day=day, told=told, unused=unused)
    try:
        requests.answer(request=request, by=by, text=text, outcome=Request.Outcome.ANSWERED)
    except requests.NotYet as no:
        raise CannotCarryOut(str(no)) from None
    done = _("They are erased on {day}, and can undo it until then.").format(day=written(day))
    if request.closed_at:
        return done + " " + _("{reference} is answered: it says so.").format(reference=request.reference)
    return done + " " + _("The answer says so: print the letter and post it today.")


def _answer(request: Request, *, day: date, told: bool, unused: bool) -> str:
    """In the language they asked in."""
    meanwhile = (
        " " + _("From today we use nothing of it: every use that can be restricted is.") if unused else ""
    )
    by_letter = _("To undo it, write to us and name {reference}.").format(reference=request.reference)
    how = _("A mail to the address we know of you carries a link that undoes it.") if told else by_letter
    text = _(
        "We have begun to erase you, as you asked. Everything we know of you is destroyed on {day}."
    ).format(day=written(day))
    if representative_of(request) is not None:
        text = _(
            "We have begun to erase whom you asked for. Everything we know of them is destroyed on {day}."
        ).format(day=written(day))
        how = by_letter
    return f"{text}{meanwhile}\n\n" + _("Until that day you can change your mind.") + f" {how}"


@takes_back("erasure")
def take_back(request: Request, *, by: Reader) -> str:
    """The request was taken back, or refused after all: what was put down for it is undone.

    Raises CannotCarryOut when it has begun.
    """
    erasure = Erasure.objects.filter(
        about=request.matter_ref, undone_at=None, destroyed_at=None, subject__isnull=False
    ).first()
    if erasure is None:
        return ""
    try:
        flows.undo(
            erasure=erasure,
            reader=steps.ERASER,
            source=sentence("taking the request back"),
            request_too=False,
        )
    except flows.TooLate:
        raise CannotCarryOut(_("The erasure has begun, and cannot be undone any more.")) from None
    return _("The erasure was undone. Nothing was erased.")


@stands("erasure")
def how_it_stands(request: Request) -> Standing:
    """An answer that says it was begun is no end yet: it runs until it is done or undone.

    Once it is done, nothing leads to the request any more.
    """
    newest = Erasure.objects.filter(about=request.matter_ref).order_by("-asked_at").first()
    if newest is None:
        return Standing.ENDED
    return Standing.TAKEN_BACK if newest.undone_at else Standing.RUNNING
