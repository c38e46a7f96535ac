"""A demand about one person: who asks for what, by which law, who wrote it down, and who else decided."""

from __future__ import annotations

import secrets
from typing import Any, ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from kept.core.vault.columns.fields import SealedField, SealedManager, SealedModel

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LEGAL, PUBLIC = "legal-demand", "public-matter"


def new_reference() -> str:
    """Like D-2026-7KQ4M2: nobody can tell from it how many there were."""
    return f"D-{timezone.localdate().year}-{''.join(secrets.choice(ALPHABET) for _ in range(6))}"


def _written(field_id: str, most: int) -> SealedField:
    return SealedField(
        models.TextField(max_length=most), of="subject", field_id=field_id, category="log.lookup", null=True
    )


class Demand(SealedModel):
    """``kinds``: categories of the policy it names. ``decided_at`` with ``approver``: it was granted.

    What was written about it is sealed under the key of the person it is about.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    reference = models.CharField(max_length=20, unique=True, default=new_reference, editable=False)
    subject = models.UUIDField(db_index=True)
    purpose = models.CharField(max_length=60)
    authority = _written("demand.authority", 200)
    basis = _written("demand.basis", 1000)
    authenticity = _written("demand.authenticity", 1000)
    refusal = _written("demand.refusal", 1000)
    kinds = models.JSONField(default=list)
    entity = models.CharField(max_length=60)
    asker = models.UUIDField(null=True, db_index=True)
    opened_at = models.DateTimeField(default=timezone.now)
    approver = models.UUIDField(null=True, db_index=True)
    granted_at = models.DateTimeField(null=True)
    refused_at = models.DateTimeField(null=True)
    # When the person was written to; the row is theirs to read from the first moment.
    told_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    objects: ClassVar[SealedManager] = SealedManager()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=Q(approver=None) | Q(asker=None) | ~Q(approver=F("asker")),
                name="demand_decided_by_another",
            ),
        ]

    @property
    def matter_ref(self) -> str:
        return f"demand {self.reference}"

    @property
    def matter_open(self) -> bool:
        return self.closed_at is None

    @property
    def key(self) -> str:
        """The name of what is handed over for it."""
        return f"demand/{self.reference.lower()}"

    @property
    def decided(self) -> bool:
        return self.granted_at is not None or self.refused_at is not None


class DemandCount(models.Model):
    """How many demands of one kind there were in a year, and what became of them. It names nobody."""

    year = models.PositiveSmallIntegerField()
    purpose = models.CharField(max_length=60)
    received = models.PositiveIntegerField(default=0)
    granted = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["year", "purpose"], name="one_row_of_demands_a_year")
        ]

    @classmethod
    def count_one(cls, demand: Demand, what: str) -> None:
        """One more ``received``, ``granted`` or ``refused``, in the year the demand came."""
        year = timezone.localdate(demand.opened_at).year
        row, _ = cls.objects.get_or_create(year=year, purpose=demand.purpose)
        cls.objects.filter(pk=row.pk).update(**{what: F(what) + 1})
