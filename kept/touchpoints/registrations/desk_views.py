"""The queue of claims at the desk.

The list names nobody; one claim opens under its own purpose, and every look is on record.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from kept.accounts.requests import DeskRequest
from kept.accounts.signing_in.staff import staff_required
from kept.core.ledger import versions
from kept.core.vault import gate
from kept.core.vault.columns.values import show
from kept.core.vault.sealed_files.files import SealedFile
from kept.equipment.errors import EquipmentError
from kept.equipment.models import Unit
from kept.portal.form_parts import uploads
from kept.sentences import sentence
from kept.touchpoints.registrations import claim_decisions
from kept.touchpoints.registrations.desk import ROLES
from kept.touchpoints.registrations.desk_forms import DecisionForm
from kept.touchpoints.registrations.flows import PURPOSE
from kept.touchpoints.registrations.models import Claim

MOST = 100


def _waiting() -> Any:
    return Claim.objects.filter(decided_at=None).order_by("answer_by", "opened_at")[:MOST]


@never_cache
@require_safe
@staff_required(roles=ROLES)
def queue(request: DeskRequest) -> HttpResponse:
    """What waits, soonest due first. Nothing personal is opened for it."""
    decided = Claim.objects.exclude(decided_at=None).order_by("-decided_at")[:20]
    return render(
        request,
        "registrations/desk/queue.html",
        {"claims": _waiting(), "decided": decided, "today": timezone.localdate()},
    )


def _claim(id: UUID) -> Claim:
    found = Claim.objects.filter(pk=id).select_related("person", "organisation").first()
    if found is None:
        raise Http404
    return found


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@staff_required(roles=ROLES)
def claim(request: DeskRequest, id: UUID) -> HttpResponse:
    """One claim: the unit, the proof, and what is decided."""
    sent = _claim(id)
    if not sent.matter_open:
        return render(request, "registrations/desk/decided.html", {"claim": sent, "claims": _waiting()})
    if request.method == "POST":
        return _decided(request, sent)
    return _show(request, sent)


def _show(request: DeskRequest, sent: Claim, posted: Any = None, trouble: str = "") -> HttpResponse:
    """Rendered inside the act: what it shows is on the record before the first byte leaves."""
    with gate.purpose(PURPOSE, reader=request.reader, about=sent) as act:
        unit = Unit.objects.select_related("product").filter(serial=sent.serial).first()
        form = DecisionForm(posted, known=unit is not None)
        if posted is not None and form.is_valid() and trouble:
            form.add_error(None, trouble)
        act.touch(
            sent.person_id,
            what=sentence("Looked at your proof of purchase, {reference}", reference=sent.reference),
        )
        context = {
            "claim": sent,
            "claims": _waiting(),
            "unit": unit,
            "holding": unit.holding if unit else None,
            "file": SealedFile.describe(sent.proof) if sent.proof else None,
            "name": show(sent.person, "name"),
            "organisation": show(sent.organisation, "name") if sent.organisation else "",
            "purpose": versions.spoken().purposes[PURPOSE],
            "form": form,
        }
        return render(
            request, "registrations/desk/claim.html", context, status=200 if posted is None else 422
        )


def _decided(request: DeskRequest, sent: Claim) -> HttpResponse:
    with gate.purpose(PURPOSE, reader=request.reader, about=sent):
        known = Unit.objects.filter(serial=sent.serial).exists()
    form = DecisionForm(request.POST, known=known)
    if not form.is_valid():
        return _show(request, sent, request.POST)
    given = form.cleaned_data
    try:
        if given["decision"] == Claim.Decision.ACCEPTED:
            claim_decisions.accept(
                reader=request.reader, claim=sent, reason=given["reason"], product=given.get("product")
            )
        else:
            claim_decisions.decline(reader=request.reader, claim=sent, reason=given["reason"])
    except (EquipmentError, claim_decisions.AlreadyDecided, claim_decisions.ProductWanted) as no:
        return (
            _show(request, _claim(sent.pk), request.POST, str(no))
            if _claim(sent.pk).matter_open
            else redirect("desk-registration", id=sent.pk)
        )
    messages.success(
        request,
        _("{reference} is decided. Whom it concerns is told by mail.").format(reference=sent.reference),
    )
    return redirect("desk-registrations")


@never_cache
@require_safe
@staff_required(roles=ROLES)
def proof(request: DeskRequest, id: UUID) -> HttpResponse:
    """The document, to be saved: it is never shown in the page, and never taken for anything else than what
    it is.
    """
    sent = _claim(id)
    if not sent.matter_open or sent.proof is None:
        raise Http404
    with gate.purpose(PURPOSE, reader=request.reader, about=sent) as act:
        file = SealedFile.describe(sent.proof)
        content = b"".join(SealedFile.open(sent.proof))
        act.touch(
            sent.person_id,
            what=sentence("Opened your proof of purchase, {reference}", reference=sent.reference),
        )
    answer = HttpResponse(content, content_type=file.media_type)
    answer["Content-Disposition"] = (
        f'attachment; filename="{sent.reference}{uploads.ending(file.media_type)}"'
    )
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer
