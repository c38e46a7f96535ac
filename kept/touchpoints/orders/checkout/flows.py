"""An order placed: one act, one transaction, one order of one basket however often the button is pressed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4, uuid5

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from kept import references
from kept.accounts.models import User
from kept.core.policy.verdict import Reader
from kept.core.vault import gate
from kept.core.vault.readers import Job, SelfReader, SystemReader
from kept.core.vault.sealing.sealed_box import Box
from kept.disclosures.flows import disclose
from kept.outbox.mail import mail
from kept.people.models import Person
from kept.sentences import sentence
from kept.touchpoints.orders.basket.priced import Priced
from kept.touchpoints.orders.checkout.forms import CARD, INVOICE, MYSELF, NEW
from kept.touchpoints.orders.checkout.recipients import EXTENDS, NUMBER, TOTAL, Gets, as_told
from kept.touchpoints.orders.models import Basket, Order, OrderLine, Step, Stock

PURPOSE, SOURCE = "orders", "order"
CLERK = SystemReader(job="orders.checkout")
CODES = Box("orders.code")


class SoldOut(Exception):
    """Somebody else was faster. The message says which product, and what to do."""


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody without an ID, as they call themselves."""

    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Wish:
    """All that was answered, with what it costs today and who was said to get what."""

    basket: UUID
    seen: Priced
    said: Mapping[str, Any]
    gets: list[Gets]
    entity: str
    seller_country: str
    language: str

    @property
    def company(self) -> dict[str, str] | None:
        said = self.said
        return None if said["buyer"] == MYSELF else {"name": said["company"], "vat": said["vat"]}


def place(
    *,
    reader: Reader,
    person: Person | Newcomer,
    wish: Wish,
    opened: Callable[[Order], bool] = lambda _order: False,
) -> Order:
    """The order of this basket: the one there is, or a new one, with its pieces taken from the stock.

    ``opened``: whether whoever asks has an order open already. A basket's id comes from a browser, so that it
    proves nothing: an order of somebody else is neither answered nor cancelled. Raises SoldOut and what the
    gate raises. An unpaid one that was ordered otherwise before is cancelled.
    """
    id = wish.basket
    while True:
        before = Order.objects.filter(pk=id).first()
        if before is None:
            try:
                return _make(reader, person, wish, id)
            except IntegrityError:
                # Pressed twice at once: the other one was quicker.
                if not Order.objects.filter(pk=id).exists():
                    raise
                continue
        if _theirs(reader, person, before, opened):
            if before.cancelled_at is None and (
                before.state != "unpaid" or _same(reader, person, before, wish)
            ):
                return before
            if before.cancelled_at is None and not cancel_unpaid(before):
                continue
        # Every press of the button finds the same next id: two at once make one order.
        id = uuid5(id, "again")


def _theirs(reader: Reader, person: Person | Newcomer, order: Order, opened: Callable[[Order], bool]) -> bool:
    """A guest's is known again by the address they typed, where the answer to the first press was lost."""
    if isinstance(reader, SelfReader):
        return bool(order.person_id == reader.subject)
    if opened(order):
        return True
    if User.objects.filter(person=order.person_id).exists():
        return False
    with gate.purpose(PURPOSE, reader=reader, about=about(reader, order)):
        return bool(order.email == person.email)


def about(reader: Reader, order: Order) -> Any:
    """What an act over an order is bound to: a person to themselves, a job to the order, staff to the
    matter.
    """
    if isinstance(reader, SelfReader):
        return reader.subject
    return order if not isinstance(reader, SystemReader) else Job(order.matter_ref)


def _same(reader: Reader, person: Person | Newcomer, order: Order, wish: Wish) -> bool:
    """Whether nothing was changed since it was placed."""
    lines = {(one.product_id, one.quantity, one.price) for one in order.ordered_lines.all()}
    if lines != {(one.product.pk, one.quantity, one.price.amount) for one in wish.seen.lines}:
        return False
    if (order.method, order.vat) != (wish.said["method"], wish.seen.tax):
        return False
    with gate.purpose(PURPOSE, reader=reader, about=about(reader, order)):
        # Who has an ID is mailed at its address, wherever that was when it was placed.
        email = order.email if isinstance(person, Newcomer) else person.email
        told = (order.delivery, order.company, order.name, order.phone, email)
        said = (order.purchase_order or "", order.note or "")
    wished = (wish.said["address"], wish.company, wish.said["receiver"], wish.said["phone"], person.email)
    return told == wished and said == (wish.said["purchase_order"], wish.said["note"])


def _make(reader: Reader, person: Person | Newcomer, wish: Wish, id: UUID) -> Order:
    order = Order(pk=id, number=references.make(f"O{wish.seller_country}"))
    whose = person if isinstance(reader, SelfReader) else Job(order.matter_ref)
    with gate.purpose(PURPOSE, reader=reader, about=whose, source=SOURCE) as act, transaction.atomic():
        act.kind = "collected"
        owner = person if isinstance(person, Person) else _enrolled(person, wish)
        _fill(order, owner, wish)
        order.save(force_insert=True)
        _take(order, wish.seen)
        order.step(Step.Kind.PLACED)
        act.touch(owner.pk, what=sentence("You ordered {number}", number=order.number))
        if wish.said["method"] == INVOICE:
            _ask_for_credit(order, wish)
            confirm(order)
            Basket.objects.filter(pk=order.basket).delete()
    return order


