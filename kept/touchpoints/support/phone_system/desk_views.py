"""A ringing call at the desk: taken by one of the queue, who then sees who has the number."""

from __future__ import annotations

import json
import secrets
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from kept.accounts.requests import DeskRequest
from kept.accounts.signing_in.staff import staff_required
from kept.touchpoints.support.calls.desk_views import found_by, noted
from kept.touchpoints.support.cases import topics
from kept.touchpoints.support.cases.flows import NotNow
from kept.touchpoints.support.phone_system import flows, signatures
from kept.touchpoints.support.phone_system.models import Ring

NUMBERS = ("04 345 00 17", "+32 (0)2 555.99.99", "anonymous")
"""Who rings in the demo: a customer, a stranger, and somebody who hides the number."""


@never_cache
@require_POST
@staff_required(roles=topics.ROLES)
def take(request: DeskRequest, id: UUID) -> HttpResponse:
    """One press: the call is mine, and who has its number is looked up in its matter."""
    ring = Ring.objects.filter(
        pk=id, kind=topics.KIND_OF[request.post_held.role], entity=request.reader.entity
    ).first()
    if ring is None:
        raise Http404
    if ring.call is not None and ring.call.opener == request.reader.actor:
        return redirect("desk-call", id=ring.call.pk)
    try:
        call = flows.take(reader=request.reader, ring=ring)
    except NotNow as no:
        messages.error(request, str(no))
        return redirect("desk-calls")
    return found_by(request, call, "number")


@never_cache
@require_POST
@staff_required(roles=topics.ROLES)
def note(request: DeskRequest, id: UUID) -> HttpResponse:
    """What was said, of a call that was taken while it rang."""
    return noted(request, id)


@never_cache
@require_POST
@staff_required(roles=topics.ROLES)
def demo(request: DeskRequest) -> HttpResponse:
    """Lets a phone ring, as the demo's phone system would report it: signed, and through the same door."""
    if not settings.KEPT_DEMO:
        raise Http404
    system = signatures.systems()[signatures.DEMO.name]
    said = {"event": "ringing", "call": secrets.token_hex(8), "number": secrets.choice(NUMBERS)}
    body = json.dumps(said).encode()
    flows.receive(signatures.headers(system, body), body, "the demo")
    return redirect("desk-calls")
