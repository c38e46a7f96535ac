"""Fetch the copy of a request that was made without an ID: a code by mail, then the file.

Nothing of either stands in an address.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from kept.accounts.requests import KnownRequest
from kept.portal.form_parts.responses import invalid
from kept.rights.asking.following import copy_delivery
from kept.rights.asking.following.status_views import allowed
from kept.rights.asking.forms import FreshCodeForm
from kept.rights.asking.guards import limits
from kept.rights.asking.views import FORM, TOO_MANY_CODES
from kept.rights.copies.zip_response import zipped
from kept.rights.models import Copy
from kept.rights.requests.models import Request

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

ENOUGH = gettext_lazy(
    "Five codes went to this address today, and more would fill a letter box. Use the newest one, or come"
    " back tomorrow: the copy waits."
)
WRONG = gettext_lazy(
    "This is not the code of our newest mail, or its time is over. Type it as it stands there, or have a new"
    " one mailed"
)


@login_not_required
@never_cache
@require_http_methods(FORM)
def copy(request: KnownRequest, reference: str) -> HttpResponseBase:
    """For whoever opened the status page; with nothing to fetch, that page says so."""
    row, _, _ = allowed(request, reference)
    made = copy_delivery.waiting(row) if row is not None else None
    if row is None or made is None:
        return redirect("request-status", reference=reference)
    if request.method != "POST":
        return render(request, "asking/copy.html", _context(request, row, made, FreshCodeForm()))
    if "mail" in request.POST:
        if copy_delivery.send_code(request.session, row):
            return redirect("request-copy", reference=reference)
        return render(
            request,
            "asking/copy.html",
            {**_context(request, row, made, FreshCodeForm()), "enough": ENOUGH},
            status=429,
        )
    form = FreshCodeForm(request.POST)
    if not form.is_valid():
        return invalid(request, "asking/copy.html", _context(request, row, made, form))
    if not limits.CODES.spend(limits.machine(request)):
        return _refused(request, row, made, form, TOO_MANY_CODES, status=429)
    if not copy_delivery.right(request.session, row, form.cleaned_data["code"]):
        return _refused(request, row, made, form, WRONG)
    assert made.finished_at is not None
    return zipped(partial(copy_delivery.hand_over, row, made), day=timezone.localdate(made.finished_at))


def _refused(
    request: KnownRequest,
    row: Request,
    made: Copy,
    form: FreshCodeForm,
    why: StrOrPromise,
    *,
    status: int = 422,
) -> HttpResponse:
    form.add_error("code", why)
    answer = invalid(request, "asking/copy.html", _context(request, row, made, form))
    answer.status_code = status
    return answer


def _context(request: KnownRequest, row: Request, made: Copy, form: FreshCodeForm) -> dict[str, Any]:
    return {
        "row": row,
        "made": made,
        "form": form,
        "sent": copy_delivery.sent(request.session, row),
        "lives": copy_delivery.CODE_LIVES,
    }
