"""What somebody asked us, on their own pages: every request with its day, what was done about it, the answer,
and a way to take it back.
"""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from kept.accounts.requests import OwnRequest
from kept.core.ledger import versions
from kept.core.vault import gate
from kept.rights.requests import flows
from kept.rights.requests.at_the_desk import board, request_page
from kept.rights.requests.at_the_desk.desk_views import download
from kept.rights.requests.models import Request, Step
from kept.sentences import sentence

INSIDE = (Step.Kind.REMINDED, Step.Kind.ESCALATED)
"""How we remind ourselves says nothing about them."""


@never_cache
@require_safe
def requests(request: OwnRequest) -> HttpResponse:
    company, now = versions.spoken().company, timezone.now()
    lines = [board.line(row.by(company), now) for row in Request.objects.of(request.reader.subject)[:200]]
    others = Request.objects.filter(representative__keeper=request.reader.subject).order_by("-received_at")[
        :200
    ]
    return render(
        request,
        "requests/own/list.html",
        {"lines": lines, "for_others": [board.line(row.by(company), now) for row in others]},
    )


def _own(request: OwnRequest, id: UUID) -> Request:
    row: Request | None = (
        Request.objects.of(request.reader.subject).filter(pk=id).select_related("person").first()
    )
    if row is None:
        raise Http404
    return row.by(versions.spoken().company)


@never_cache
@require_safe
def request(request: OwnRequest, id: UUID) -> HttpResponse:
    row = _own(request, id)
    with gate.purpose(flows.PURPOSE, reader=request.reader, about=request.reader.subject) as act:
        act.touch(request.reader.subject, what=sentence("You looked at {reference}", reference=row.reference))
        context = {
            "request_": row,
            "line": board.line(row, timezone.now()),
            "words": request_page.own_words(row),
            "steps": list(row.steps.exclude(kind__in=INSIDE)),
            "law": request_page.law_in_words(row),
        }
        return render(request, "requests/own/request.html", context)


@never_cache
@require_safe
def file(request: OwnRequest, id: UUID, file: UUID) -> HttpResponse:
    """One file she sent with it, or that came in her name."""
    row = _own(request, id)
    if not row.attachments.filter(file=file).exists():
        raise Http404
    with gate.purpose(flows.PURPOSE, reader=request.reader, about=request.reader.subject) as act:
        act.touch(
            request.reader.subject, what=sentence("You opened a file of {reference}", reference=row.reference)
        )
        return download(row, file)


@require_POST
def closing(request: OwnRequest, id: UUID) -> HttpResponse:
    """She takes it back."""
    row = _own(request, id)
    try:
        flows.close(request=row, by=request.reader, outcome=Request.Outcome.REVOKED)
    except flows.NotYet as no:
        messages.error(request, str(no))
    else:
        messages.success(
            request, _("You took {reference} back. Nothing was done.").format(reference=row.reference)
        )
    return redirect("my-request", id=row.pk)
