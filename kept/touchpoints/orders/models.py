"""What a purchase keeps: prices and stock, baskets, orders with their lines and steps, payments."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from django.db import models
from django.utils import timezone

from kept.core.vault.columns.fields import SealedField, SealedManager, SealedModel
from kept.people import phones
from kept.people.models import Organisation, Person
from kept.products.models import Product
from kept.sentences import sentence
from kept.touchpoints.orders.basket.models import Basket, Item
from kept.touchpoints.orders.fulfilment.models import Packed, Parcel
from kept.touchpoints.orders.invoices.models import Counter, Invoice
from kept.touchpoints.orders.payment.models import Attempt, OpenPayment, PracticeCharge, Signal
from kept.touchpoints.orders.prices import vat
from kept.touchpoints.orders.prices.models import Price, Stock

__all__ = [
    "Attempt",
    "Basket",
    "Counter",
    "Invoice",
    "Item",
    "OpenPayment",
    "Order",
    "OrderLine",
    "Packed",
    "Parcel",
    "PracticeCharge",
    "Price",
    "Signal",
    "Step",
    "Stock",
]

NOTE = 200
"""Characters of what the driver should know."""


def _sealed(inner: Any, field_id: str, category: str) -> SealedField:
    """A value of an order, under the key of who ordered; emptied with the person, not with the paper."""
    return SealedField(inner, of="person_id", field_id=field_id, category=category, null=True)


class OrderManager(SealedManager):
    def of(self, subject: UUID) -> Any:
        """Theirs, newest first."""
        return self.filter(person_id=subject).order_by("-placed_at")

    def called(self, number: str) -> Order | None:
        found: Order | None = self.filter(number=number.strip().upper()).select_related("person").first()
        return found


class Order(SealedModel):
    """What somebody ordered. Staff purposes are bound to it while it is open.

    Its id is the basket's: what is ordered twice from one basket is one order. Every name, address and number
    is sealed for the person who ordered, also where they ordered for a company.
    """

    class Method(models.TextChoices):
        CARD = "card", sentence("Card")
        INVOICE = "invoice", sentence("Invoice")

    number = models.CharField(max_length=20, unique=True)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="orders")
    organisation = models.ForeignKey(
        Organisation, null=True, on_delete=models.SET_NULL, related_name="orders"
    )
    # The basket it was ordered from, which is emptied when it is paid.
    basket = models.UUIDField(db_index=True)
    entity = models.CharField(max_length=60)
    language = models.CharField(max_length=8)
    # Nobody orders for a company: what protects consumers alone counts.
    consumer = models.BooleanField()
    method = models.CharField(max_length=10, choices=Method)
    currency = models.CharField(max_length=3)
    net = models.DecimalField(max_digits=14, decimal_places=2)
    vat = models.DecimalField(max_digits=14, decimal_places=2)
    vat_rate = models.DecimalField(max_digits=4, decimal_places=2)
    vat_why = models.CharField(max_length=10)
    # Who was said to get what, above the button: [[recipient, [field ids]]].
    told = models.JSONField(default=list)
    # The keyed hash of the code with which somebody without an ID opens it.
    code = models.CharField(max_length=32, blank=True)
    placed_at = models.DateTimeField(default=timezone.now)
    paid_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    dispatched_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    name = _sealed(models.CharField(max_length=200), "order.name", "identity.name")
    email = _sealed(models.EmailField(max_length=254), "order.email", "contact.email")
    phone = _sealed(models.CharField(max_length=phones.LONGEST), "order.phone", "contact.phone")
    # Parts of an address, its country among them.
    delivery = _sealed(models.JSONField(), "order.delivery", "contact.address")
    # {"name", "vat"} of who buys, where that is a company.
    company = _sealed(models.JSONField(), "order.company", "identity.organisation")
    purchase_order = _sealed(models.CharField(max_length=40), "order.purchase-order", "order.content")
    note = _sealed(models.CharField(max_length=NOTE), "order.note", "order.content")

    objects: ClassVar[OrderManager] = OrderManager()

    class Meta(SealedModel.Meta):
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["person", "-placed_at"], name="orders_latest"),
            models.Index(
                fields=["entity", "placed_at"], name="orders_open", condition=models.Q(closed_at=None)
            ),
        ]

    @property
    def matter_ref(self) -> str:
        return f"order {self.number}"

    @property
    def matter_words(self) -> str:
        """The same for a reader; the ledger keeps ``matter_ref``."""
        return sentence("order {number}", number=self.number)

    @property
    def matter_open(self) -> bool:
        return self.closed_at is None

    @property
    def total(self) -> Decimal:
        return self.net + self.vat

    @property
    def vat_words(self) -> str:
        return vat.WHY[self.vat_why]

    @property
    def state(self) -> str:
        """One word for lists: cancelled, delivered, sent, unpaid, open."""
        if self.cancelled_at:
            return "cancelled"
        if self.delivered_at:
            return "delivered"
        if self.dispatched_at:
            return "sent"
        waits = self.paid_at is None and self.method == self.Method.CARD
        return "unpaid" if waits else "open"

    def step(self, kind: str, *, role: str = "") -> Step:
        """Put a step on the record. Joins the caller's transaction."""
        return Step.objects.create(order=self, kind=kind, role=role, at=timezone.now())


class OrderLine(models.Model):
    """So many pieces of a product, at the price that was agreed. ``from_stock``: taken from what lay here."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="ordered_lines")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    quantity = models.PositiveIntegerField()
    price = models.DecimalField(max_digits=12, decimal_places=2)
    from_stock = models.PositiveIntegerField(default=0)
    dispatched = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(fields=["order", "product"], name="one_line_for_each_product"),
            models.CheckConstraint(
                condition=models.Q(dispatched__lte=models.F("quantity")), name="no_more_leaves_than_ordered"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} pieces"

    @property
    def net(self) -> Decimal:
        return self.price * self.quantity

    @property
    def waiting(self) -> int:
        return self.quantity - self.dispatched


class Step(models.Model):
    """What happened to an order, when, and in which role. Rows are only added."""

    class Kind(models.TextChoices):
        PLACED = "placed", sentence("Ordered")
        PAID = "paid", sentence("Paid")
        DECLINED = "declined", sentence("A payment was declined")
        DISPUTED = "disputed", sentence("The payment is disputed at the bank")
        DISPATCHED = "dispatched", sentence("Sent")
        DELIVERED = "delivered", sentence("Delivered")
        CANCELLED = "cancelled", sentence("Cancelled")
        WITHDRAWN = "withdrawn", sentence("You withdrew from the contract")
        RETURNED = "returned", sentence("Goods are back, or were shown to be sent back")
        REFUNDED = "refunded", sentence("Money was paid back")
        CORRECTED = "corrected", sentence("The address was corrected")

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="steps")
    kind = models.CharField(max_length=12, choices=Kind)
    at = models.DateTimeField(default=timezone.now)
    role = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ("at", "pk")

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d}"
