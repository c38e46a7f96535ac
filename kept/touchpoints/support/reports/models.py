"""What one closed case came to, of nobody: it outlives the case, and nothing leads from one to the other."""

from __future__ import annotations

from typing import ClassVar
from uuid import uuid4

from django.db import models

HOURS = (1, 2, 4, 8, 16, 24, 40, 80, 160, 320, 640)
"""A time is kept as the first of these it was within."""
BEYOND = 10_000
"""Longer than the last of them."""


class CaseOutcome(models.Model):
    """One closed case. No day, no minute and no reference: by those somebody with an old mail would know it
    again.
    """

    # Drawn by lot, so that the order of the lines says nothing.
    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    # The first day of the quarter it was counted in.
    quarter = models.DateField(db_index=True)
    # How bad it was; of an enquiry that it was one, so that the two never stand in tables beside each other:
    # by their difference what is left out of one would follow from the other.
    queue = models.CharField(max_length=12)
    market = models.CharField(max_length=60)
    # Its word in the catalogue; a product that leaves it changes no line.
    product = models.CharField(max_length=80, blank=True)
    # Hours as its clock runs, the waiting for the customer left out. None: closed without an answer.
    first = models.PositiveSmallIntegerField(null=True)
    done = models.PositiveSmallIntegerField()
    reopened = models.BooleanField()
    stars = models.PositiveSmallIntegerField(null=True)

    class Meta:
        ordering: ClassVar[tuple[str, ...]] = ("quarter", "id")

    def __str__(self) -> str:
        return f"{self.queue} {self.quarter:%Y-%m}"
