"""Orders as the tables tell them, laid beside the ledger: each has its acts, and nobody was told what did not
stand above the button.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from kept.core.ledger.acts import Acts, Said, acts_of
from kept.core.vault.subject_keys import keys
from kept.outbox.models import Disclosure
from kept.sentences import sentence
from kept.touchpoints.orders.checkout.recipients import CHARGES, FIELDS, PURPOSE
from kept.touchpoints.orders.models import Order

NEWEST = 1_000
NEAR = timedelta(seconds=10)
"""Between a row and the entry that is committed when its act ends."""
ABOUT = "order "


def acts() -> Acts:
    """All that was done under the purpose of orders."""
    return acts_of(["collected", "changed", "disclosed"], purpose=PURPOSE)


def bought_since(since: datetime) -> list[Order]:
    """Those that are paid, or are paid by invoice; newest first."""
    done = Q(paid_at__isnull=False) | Q(method=Order.Method.INVOICE)
    return list(Order.objects.filter(done, placed_at__gt=since).order_by("-placed_at")[:NEWEST])


def differences(orders: Iterable[Order], said: Acts) -> Iterator[str]:
    """One sentence each: what has no entry, and who was told what nobody had said."""
    orders = list(orders)
    names = keys.aliases_of({one.person_id for one in orders})
    by_person: dict[bytes, list[Said]] = {}
    by_order: dict[str, list[Said]] = {}
    for act in said:
        by_order.setdefault(act.about, []).append(act)
        for alias, _ in act.parts:
            by_person.setdefault(alias, []).append(act)
    for order in orders:
        theirs = by_person.get(names.get(order.person_id, b""), [])
        if not _happened(theirs, "collected", order.placed_at):
            yield sentence("order {number} was placed without an entry", number=order.number)
        its_own = by_order.get(order.matter_ref, [])
        if order.paid_at and not _happened(its_own, "changed", order.paid_at):
            yield sentence("order {number} was paid without an entry", number=order.number)
        yield from _told(order, its_own, by_order)


def _happened(acts: Iterable[Said], kind: str, at: datetime) -> bool:
    return any(act.kind == kind and abs(act.at - at) <= NEAR for act in acts)


def _told(order: Order, its_own: list[Said], every: Mapping[str, list[Said]]) -> Iterator[str]:
    """What went, by the rows and by the entries, against what was said above the button."""
    said = {recipient: set(fields) for recipient, fields in order.told}
    sent = Disclosure.objects.filter(key__startswith=f"order-{order.pk}/")
    rows = list(sent.values_list("pk", "recipient", "fields"))
    acts = [*its_own, *(act for pk, _, _ in rows for act in every.get(f"transfer {pk}", ()))]
    entries = [_as_row(detail) for act in acts for _, detail in act.parts if detail.get("recipient")]
    for recipient, fields in [*(one[1:] for one in rows), *entries]:
        if not set(fields) <= said.get(recipient, set()):
            yield sentence(
                "of order {number} something went to {recipient} that was not said",
                number=order.number,
                recipient=recipient,
            )
    charges = next((one for one, fields in said.items() if fields == set(FIELDS[CHARGES])), None)
    if order.paid_at and charges and charges not in {recipient for recipient, _ in entries}:
        yield sentence("order {number} was paid at somebody who was told nothing", number=order.number)


def _as_row(detail: Mapping[str, Any]) -> tuple[str, list[str]]:
    return str(detail["recipient"]), list(detail.get("fields_told", ()))
