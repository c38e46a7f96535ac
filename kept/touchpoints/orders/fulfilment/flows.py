"""What the desk does with an order: sent in parts, cancelled, paid back; and what its buyer may do: withdraw.

Each is one act and one transaction, under the order's lock.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kept.core.policy.verdict import Reader
from kept.core.vault import gate
from kept.core.vault.readers import StaffReader
from kept.disclosures.flows import disclose
from kept.equipment.models import Unit, UnitEvent
from kept.outbox.mail import mail
from kept.sentences import sentence
from kept.touchpoints.orders.checkout.flows import PURPOSE, about, address_of, give_back
from kept.touchpoints.orders.checkout.recipients import DELIVERS, FIELDS, NUMBER
from kept.touchpoints.orders.fulfilment.models import Packed, Parcel
from kept.touchpoints.orders.fulfilment.terms import may_withdraw, purpose_of_buyer
from kept.touchpoints.orders.invoices.flows import credit, issue
from kept.touchpoints.orders.models import Order, OrderLine, Step
from kept.touchpoints.orders.payment.flows import owe
from kept.touchpoints.orders.prices import vat
from kept.touchpoints.orders.templatetags.shop import money


class NotNow(Exception):
    """The order stands otherwise than the page showed. The message says how."""


def locked(order: Order) -> Order:
    found: Order = Order.objects.select_for_update(of=("self",)).select_related("person").get(pk=order.pk)
    return found


def dispatch(
    *,
    reader: StaffReader,
    order: Order,
    pieces: Mapping[int, int],
    serials: Mapping[int, list[str]],
    tracking: str,
) -> Parcel:
    """A parcel leaves with so many pieces of each line (by its pk), each machine by its serial number.

    The carrier is told what was said above the button, and nothing else. Raises NotNow.
    """
    with gate.purpose(PURPOSE, reader=reader, about=order) as act, transaction.atomic():
        act.kind = "changed"
        order = locked(order)
        if order.withdrawn_at or order.state not in ("open", "sent"):
            raise NotNow(_("This order is not paid, or is over: nothing of it is sent."))
        carrier = next((id for id, fields in order.told if fields == list(FIELDS[DELIVERS])), "")
        parcel = Parcel.objects.create(
            order=order, carrier=carrier, tracking=tracking, dispatched_at=timezone.now()
        )
        for line in order.ordered_lines.select_for_update().select_related("product"):
            _pack(parcel, line, pieces.get(line.pk, 0), serials.get(line.pk, []))
        if not parcel.packed.exists():
            raise NotNow(_("Enter how many pieces are in the parcel"))
        if order.dispatched_at is None:
            order.dispatched_at = parcel.dispatched_at
            order.save(update_fields=["dispatched_at"])
        order.step(Step.Kind.DISPATCHED, role=reader.role)
        issue(order)
        if carrier:
            _tell(order, parcel, reader)
        act.touch(order.person_id, what=sentence("Sent a parcel of order {number}", number=order.number))
        _mail(order, "orders/mail/sent.txt", tracking=tracking)
    return parcel


def _pack(parcel: Parcel, line: OrderLine, pieces: int, serials: list[str]) -> None:
    if pieces > line.waiting:
        raise NotNow(
            _("Of {product}, {n} are still to be sent. Enter {n} or fewer.").format(
                product=line.product.name, n=line.waiting
            )
        )
    if len(serials) > pieces:
        raise NotNow(_("There are more serial numbers than pieces. Take some out."))
    for serial in serials:
        unit = Unit.objects.filter(serial=serial, product=line.product).first()
        if unit is None or Packed.objects.filter(unit=unit).exists():
            raise NotNow(
                _("{serial} is no {product} that lies here. Check the number on the label.").format(
                    serial=serial, product=line.product.name
                )
            )
        Packed.objects.create(parcel=parcel, line=line, unit=unit)
        UnitEvent.objects.create(unit=unit, state=UnitEvent.State.SHIPPED, at=parcel.dispatched_at)
        if unit.shipped is None:
            Unit.objects.filter(pk=unit.pk).update(shipped=timezone.localdate(parcel.dispatched_at))
    if pieces > len(serials):
        Packed.objects.create(parcel=parcel, line=line, quantity=pieces - len(serials))
    line.dispatched += pieces
    line.save(update_fields=["dispatched"])


def _tell(order: Order, parcel: Parcel, reader: StaffReader) -> None:
    """Joins the act: it leaves when the parcel is on record, or not at all."""
    disclose(
        subject=order.person_id,
        recipient=parcel.carrier,
        purpose=PURPOSE,
        values={
            "order.name": order.name,
            "order.delivery": order.delivery,
            "order.phone": order.phone,
            NUMBER: order.number,
        },
        reason=sentence("To deliver order {number}", number=order.number),
        key=f"order-{order.pk}/parcel/{parcel.pk}",
        approver=reader,
    )


def deliver(*, reader: StaffReader, order: Order) -> None:
    """Everything that was sent has arrived; an order that is sent whole is over. Raises NotNow."""
    with gate.purpose(PURPOSE, reader=reader, about=order) as act, transaction.atomic():
        act.kind = "changed"
        order = locked(order)
        now = timezone.now()
        if not order.parcels.filter(delivered_at=None).update(delivered_at=now):
            raise NotNow(_("No parcel of this order is on its way."))
        if order.withdrawn_at or not any(one.waiting for one in order.ordered_lines.all()):
            order.delivered_at = now
            # Withdrawn from while it was on its way: it is over when the goods are back.
            order.closed_at = None if order.withdrawn_at else now
            order.save(update_fields=["delivered_at", "closed_at"])
            order.step(Step.Kind.DELIVERED, role=reader.role)
        act.touch(order.person_id, what=sentence("Order {number} was delivered", number=order.number))


def cancel(*, reader: Reader, order: Order) -> None:
    """Before anything left: it ends, what was paid goes back, and an invoice is taken back. Raises NotNow."""
    purpose = purpose_of_buyer(order) if not isinstance(reader, StaffReader) else PURPOSE
    with (
        gate.purpose(purpose, reader=reader, about=about(reader, order), source="order") as act,
        transaction.atomic(),
    ):
        act.kind = "changed"
        order = locked(order)
        if order.cancelled_at or order.dispatched_at:
            raise NotNow(_("Something of this order has left already. Withdraw from it, or send it back."))
        end(order, Step.Kind.CANCELLED, role=reader.role if isinstance(reader, StaffReader) else "")
        act.touch(order.person_id, what=sentence("Order {number} was cancelled", number=order.number))


def end(order: Order, kind: str, *, role: str = "") -> None:
    """Nothing of it has left: it is over, and what was paid goes back. Joins the act, under the lock."""
    order.cancelled_at = order.closed_at = timezone.now()
    order.save(update_fields=["cancelled_at", "closed_at", "withdrawn_at"])
    order.attempts.filter(ended_at=None).update(ended_at=order.cancelled_at, outcome="abandoned")
    give_back(order)
    order.step(kind, role=role)
    _undo_payment(order)


def _undo_payment(order: Order) -> None:
    """What is left of it goes back, and a credit note says so. Joins the transaction, under the lock."""
    credited = sum(Decimal(one.content["total"]) for one in order.invoices.filter(kind="credit"))
    owe(order, order.total)
    credit(order, order.total + credited)


def pay_back(*, reader: StaffReader, order: Order, amount: Decimal) -> None:
    """So much goes back, and a credit note says so. Raises NotNow."""
    with gate.purpose(PURPOSE, reader=reader, about=order) as act, transaction.atomic():
        act.kind = "changed"
        order = locked(order)
        paid = order.attempts.filter(outcome="paid").first()
        left = paid.amount - paid.refund_due if paid else vat.NONE
        if amount <= 0 or amount > left:
            raise NotNow(_("At most {most} can be paid back.").format(most=money(left, order.currency)))
        owe(order, amount)
        credit(order, amount)
        act.touch(order.person_id, what=sentence("Money of order {number} is paid back", number=order.number))


def withdraw(*, reader: Reader, order: Order) -> Order:
    """The contract is undone, at this moment: the receipt says when. Raises NotNow.

    What has not left is not sent. Where something has left, the order is open until the goods are back or are
    shown to be sent (``take_back``): until then the money stays (Directive 2011/83/EU, Art. 13(3)).
    """
    purpose = purpose_of_buyer(order)
    with (
        gate.purpose(purpose, reader=reader, about=about(reader, order), source="order") as act,
        transaction.atomic(),
    ):
        act.kind = "changed"
        order = locked(order)
        if not may_withdraw(order):
            raise NotNow(_("This order can no longer be withdrawn from, or was already."))
        order.withdrawn_at = timezone.now()
        if order.dispatched_at is None:
            end(order, Step.Kind.WITHDRAWN)
        else:
            order.closed_at = None
            order.save(update_fields=["withdrawn_at", "closed_at"])
            give_back(order)
            order.step(Step.Kind.WITHDRAWN)
        act.touch(order.person_id, what=sentence("You withdrew from order {number}", number=order.number))
        sent = order.dispatched_at is not None
        _mail(order, "orders/mail/withdrawn.txt", at=order.withdrawn_at, sent=sent)
    return order


def take_back(*, reader: StaffReader, order: Order) -> None:
    """The goods of a withdrawal are back, or were shown to be sent: the money goes back. Raises NotNow."""
    with gate.purpose(PURPOSE, reader=reader, about=order) as act, transaction.atomic():
        act.kind = "changed"
        order = locked(order)
        if order.withdrawn_at is None or order.closed_at is not None:
            raise NotNow(_("Nobody withdrew from this order, or it is over."))
        order.closed_at = timezone.now()
        order.save(update_fields=["closed_at"])
        order.step(Step.Kind.RETURNED, role=reader.role)
        _undo_payment(order)
        act.touch(order.person_id, what=sentence("The goods of order {number} are back", number=order.number))


def correct_address(
    *, reader: Reader, order: Order, receiver: str, address: dict[str, str], phone: str
) -> None:
    """Before anything left, to the same country: the tax was worked out for it. Raises NotNow."""
    with (
        gate.purpose(PURPOSE, reader=reader, about=about(reader, order), source="order") as act,
        transaction.atomic(),
    ):
        act.kind = "changed"
        order = locked(order)
        if order.dispatched_at or order.cancelled_at:
            raise NotNow(_("The order has left already: its address can no longer be changed here."))
        if address["country"] != (order.delivery or {}).get("country"):
            raise NotNow(_("To another country the price is another one. Cancel the order, and order anew."))
        order.name, order.delivery, order.phone = receiver, address, phone
        order.save(update_fields=["name", "delivery", "phone"])
        order.step(Step.Kind.CORRECTED)
        act.touch(order.person_id, what=sentence("You corrected order {number}", number=order.number))


def _mail(order: Order, template: str, **more: Any) -> None:
    mail(
        subject=order.person_id,
        to=order.email,
        template=template,
        context={
            "number": order.number,
            "address": address_of(order),
            "total": order.total,
            "currency": order.currency,
            **more,
        },
        purpose=PURPOSE,
    )
