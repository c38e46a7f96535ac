"""A payment processor to practise with, built in: every outcome, offline, and no money.

It stands for a house of its own: it knows an amount, an order's number and its key, and tells what became of
it by a signed message, as a real one does by a webhook.
"""

from __future__ import annotations

import json
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils.crypto import constant_time_compare

from kept.core.vault.sealing.sealed_box import Box
from kept.touchpoints.orders.payment.models import Attempt, PracticeCharge
from kept.touchpoints.orders.payment.processors import DECLINED, PAID, PROCESSORS, Payment, Told

NAME = "practice"
SIGNER = Box("orders.practice")
OPEN, TAKEN, REFUSED, CLOSED = "open", "taken", "refused", "closed"
CARD = {"token": "practice", "brand": "Visa", "last4": "4242", "expiry": "09/28"}


class Practice:
    def open(self, attempt: Attempt, *, number: str, back: str) -> tuple[str, str]:
        PracticeCharge.objects.get_or_create(
            key=attempt.pk,
            defaults={
                "amount": attempt.amount,
                "currency": attempt.currency,
                "back": back,
                "told": {"number": number, "amount": str(attempt.amount)},
            },
        )
        return f"practice-{attempt.pk.hex[:12]}", reverse("practice-payment", args=[attempt.pk])

    def state(self, attempt: Payment) -> Told | None:
        charge = PracticeCharge.objects.filter(key=attempt.pk).first()
        if charge is None or charge.state not in (TAKEN, REFUSED):
            return None
        return told_of(charge)

    def close(self, attempt: Payment) -> bool:
        PracticeCharge.objects.filter(key=attempt.pk, state=OPEN).update(state=CLOSED)
        return not PracticeCharge.objects.filter(key=attempt.pk, state=TAKEN).exists()

    def refund(self, attempt: Payment, total: Decimal) -> None:
        PracticeCharge.objects.filter(key=attempt.pk, refunded__lt=total).update(refunded=total)


PROCESSORS.add(NAME, Practice())


def take(key: UUID) -> bool:
    """The customer paid: money is taken once. False where it was, or is closed."""
    with transaction.atomic():
        open_ = PracticeCharge.objects.filter(key=key, state=OPEN)
        return bool(open_.update(state=TAKEN, taken=F("taken") + 1))


def refuse(key: UUID) -> None:
    """The bank declined."""
    PracticeCharge.objects.filter(key=key, state=OPEN).update(state=REFUSED)


def told_of(charge: PracticeCharge) -> Told:
    paid = charge.state == TAKEN
    return Told(f"{charge.key.hex}.{charge.state}", PAID if paid else DECLINED, CARD if paid else None)


def message(key: UUID, told: Told) -> tuple[bytes, str]:
    """What it tells us, and its signature."""
    said = {
        "key": str(key),
        "event": told.event,
        "outcome": told.outcome,
        "card": told.card and dict(told.card),
    }
    if told.amount is not None:
        said["amount"] = str(told.amount)
    body = json.dumps(said, sort_keys=True).encode()
    return body, SIGNER.mark(body.decode())


def read(body: bytes, signature: str) -> tuple[UUID, Told] | None:
    """A message of its; None for one that it did not sign, or that says nothing we know."""
    right = SIGNER.mark(body.decode(errors="replace")) if len(body) <= 5_000 else ""
    if not right or not constant_time_compare(right, signature):
        return None
    try:
        said = json.loads(body)
        amount = said.get("amount")
        told = Told(said["event"], said["outcome"], said.get("card"), Decimal(amount) if amount else None)
        return UUID(said["key"]), told
    except (ValueError, KeyError, TypeError, ArithmeticError):
        return None
