"""What its buyer does with an order: cancel, withdraw, correct where it goes, register what came."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from kept.accounts.requests import KnownRequest, OwnRequest
from kept.core.vault import gate
from kept.equipment.errors import AlreadyHeld, NotInService
from kept.equipment.models import Unit
from kept.portal.form_parts.door import stores_under
from kept.portal.form_parts.responses import invalid
from kept.sentences import sentence
from kept.touchpoints.orders import order_pages
from kept.touchpoints.orders.checkout.forms import PURPOSE
from kept.touchpoints.orders.fulfilment import flows
from kept.touchpoints.orders.fulfilment.forms import AddressForm
from kept.touchpoints.orders.fulfilment.models import Packed
from kept.touchpoints.orders.order_pages import Access

FORM = ["GET", "HEAD", "POST"]
REGISTRATION = "registration"


def _allowed(request: KnownRequest, number: str) -> Access:
    """Raises Http404 alike for what does not exist and for what is somebody else's."""
    allowed = order_pages.access(request, number)
    if allowed is None:
        raise Http404
    return allowed


@login_not_required
@never_cache
@require_http_methods(FORM)
def withdrawal(request: KnownRequest, number: str) -> HttpResponse:
    """Two steps, without signing in: what it means, then the button that confirms. Never for a company."""
    allowed = order_pages.access(request, number)
    if allowed is None:
        return redirect("order", number=number)
    order = allowed.order
    if request.method == "POST" and order.withdrawn_at is None:
        try:
            order = flows.withdraw(reader=allowed.reader, order=order)
        except flows.NotNow as no:
            messages.error(request, str(no))
            return redirect("order", number=number)
    if order.withdrawn_at is None and not flows.may_withdraw(order):
        raise Http404
    context = {"order": order, "lines": list(order.ordered_lines.select_related("product"))}
    return render(request, "orders/withdrawal.html", context)


@login_not_required
@never_cache
@require_POST
def cancelling(request: KnownRequest, number: str) -> HttpResponse:
    allowed = _allowed(request, number)
    try:
        flows.cancel(reader=allowed.reader, order=allowed.order)
    except flows.NotNow as no:
        messages.error(request, str(no))
    else:
        messages.success(request, _("The order is cancelled. What was paid goes back."))
    return redirect("order", number=number)


@login_not_required
@never_cache
@require_http_methods(FORM)
@stores_under(PURPOSE)
def correcting(request: KnownRequest, number: str) -> HttpResponse:
    """Where it goes, as long as nothing of it has left."""
    allowed = _allowed(request, number)
    bound = (request.POST,) if request.method == "POST" else ()
    form = AddressForm(*bound, initial=_stands(allowed))
    context = {"form": form, "order": allowed.order}
    if request.method != "POST":
        return render(request, "orders/address.html", context)
    if not form.is_valid():
        return invalid(request, "orders/address.html", context)
    given = form.cleaned_data
    try:
        flows.correct_address(
            reader=allowed.reader,
            order=allowed.order,
            receiver=given["receiver"],
            address={**form.address, "country": form.address_country},
            phone=given["phone"].typed,
        )
    except flows.NotNow as no:
        form.add_error(None, str(no))
        return invalid(request, "orders/address.html", context)
    messages.success(request, _("The order goes to this address."))
    return redirect("order", number=number)


def _stands(allowed: Access) -> dict[str, Any]:
    with order_pages.reading(allowed):
        order = allowed.order
        return {"receiver": order.name, "phone": order.phone, **(order.delivery or {})}


@never_cache
@require_POST
@stores_under(REGISTRATION)
def registering(request: OwnRequest, number: str, unit: int) -> HttpResponse:
    """A machine of this order is registered to whoever bought it, with one click."""
    allowed = _allowed(request, number)
    # By its row: a number that is larger than any row's is none, on every database.
    there = Packed.objects.filter(parcel__order=allowed.order, unit__in=Unit.objects.filter(pk=unit))
    packed = there.select_related("unit").first()
    if packed is None or packed.unit is None or request.person.pk != allowed.order.person_id:
        raise Http404
    source = f"your order {number}"
    try:
        with gate.purpose(REGISTRATION, reader=request.reader, about=request.person, source=source) as act:
            act.kind = "collected"
            holder = allowed.order.organisation or request.person
            bought = timezone.localdate(allowed.order.placed_at)
            packed.unit.register_to(holder=holder, purchased=max(bought, packed.unit.made or bought))
            act.touch(
                request.person.pk, what=sentence("You registered a machine of order {number}", number=number)
            )
    except (AlreadyHeld, NotInService):
        messages.error(request, _("This machine is registered already."))
    else:
        messages.success(request, _("It is registered, and its warranty runs from the day of the order."))
    return redirect("order", number=number)
