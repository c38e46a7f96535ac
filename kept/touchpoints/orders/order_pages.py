"""Who may see an order, and what its page shows, read inside an act."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from kept.accounts.requests import KnownRequest
from kept.core.vault import gate
from kept.core.vault.columns.values import show
from kept.core.vault.readers import Job, SelfReader, SystemReader
from kept.people.models import Person
from kept.touchpoints.orders.checkout.flows import CLERK
from kept.touchpoints.orders.checkout.known import lines
from kept.touchpoints.orders.checkout.recipients import WORDS
from kept.touchpoints.orders.fulfilment.terms import may_withdraw, purpose_of_buyer
from kept.touchpoints.orders.models import Order

OPENED = "orders.opened"
"""Where the session keeps which orders were placed or opened with their code in this browser."""


@dataclass(frozen=True, slots=True)
class Access:
    """``reader`` opens the order for ``person``: who ordered, or whoever has its code."""

    order: Order
    reader: SelfReader | SystemReader
    person: Person


def access(request: KnownRequest, number: str) -> Access | None:
    """None for somebody else's order, as for one that does not exist."""
    order = Order.objects.called(number)
    if order is None:
        return None
    if isinstance(request.reader, SelfReader) and order.person_id == request.reader.subject:
        assert request.person is not None
        return Access(order, request.reader, request.person)
    return Access(order, CLERK, order.person) if opens(request, order) else None


def opens(request: KnownRequest, order: Order) -> bool:
    """Whether whoever asks may see it."""
    if isinstance(request.reader, SelfReader) and order.person_id == request.reader.subject:
        return True
    return bool(request.session.get(OPENED, {}).get(order.number) == order.pk.hex)


def remember(request: KnownRequest, order: Order) -> None:
    """This browser placed it, or typed in its code: kept in its sealed session, never in an address."""
    request.session[OPENED] = {**request.session.get(OPENED, {}), order.number: order.pk.hex}


def reading(allowed: Access) -> gate.purpose:
    about: UUID | Job = (
        allowed.reader.subject if isinstance(allowed.reader, SelfReader) else Job(allowed.order.matter_ref)
    )
    return gate.purpose(purpose_of_buyer(allowed.order), reader=allowed.reader, about=about)


def page(allowed: Access, recipients: Any) -> dict[str, Any]:
    """Inside ``reading``. ``recipients``: those of the policy, as the reader's language calls them."""
    order = Order.objects.select_related("person").get(pk=allowed.order.pk)
    paid = order.attempts.filter(outcome="paid").first()
    return {
        "order": order,
        "lines": list(order.ordered_lines.select_related("product")),
        "steps": list(order.steps.all()),
        "receiver": show(order, "name"),
        "phone": show(order, "phone"),
        "company": show(order, "company"),
        "purchase_order": show(order, "purchase_order"),
        "address": lines(order.delivery or {}),
        "card": show(paid, "card") if paid else None,
        "refunded": paid.refunded if paid else 0,
        "declined": order.attempts.filter(outcome="declined").exists() and not order.paid_at,
        "parcels": list(order.parcels.prefetch_related("packed__unit", "packed__line__product")),
        "papers": list(order.invoices.order_by("pk")),
        "gets": told(order, recipients),
        "guest": not isinstance(allowed.reader, SelfReader),
        "may_withdraw": may_withdraw(order),
        "may_cancel": order.dispatched_at is None and order.cancelled_at is None,
    }


def told(order: Order, recipients: Any) -> list[dict[str, Any]]:
    """Who was said to get what, when it was ordered."""
    found = [(recipients.get(id), fields) for id, fields in order.told]
    return [
        {"recipient": one.title, "fields": [WORDS[name] for name in fields if name in WORDS]}
        for one, fields in found
        if one is not None
    ]