def _enrolled(newcomer: Newcomer, wish: Wish) -> Person:
    return Person.objects.enrol(
        id=uuid4(),
        name=newcomer.name,
        email=newcomer.email,
        controller=wish.entity,
        language=wish.language,
    )


def _fill(order: Order, owner: Person, wish: Wish) -> None:
    said, seen = wish.said, wish.seen
    order.person, order.basket, order.entity = owner, wish.basket, wish.entity
    order.language, order.method, order.currency = wish.language, said["method"], seen.currency
    order.net, order.vat = seen.net, seen.tax
    order.vat_rate, order.vat_why = seen.treatment.rate, seen.treatment.why
    order.consumer, order.told = said["buyer"] == MYSELF, as_told(wish.gets)
    order.placed_at = timezone.now()
    if said["buyer"] not in (MYSELF, NEW):
        order.organisation_id = UUID(said["buyer"])
    order.name, order.email, order.phone = said["receiver"], owner.email, said["phone"]
    order.delivery, order.company = said["address"], wish.company
    order.purchase_order, order.note = said["purchase_order"] or None, said["note"] or None


def _take(order: Order, seen: Priced) -> None:
    """From what lies here, under the lock of each row, always in the same order. Raises SoldOut."""
    wanted = {one.product.pk: one for one in seen.lines}
    taken = dict.fromkeys(wanted, 0)
    for stock in Stock.objects.select_for_update().filter(product__in=wanted).order_by("pk"):
        line = wanted[stock.product_id]
        if not stock.can_give(line.quantity):
            raise SoldOut(
                _("Somebody else was faster: of {product}, {n} are left. Change your basket.").format(
                    product=line.product.name, n=stock.on_hand
                )
            )
        taken[stock.product_id] = given = min(stock.on_hand, line.quantity)
        stock.on_hand -= given
        stock.save(update_fields=["on_hand"])
    OrderLine.objects.bulk_create(
        OrderLine(
            order=order,
            product=one.product,
            quantity=one.quantity,
            price=one.price.amount,
            from_stock=taken[one.product.pk],
        )
        for one in seen.lines
    )


def _ask_for_credit(order: Order, wish: Wish) -> None:
    """Goes with the order or not at all; it leaves by the one door, on the record first."""
    for gets in wish.gets:
        if gets.service == EXTENDS:
            values = {"order.company": order.company, TOTAL: str(order.total), NUMBER: order.number}
            disclose(
                subject=order.person_id,
                recipient=gets.recipient.id,
                purpose=PURPOSE,
                values={name: values[name] for name in gets.fields},
                reason=sentence("To ask whether order {number} can be paid by invoice", number=order.number),
                key=f"order-{order.pk}/credit",
            )


def confirm(order: Order) -> None:
    """By mail; somebody without an ID gets a fresh code that opens the order. Joins the open act."""
    code = ""
    if not User.objects.filter(person=order.person_id).exists():
        code = "-".join(references.signs(4) for _part in range(3))
        order.code = mark(order.number, code)
        order.save(update_fields=["code"])
    context = {
        "number": order.number,
        "lines": [
            f"{one.quantity} × {one.product.name}" for one in order.ordered_lines.select_related("product")
        ],
        "total": order.total,
        "currency": order.currency,
        "paid": order.paid_at,
        "address": address_of(order),
        "code": code,
    }
    mail(
        subject=order.person_id,
        to=order.email,
        template="orders/mail/ordered.txt",
        context=context,
        purpose=PURPOSE,
    )


def mark(number: str, code: str) -> str:
    return CODES.mark(f"{number}|{code.strip().upper()}")


def address_of(order: Order) -> str:
    """Where its buyer follows it."""
    return settings.KEPT_SITE + reverse("order", args=[order.number])


def cancel_unpaid(order: Order) -> bool:
    """Nobody paid it: it ends, and its pieces lie in the stock again. False where that is no longer so."""
    with transaction.atomic():
        row = Order.objects.select_for_update(of=("self",)).get(pk=order.pk)
        if row.cancelled_at or row.paid_at or row.method != CARD:
            return False
        row.cancelled_at = row.closed_at = timezone.now()
        row.save(update_fields=["cancelled_at", "closed_at"])
        row.attempts.filter(ended_at=None).update(ended_at=row.cancelled_at, outcome="abandoned")
        give_back(row)
        row.step(Step.Kind.CANCELLED)
    return True


def give_back(order: Order) -> None:
    """What was taken from the stock and has not left. Joins the transaction."""
    lines = {one.product_id: one for one in order.ordered_lines.all()}
    for stock in Stock.objects.select_for_update().filter(product__in=lines).order_by("pk"):
        line = lines[stock.product_id]
        back = min(line.from_stock, line.waiting)
        stock.on_hand += back
        stock.save(update_fields=["on_hand"])
        OrderLine.objects.filter(pk=line.pk).update(from_stock=line.from_stock - back)
