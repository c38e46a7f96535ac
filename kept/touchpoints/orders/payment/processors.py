"""What a payment processor must do for us. It is told an amount and an order's number, never who buys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from django.conf import settings

from kept.registry import Registry
from kept.touchpoints.orders.payment.models import Attempt, OpenPayment

PAID, DECLINED, DISPUTED, REFUNDED = "paid", "declined", "disputed", "refunded"


@dataclass(frozen=True, slots=True)
class Told:
    """What a processor says of an attempt. ``event`` is its own number for it: the same one counts once.

    ``card``: token, brand, last four digits and expiry, and nothing more of it.
    """

    event: str
    outcome: str
    card: Mapping[str, str] | None = None
    amount: Decimal | None = None


Payment = Attempt | OpenPayment
"""What a processor is asked about, by its id and its reference."""


class Processor(Protocol):
    """Every verb may be called again with the same attempt, and does its work once."""

    def open(self, attempt: Attempt, *, number: str, back: str) -> tuple[str, str]:
        """A page to pay on: what the processor calls the payment, and its address."""

    def state(self, attempt: Payment) -> Told | None:
        """How it stands there; None while it is open."""

    def close(self, attempt: Payment) -> bool:
        """Let nobody pay it any more. False where it was paid already."""

    def refund(self, attempt: Payment, total: Decimal) -> None:
        """Let so much have been paid back, all told."""


PROCESSORS: Registry[Processor] = Registry("payment processors", "who takes cards, by name")


def chosen() -> str:
    """The one of the settings; the built-in one in a demo; "" for none."""
    return str(getattr(settings, "KEPT_PAYMENTS", "") or ("practice" if settings.KEPT_DEMO else ""))
