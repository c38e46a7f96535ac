"""From when to when a case waited for its customer: the clock of its service level stands meanwhile."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone


class CustomerWait(models.Model):
    """``until`` is None while it lasts. What was closed and is open again waited in between."""

    case = models.ForeignKey("support.Case", on_delete=models.CASCADE, related_name="customer_waits")
    since = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["case"], condition=Q(until=None), name="support_waits_once")
        ]

    def __str__(self) -> str:
        return f"waited {self.since:%Y-%m-%d}"
