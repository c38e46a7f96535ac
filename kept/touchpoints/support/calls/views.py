"""What the customer says of a call note: both versions stay."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from kept.accounts.requests import KnownRequest
from kept.core.vault import gate
from kept.core.vault.columns.values import show
from kept.portal.form_parts.responses import invalid
from kept.sentences import sentence
from kept.touchpoints.support import case_access
from kept.touchpoints.support.calls.models import Annotation, Call
from kept.touchpoints.support.cases import flows, topics
from kept.touchpoints.support.forms import AnnotationForm, EnquiryAnnotationForm
from kept.touchpoints.support.views import of_the_case


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@of_the_case
def annotating(request: KnownRequest, reference: str, id: UUID) -> HttpResponse:
    """Our note, what was said of it before, and room to say more."""
    allowed = case_access.access(request, reference)
    call = Call.objects.filter(case=allowed.case, pk=id).first() if allowed and allowed.owner else None
    if allowed is None or call is None:
        raise Http404
    asks = EnquiryAnnotationForm if call.kind == topics.SALES else AnnotationForm
    form = asks(request.POST or None)
    with case_access.reading(allowed):
        context = {"case": allowed.case, "call": call, "text": show(call, call.said_in), "form": form}
    if request.method != "POST":
        return render(request, "support/annotating.html", context)
    if not form.is_valid():
        return invalid(request, "support/annotating.html", context)
    annotate(allowed, call, form.cleaned_data["text"])
    messages.success(request, _("What you said stands beside our note."))
    return redirect("support-case", reference=reference)


def annotate(allowed: case_access.Access, call: Call, text: str) -> Annotation:
    """One act, one transaction. Neither the note nor what was said before is changed."""
    case = allowed.case
    with (
        gate.purpose(
            case.purpose,
            reader=allowed.reader,
            about=flows.about(allowed.reader, case),
            source=flows.SOURCES["web"],
        ) as act,
        transaction.atomic(),
    ):
        act.kind = "collected"
        said = Annotation(
            call=call, keeper=case.person_id, at=timezone.now(), **{call.said_in: flows.covered(text.strip())}
        )
        said.save(force_insert=True)
        act.touch(
            case.person_id,
            what=sentence("You said something of a call note in case {reference}", reference=case.reference),
        )
    return said
