"""What happened to a machine, and when. Its people stand elsewhere, in its holdings."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from kept.sentences import sentence


class UnitEvent(models.Model):
    """A dated state of a machine. It names no one: who held it stands in Holding."""

    class State(models.TextChoices):
        PRODUCED = "produced", sentence("Produced")
        SHIPPED = "shipped", sentence("Shipped")
        REGISTERED = "registered", sentence("Registered")
        TRANSFERRED = "transferred", sentence("Transferred")
        REPLACED = "replaced", sentence("Replaced")
        SCRAPPED = "scrapped", sentence("Scrapped")
        STOLEN = "stolen", sentence("Stolen")

    unit = models.ForeignKey("equipment.Unit", on_delete=models.CASCADE, related_name="events")
    state = models.CharField(max_length=12, choices=State)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["unit", "at"], name="unit_event_at")]

    def __str__(self) -> str:
        return f"{self.state} {self.at:%Y-%m-%d}"
