"""A machine that was lent to somebody."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone

from kept.core.vault.columns.fields import SealedField, SealedManager, SealedModel
from kept.people.models import Person


class Loan(SealedModel):
    """What somebody borrowed, and since when."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="loans")
    lent_at = models.DateTimeField(default=timezone.now)
    serial = SealedField(
        models.CharField(max_length=20), of="person_id", field_id="loan.serial", category="equipment.serial"
    )

    objects: ClassVar[SealedManager] = SealedManager()
