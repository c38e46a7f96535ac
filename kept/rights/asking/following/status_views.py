"""The status of what was asked, by reference and code.

The code is posted, and kept in the sealed session, never in an address.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from kept.accounts.models import User
from kept.accounts.requests import KnownRequest
from kept.core.ledger import versions
from kept.core.vault.readers import SelfReader
from kept.portal.form_parts.responses import invalid
from kept.rights.asking.following import copy_delivery, opened_status, status
from kept.rights.asking.forms import CodeForm, StatusForm
from kept.rights.asking.guards import limits
from kept.rights.asking.views import FORM, TOO_MANY_CODES
from kept.rights.requests import flows
from kept.rights.requests.course.verbs import NotYet, lacks_authority
from kept.rights.requests.models import Request

WRONG = gettext_lazy(
    "This reference and this code do not belong together. Check both as they stand in our confirmation."
)
UNKNOWN = Request(reference="")


@login_not_required
@never_cache
@require_http_methods(FORM)
def look_up(request: KnownRequest) -> HttpResponse:
    """Reference and code, for whoever has them on paper."""
    return _opening(request, StatusForm(request.POST if request.method == "POST" else None))


@login_not_required
@never_cache
@require_http_methods(FORM)
def show(request: KnownRequest, reference: str) -> HttpResponse:
    """Where it stands: to its owner who is signed in, and to whoever opened it with its code."""
    if request.method == "POST":
        return _opening(request, StatusForm({**request.POST.dict(), "reference": reference}), fixed=reference)
    row, reader, how = allowed(request, reference)
    if row is None:
        return _asking(request, StatusForm(initial={"reference": reference}), fixed=reference)
    standing = status.of(row, reader=reader, sure=how == opened_status.SURE)
    context = {
        "it": standing,
        "fresh": opened_status.shown_once(request, reference),
        "form": CodeForm() if standing.check else None,
        "own": reader is not None,
        "may_close": row.closed_at is None and _may_close(request, row, how),
        "copy": copy_delivery.waiting(row),
    }
    return render(request, "asking/status.html", context)


def allowed(request: KnownRequest, reference: str) -> tuple[Request | None, SelfReader | None, str]:
    """(request, its owner who is signed in, how far this browser opened it).

    No request for whoever opened none.
    """
    if isinstance(request.reader, SelfReader):
        own = Request.objects.filter(reference=reference, person_id=request.reader.subject).first()
        if own is not None:
            return own, request.reader, ""
        asked = (
            Request.objects.filter(reference=reference, representative__keeper=request.reader.subject)
            .exclude(keeper=None)
            .first()
        )
        if asked is not None:
            # Asked for somebody else, in a session of their own. The answer is theirs once it stands that
            # they may ask.
            return asked, None, opened_status.CODE if lacks_authority(asked) else opened_status.SURE
    if not opened_status.how(request, reference):
        return None, None, ""
    row = Request.objects.filter(reference=reference).exclude(keeper=None).first()
    voided = (
        User.objects.filter(person=row.person_id).values_list("voided_at", flat=True).first()
        if row is not None and row.person_id
        else None
    )
    how = opened_status.how(request, reference, since=voided)
    return row, None, how


@login_not_required
@require_POST
def closing(request: KnownRequest, reference: str) -> HttpResponse:
    """Whoever asked takes it back, for themselves or for somebody else."""
    row, _owner, how = allowed(request, reference)
    if row is None or not _may_close(request, row, how):
        raise Http404
    by = request.reader if isinstance(request.reader, SelfReader) else status.USHER
    try:
        flows.close(request=row, by=by, outcome=Request.Outcome.REVOKED)
    except NotYet as no:
        messages.error(request, str(no))
    else:
        messages.success(
            request, _("You took {reference} back. Nothing was done.").format(reference=row.reference)
        )
    return redirect("request-status", reference=reference)


def _may_close(request: KnownRequest, row: Request, how: str) -> bool:
    """Whether this browser may take it back: its owner, whoever asked it for them, and whoever proved the
    address.

    The status code alone ends what nobody has confirmed yet: whoever reads it on a sheet of paper must not
    stop what somebody else confirmed.
    """
    if isinstance(request.reader, SelfReader):
        mine = Q(person_id=request.reader.subject) | Q(representative__keeper=request.reader.subject)
        if Request.objects.filter(mine, pk=row.pk).exists():
            return True
    return how == opened_status.SURE or not row.known


def _opening(request: KnownRequest, form: StatusForm, *, fixed: str = "") -> HttpResponse:
    if request.method != "POST":
        return _asking(request, form)
    code = 422
    if form.is_valid():
        reference = form.cleaned_data["reference"].strip().upper()
        if not limits.CODES.spend(limits.machine(request)):
            form.add_error("code", TOO_MANY_CODES)
            code = 429
        elif (Request.objects.filter(reference=reference).first() or UNKNOWN).opens_with(
            form.cleaned_data["code"]
        ):
            opened_status.remember(request, reference, opened_status.CODE)
            return redirect("request-status", reference=reference)
        else:
            form.add_error("code", WRONG)
    answer = invalid(request, "asking/open.html", _context(form, fixed))
    answer.status_code = code
    return answer


def _asking(request: KnownRequest, form: StatusForm, *, fixed: str = "") -> HttpResponse:
    return render(request, "asking/open.html", _context(form, fixed))


def _context(form: StatusForm, fixed: str) -> dict[str, Any]:
    return {"form": form, "fixed": fixed, "policy_address": versions.current().policy.company.published_email}
