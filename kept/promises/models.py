"""What the promises room remembers: that somebody was told of a contract's last day. Nobody's data."""

from __future__ import annotations

from django.db import models
from django.utils import timezone


class EndingTold(models.Model):
    """The privacy officer and the data controllers were told, so many days ahead, that a contract or a
    mechanism ends.
    """

    id = models.BigAutoField(primary_key=True)
    recipient = models.CharField(max_length=60)
    what = models.CharField(max_length=12)
    last = models.DateField()
    days = models.PositiveSmallIntegerField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["recipient", "what", "last", "days"], name="promises_ending_told_once"
            )
        ]
