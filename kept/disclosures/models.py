"""What was asked for in vain: counted by month and by what it was, and told to everybody."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.db import models
from django.db.models import F

from kept.disclosures.authorities.models import Demand, DemandCount
from kept.sentences import sentence

__all__ = ["WHAT", "Demand", "DemandCount", "Refused"]

WHAT = {
    "sale": sentence("To sell or to rent"),
    "recipient": sentence("To somebody who is no recipient"),
    "purpose": sentence("For something that is no purpose"),
    "reach": sentence("To a recipient the purpose does not reach"),
    "field": sentence("Of a kind of data the recipient may not have"),
}
"""The kinds of attempts that are refused; those of ``DoorClosed``."""


class Refused(models.Model):
    """How often in one month a disclosure of one kind was asked for and refused. It names nobody."""

    month = models.DateField()
    what = models.CharField(max_length=12)
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["month", "what"], name="one_row_for_each_refusal")
        ]

    @classmethod
    def count_one(cls, what: str, today: date) -> None:
        """One more this month."""
        row, _ = cls.objects.get_or_create(month=today.replace(day=1), what=what)
        cls.objects.filter(pk=row.pk).update(count=F("count") + 1)
