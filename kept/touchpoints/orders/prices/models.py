"""Prices by sales region and customer group, and what lies in stock. Nobody's data."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils import timezone

from kept.products.models import Product

EVERYBODY = ""
"""The customer group of whoever has no agreement with us."""


class Price(models.Model):
    """What one piece costs from a day on, without VAT. A product without one has its price on request.

    ``region`` is one of the policy's. ``pack``: it is sold in multiples of so many.
    """

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="prices")
    region = models.CharField(max_length=60)
    group = models.CharField(max_length=40, default=EVERYBODY, blank=True)
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    currency = models.CharField(max_length=3)
    pack = models.PositiveSmallIntegerField(default=1)
    since = models.DateField(default=timezone.localdate)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["product", "region", "group", "since"], name="one_price_a_day"),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="price_is_more_than_nothing"),
            models.CheckConstraint(condition=models.Q(pack__gt=0), name="pack_holds_something"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency} since {self.since}"


class StockManager(models.Manager["Stock"]):
    def of(self, products: Any) -> dict[int, Stock]:
        return {one.product_id: one for one in self.filter(product__in=list(products))}


class Stock(models.Model):
    """How many pieces lie ready, and in how many days another one is made.

    ``lead_days`` None: none is made to order, what lies there is all there is.
    """

    product = models.OneToOneField(Product, on_delete=models.CASCADE, related_name="stock")
    on_hand = models.PositiveIntegerField(default=0)
    lead_days = models.PositiveSmallIntegerField(null=True)

    objects = StockManager()

    def __str__(self) -> str:
        return f"{self.on_hand} on hand"

    def can_give(self, pieces: int) -> bool:
        return self.lead_days is not None or pieces <= self.on_hand
