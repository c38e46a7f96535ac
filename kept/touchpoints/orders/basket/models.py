"""The basket of somebody with an ID. A guest's lies in their own browser alone."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from django.db import models
from django.utils import timezone

from kept.people.models import Person
from kept.products.models import Product

LIVES = timedelta(days=30)


class BasketManager(models.Manager["Basket"]):
    def dead(self) -> models.QuerySet[Basket]:
        return self.filter(touched_at__lte=timezone.now() - LIVES)


class Basket(models.Model):
    """One of each person. Its id becomes the order's, so that one basket is ordered once."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="basket")
    touched_at = models.DateTimeField(default=timezone.now, db_index=True)

    objects = BasketManager()

    def __str__(self) -> str:
        return f"basket of {self.touched_at:%Y-%m-%d}"


class Item(models.Model):
    """So many pieces of a product. ``shown``: what one cost when they last saw it."""

    basket = models.ForeignKey(Basket, on_delete=models.CASCADE, related_name="basket_items")
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+")
    quantity = models.PositiveIntegerField()
    shown = models.DecimalField(max_digits=12, decimal_places=2)

    class Meta:
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(fields=["basket", "product"], name="one_item_for_each_product"),
            models.CheckConstraint(condition=models.Q(quantity__gt=0), name="item_is_something"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} pieces"
