"""An attempt to pay an order, what a processor signals of it, and the charges of the one to practise with.

An attempt's id is its idempotency key at the processor: asked twice, it is one charge.
"""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.utils import timezone

from kept.core.vault.columns.fields import SealedField, SealedManager, SealedModel
from kept.sentences import sentence


class Attempt(SealedModel):
    """``keeper``: whose key seals what is known of the card: a token, brand, last four digits and expiry."""

    class Outcome(models.TextChoices):
        PAID = "paid", sentence("Paid")
        DECLINED = "declined", sentence("Declined by the bank")
        ABANDONED = "abandoned", sentence("Not finished")

    order = models.ForeignKey("orders.Order", on_delete=models.CASCADE, related_name="attempts")
    keeper = models.UUIDField(db_index=True)
    processor = models.CharField(max_length=20)
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    currency = models.CharField(max_length=3)
    # What the processor calls it, and where the customer goes to pay.
    reference = models.CharField(max_length=120, blank=True)
    address = models.CharField(max_length=500, blank=True)
    opened_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)
    disputed_at = models.DateTimeField(null=True)
    refunded = models.DecimalField(max_digits=14, decimal_places=2, default=Decimal(0))
    # Asked for, and not yet confirmed by the processor.
    refund_due = models.DecimalField(max_digits=14, decimal_places=2, default=Decimal(0))
    card = SealedField(
        models.JSONField(), of="keeper", field_id="payment.card", category="payment.card", null=True
    )

    objects: ClassVar[SealedManager] = SealedManager()

    class Meta(SealedModel.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["order"], condition=models.Q(ended_at=None), name="one_open_attempt_of_an_order"
            ),
            models.UniqueConstraint(
                fields=["order"], condition=models.Q(outcome="paid"), name="an_order_is_paid_once"
            ),
        ]


class OpenPayment(models.Model):
    """What is left of an attempt whose buyer was erased while money was under way: no person and no order.

    Its id is the attempt's, by which the processor knows it.
    """

    id = models.UUIDField(primary_key=True)
    processor = models.CharField(max_length=20)
    reference = models.CharField(max_length=120, blank=True)
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    currency = models.CharField(max_length=3)
    # So much shall have gone back, all told; 0 while nobody knows whether it was paid.
    refund_due = models.DecimalField(max_digits=14, decimal_places=2, default=Decimal(0))
    asked_at = models.DateTimeField(default=timezone.now, db_index=True)

    def __str__(self) -> str:
        return f"{self.processor} {self.amount} {self.currency}"


class Signal(models.Model):
    """That a processor told us of an event, so that the same one counts once."""

    processor = models.CharField(max_length=20)
    event = models.CharField(max_length=120)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["processor", "event"], name="one_signal_an_event")
        ]

    def __str__(self) -> str:
        return f"{self.processor} {self.at:%Y-%m-%d}"


class PracticeCharge(models.Model):
    """A charge at the built-in processor: what a real one would keep in its own house.

    ``key`` is the idempotency key it was asked under.
    """

    key = models.UUIDField(primary_key=True)
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    currency = models.CharField(max_length=3)
    back = models.CharField(max_length=500)
    # What was told of the order, as it came.
    told = models.JSONField(default=dict)
    at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=12, default="open")
    refunded = models.DecimalField(max_digits=14, decimal_places=2, default=Decimal(0))
    # How many times it took money: the walk looks that this is never more than one.
    taken = models.PositiveSmallIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.state} {self.at:%Y-%m-%d}"
