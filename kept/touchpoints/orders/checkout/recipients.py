"""Who will get what of an order, worked out from the policy before anything is sent: the line above the
button, and what is on the record after it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from kept.core.policy.model import SERVICES, Policy, Recipient
from kept.sentences import listed

PURPOSE = "orders"
CHARGES, EXTENDS, DELIVERS = "fulfil-orders", "extend-credit", "deliver-products"
"""Services of the policy's closed list (P15), by what an order needs of them."""
NUMBER, TOTAL = "orders_order.number", "orders_order.net"
FIELDS = {
    CHARGES: (NUMBER, TOTAL),
    EXTENDS: ("order.company", TOTAL),
    DELIVERS: ("order.name", "order.delivery", "order.phone", NUMBER),
}
"""What each needs, by field id: no more is told."""
WORDS = {
    NUMBER: _("the order number"),
    TOTAL: _("the amount"),
    "order.company": _("the company’s name and VAT number"),
    "order.name": _("the name of who receives it"),
    "order.delivery": _("the address"),
    "order.phone": _("the phone number"),
}


@dataclass(frozen=True, slots=True)
class Gets:
    """One recipient of an order's fields. ``service``: what it does for the order."""

    recipient: Recipient
    service: str
    fields: tuple[str, ...]

    @property
    def words(self) -> str:
        """ "the order number and the amount", in the reader's language."""
        return listed(WORDS[name] for name in self.fields)

    @property
    def does(self) -> str:
        return str(SERVICES[self.service])


def who_gets(policy: Policy, *, card: bool, country: str) -> list[Gets]:
    """In the order it happens: who is paid through, or asked about credit; then who carries it."""
    money = CHARGES if card else EXTENDS
    return [*_of(policy, money, country), *_of(policy, DELIVERS, country)]


def _of(policy: Policy, service: str, country: str) -> Iterator[Gets]:
    """The recipient of this purpose that does it: of several, one where the goods go."""
    able = [
        one
        for one in policy.recipients_of(PURPOSE)
        if service in one.services and one.kind == "provider" and _does_that_first(one, service)
    ]
    near = [one for one in able if _region(policy, one.country) == _region(policy, country)]
    for one in (near or able)[:1]:
        yield Gets(one, service, FIELDS[service])


def _does_that_first(one: Recipient, service: str) -> bool:
    """Whoever carries may fulfil orders as well; whoever charges a card does not carry."""
    return service != CHARGES or DELIVERS not in one.services


def _region(policy: Policy, country: str) -> str:
    return policy.company.region_of(country).id


def as_told(gets: list[Gets]) -> list[list[object]]:
    """As an order keeps it: [[recipient, [field ids]]]."""
    return [[one.recipient.id, list(one.fields)] for one in gets]
