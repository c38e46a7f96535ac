"""A parcel of an order, and which machines are in it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone

from kept.equipment.models import Unit


class Parcel(models.Model):
    """``carrier``: the recipient of the policy that carries it; ``tracking`` what it calls the parcel."""

    order = models.ForeignKey("orders.Order", on_delete=models.CASCADE, related_name="parcels")
    carrier = models.CharField(max_length=60, blank=True)
    tracking = models.CharField(max_length=60, blank=True)
    dispatched_at = models.DateTimeField(default=timezone.now)
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("dispatched_at", "pk")

    def __str__(self) -> str:
        return f"parcel of {self.dispatched_at:%Y-%m-%d}"


class Packed(models.Model):
    """So many pieces of a line in a parcel; one row for each machine that has a serial number."""

    parcel = models.ForeignKey(Parcel, on_delete=models.CASCADE, related_name="packed")
    line = models.ForeignKey("orders.OrderLine", on_delete=models.CASCADE, related_name="packed")
    unit = models.ForeignKey(Unit, null=True, on_delete=models.SET_NULL, related_name="+")
    quantity = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("pk",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["unit"], name="a_machine_leaves_once"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} pieces"
