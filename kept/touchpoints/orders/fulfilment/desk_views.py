"""Orders at the desk: what waits to be sent, and one of them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from kept.accounts.requests import DeskRequest
from kept.accounts.signing_in.policy_in_force import ruling
from kept.accounts.signing_in.staff import staff_required
from kept.core.vault import gate
from kept.core.vault.columns.values import show
from kept.sentences import sentence
from kept.touchpoints.orders.checkout.flows import PURPOSE
from kept.touchpoints.orders.checkout.known import lines
from kept.touchpoints.orders.fulfilment import flows
from kept.touchpoints.orders.fulfilment.forms import ParcelForm, RefundForm
from kept.touchpoints.orders.models import Order
from kept.touchpoints.orders.order_pages import told

ROLES = ("sales",)
MOST = 100


@never_cache
@require_safe
@staff_required(roles=ROLES)
def queue(request: DeskRequest) -> HttpResponse:
    """What is paid and waits to be sent or to arrive, oldest first. Nothing personal is opened for it."""
    rows = Order.objects.filter(entity=request.reader.entity, closed_at=None).order_by("placed_at")
    shown = rows.prefetch_related("ordered_lines__product")[:MOST]
    context = {
        "rows": [one for one in shown if one.state != "unpaid"],
        "unpaid": sum(one.state == "unpaid" for one in shown),
        "purpose": ruling(request).spoken.purposes.get(PURPOSE),
    }
    return render(request, "orders/desk/queue.html", context)


def _found(request: DeskRequest, number: str) -> Order:
    found = Order.objects.called(number)
    if found is None or found.entity != request.reader.entity:
        raise Http404
    return found


@never_cache
@require_safe
@staff_required(roles=ROLES)
def order(request: DeskRequest, number: str) -> HttpResponse:
    return _show(request, _found(request, number))


def _show(request: DeskRequest, row: Order, *, status: int = 200, **more: Any) -> HttpResponse:
    """Rendered inside the act: what it shows is on the record before the first byte leaves."""
    rules = ruling(request)
    context: dict[str, Any] = {"order": row, "matter": row, "purpose": rules.spoken.purposes.get(PURPOSE)}
    if not row.matter_open:
        return render(request, "orders/desk/closed.html", context)
    waiting = [one for one in row.ordered_lines.select_related("product") if one.waiting]
    with gate.purpose(PURPOSE, reader=request.reader, about=row) as act:
        act.touch(row.person_id, what=sentence("Looked at order {number}", number=row.number))
        context |= {
            "lines": list(row.ordered_lines.select_related("product")),
            "receiver": show(row, "name"),
            "phone": show(row, "phone"),
            "note": show(row, "note"),
            "company": show(row, "company"),
            "purchase_order": show(row, "purchase_order"),
            "address": lines(row.delivery or {}),
            "gets": told(row, rules.spoken.recipients),
            "steps": list(row.steps.all()),
            "parcels": list(row.parcels.prefetch_related("packed__unit", "packed__line__product")),
            "papers": list(row.invoices.order_by("pk")),
            "paid": row.attempts.filter(outcome="paid").first(),
            "parcel_form": ParcelForm(lines=waiting) if waiting else None,
            "refund_form": RefundForm(),
            **more,
        }
        return render(request, "orders/desk/order.html", context, status=status)


@never_cache
@require_POST
@staff_required(roles=ROLES)
def sending(request: DeskRequest, number: str) -> HttpResponse:
    row = _found(request, number)
    waiting = [one for one in row.ordered_lines.select_related("product") if one.waiting]
    form = ParcelForm(request.POST, lines=waiting)
    if not row.matter_open or not form.is_valid():
        return _show(request, row, status=422, parcel_form=form, form=form)
    try:
        flows.dispatch(
            reader=request.reader,
            order=row,
            pieces=form.pieces,
            serials=form.serials,
            tracking=form.cleaned_data["tracking"],
        )
    except flows.NotNow as no:
        form.add_error(None, str(no))
        return _show(request, row, status=422, parcel_form=form, form=form)
    messages.success(request, _("The parcel is on its way. The carrier and the buyer are told."))
    return redirect("desk-order", number=number)


@never_cache
@require_POST
@staff_required(roles=ROLES)
def delivering(request: DeskRequest, number: str) -> HttpResponse:
    return _moved(request, number, flows.deliver, _("It is marked as delivered."))


@never_cache
@require_POST
@staff_required(roles=ROLES)
def cancelling(request: DeskRequest, number: str) -> HttpResponse:
    return _moved(request, number, flows.cancel, _("The order is cancelled. What was paid goes back."))


@never_cache
@require_POST
@staff_required(roles=ROLES)
def returning(request: DeskRequest, number: str) -> HttpResponse:
    return _moved(request, number, flows.take_back, _("What was paid goes back."))


def _moved(request: DeskRequest, number: str, verb: Any, done: str) -> HttpResponse:
    row = _found(request, number)
    try:
        if not row.matter_open:
            raise flows.NotNow(_("This order is over."))
        verb(reader=request.reader, order=row)
    except flows.NotNow as no:
        messages.error(request, str(no))
    else:
        messages.success(request, done)
    return redirect("desk-order", number=number)


@never_cache
@require_POST
@staff_required(roles=ROLES)
def refunding(request: DeskRequest, number: str) -> HttpResponse:
    row, form = _found(request, number), RefundForm(request.POST)
    if not row.matter_open or not form.is_valid():
        return _show(request, row, status=422, refund_form=form, form=form)
    try:
        flows.pay_back(reader=request.reader, order=row, amount=form.cleaned_data["amount"])
    except flows.NotNow as no:
        form.add_error("amount", str(no))
        return _show(request, row, status=422, refund_form=form, form=form)
    messages.success(request, _("It goes back within minutes, and a credit note says so."))
    return redirect("desk-order", number=number)
