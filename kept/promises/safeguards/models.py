"""That a safeguard was looked at, by whom and with what evidence; and rules that were broken, with what
followed.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone

from kept.core.vault.columns.fields import SealedField, SealedManager, SealedModel
from kept.people.models import Person


class Review(SealedModel):
    """Whoever answers for a safeguard looked at it. What they saw is sealed under their own key."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="reviews")
    safeguard = models.CharField(max_length=60)
    evidence = SealedField(
        models.TextField(max_length=2000),
        of="person_id",
        field_id="review.evidence",
        category="work.record",
    )
    looked_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[SealedManager] = SealedManager()


class Infringement(SealedModel):
    """A guideline or a safeguard was broken: what happened, and what followed.

    About the colleague it concerns, or about whoever wrote it down where it concerns nobody in particular.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="infringements")
    # Which company's staff it is about: whoever sees to them reads it.
    entity = models.CharField(max_length=60)
    rule = models.CharField(max_length=80)
    named = models.BooleanField(default=True)
    happened_on = models.DateField()
    happened = SealedField(
        models.TextField(max_length=2000),
        of="person_id",
        field_id="infringement.happened",
        category="work.record",
    )
    consequence = SealedField(
        models.TextField(max_length=2000),
        of="person_id",
        field_id="infringement.consequence",
        category="work.record",
    )
    recorded_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[SealedManager] = SealedManager()
