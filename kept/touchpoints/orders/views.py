"""The buyer's side: their orders, one of them, and paying it.

An order of somebody else answers exactly like one that does not exist.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from kept.accounts.limits.rate_limits import machine
from kept.accounts.requests import KnownRequest
from kept.accounts.signing_in.policy_in_force import ruling
from kept.core.vault.readers import SelfReader
from kept.sentences import sentence
from kept.touchpoints.orders import order_pages
from kept.touchpoints.orders.basket import contents as baskets
from kept.touchpoints.orders.checkout import flows, limits
from kept.touchpoints.orders.checkout.forms import FindForm
from kept.touchpoints.orders.checkout.views import paying
from kept.touchpoints.orders.models import Order

FORM = ["GET", "HEAD", "POST"]
WRONG = gettext_lazy(
    "This number and this code do not belong together. Check both as they stand in our first mail."
)
NOT_YOURS = gettext_lazy("You cannot open this order here.")


@login_not_required
@never_cache
@require_http_methods(FORM)
def orders(request: KnownRequest) -> HttpResponse:
    """Their orders; for whoever is not signed in, how to open one."""
    if request.method == "POST":
        return _opened(request, FindForm(request.POST), partial(_overview, request))
    return _overview(request, FindForm())


def _overview(request: KnownRequest, form: FindForm, status: int = 200) -> HttpResponse:
    rows: Any = []
    if isinstance(request.reader, SelfReader):
        rows = Order.objects.of(request.reader.subject).prefetch_related("ordered_lines__product")[:100]
    return render(request, "orders/overview.html", {"form": form, "rows": rows}, status=status)


def _opened(request: KnownRequest, form: FindForm, again: Any) -> HttpResponse:
    """A wrong code, one that was replaced and one of nothing are answered alike."""
    if not form.is_valid():
        return again(form, status=422)
    if not limits.CODES.spend(machine(request)):
        form.add_error("code", _("Too many codes were typed in here. Wait 15 minutes, and try again."))
        return again(form, status=429)
    found = Order.objects.called(form.cleaned_data["number"])
    if found is None or not found.code or found.code != flows.mark(found.number, form.cleaned_data["code"]):
        form.add_error("code", WRONG)
        return again(form, status=422)
    order_pages.remember(request, found)
    return redirect("order", number=found.number)


def _refused(request: KnownRequest, form: FindForm, status: int = 404) -> HttpResponse:
    return render(request, "orders/not_yours.html", {"form": form, "why": NOT_YOURS}, status=status)


@login_not_required
@never_cache
@require_http_methods(FORM)
def order(request: KnownRequest, number: str) -> HttpResponse:
    """One order, to who placed it, and to whoever types in its code."""
    if request.method == "POST":
        typed = FindForm({"number": number, "code": request.POST.get("code", "")})
        return _opened(request, typed, partial(_refused, request))
    allowed = order_pages.access(request, number)
    if allowed is None:
        return _refused(request, FindForm(initial={"number": number}))
    with order_pages.reading(allowed) as act:
        act.touch(allowed.order.person_id, what=sentence("You looked at order {number}", number=number))
        context = order_pages.page(allowed, ruling(request).spoken.recipients)
        answer = render(request, "orders/order.html", context)
    if context["order"].paid_at and baskets.load(request).id == context["order"].basket:
        baskets.forget(request, answer)
    return answer


@login_not_required
@never_cache
@require_POST
def paying_again(request: KnownRequest, number: str) -> HttpResponse:
    """After a declined card, or one that was left: the same order, one payment."""
    allowed = order_pages.access(request, number)
    if allowed is None:
        raise Http404
    return paying(request, allowed.order)
