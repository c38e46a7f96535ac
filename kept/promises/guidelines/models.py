"""That a member of staff was reminded of a guideline they have not acknowledged yet."""

from __future__ import annotations

from django.db import models
from django.utils import timezone


class Reminder(models.Model):
    """The last mail to one of staff about the guidelines that wait for them, and how many there were."""

    id = models.BigAutoField(primary_key=True)
    subject = models.UUIDField(unique=True)
    told_at = models.DateTimeField(default=timezone.now)
    times = models.PositiveSmallIntegerField(default=1)
