"""Somebody asks for a right in the middle of another conversation: one button turns it into a request, on the
clock of the day it was said.
"""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kept.accounts.requests import DeskRequest
from kept.accounts.signing_in.staff import staff_required
from kept.core.vault import gate
from kept.desk import flows as desk
from kept.desk.models import Matter
from kept.rights.requests import flows
from kept.rights.requests.desk import HELPING
from kept.rights.requests.models import Request
from kept.rights.requests.request_kinds import KINDS
from kept.sentences import day

CHANNELS = {
    Matter.Channel.PHONE: Request.Channel.PHONE,
    Matter.Channel.MAIL: Request.Channel.EMAIL,
    Matter.Channel.LETTER: Request.Channel.LETTER,
    Matter.Channel.VISIT: Request.Channel.VISIT,
}


@require_POST
@staff_required(roles=HELPING)
def recognising(request: DeskRequest, matter: UUID) -> HttpResponse:
    """What was said in the matter goes to the data controller of the person's region.

    Sent twice, it went once.
    """
    try:
        found = desk.of_role(post=request.post_held, id=matter)
    except desk.NotAMatterOfYours:
        raise Http404 from None
    kind = request.POST.get("kind", "")
    if found.person is None or not found.matter_open:
        messages.error(request, _("Say first who it is: a request belongs to a person, in an open matter."))
    elif kind not in KINDS:
        messages.error(request, _("Choose what they ask for."))
    else:
        messages.success(request, _passed_on(request, found, kind))
    return redirect("desk-matter", id=found.pk)


def _passed_on(request: DeskRequest, matter: Matter, kind: str) -> str:
    known = Request.objects.open().filter(person=matter.person, kind=kind, source=matter.matter_ref).first()
    if known is None:
        with gate.purpose(matter.purpose, reader=request.reader, about=matter):
            said = str(getattr(matter, matter.said_in))
        assert matter.person is not None
        known = flows.recognise(
            by=request.reader,
            about=matter,
            person=matter.person,
            kind=kind,
            text=said,
            channel=CHANNELS[Matter.Channel(matter.channel)],
            received_at=matter.opened_at,
            source=matter.matter_ref,
        )
    return _("{reference} is with the data controller, and due on {day}. They were told.").format(
        reference=known.reference, day=day(known.due)
    )
