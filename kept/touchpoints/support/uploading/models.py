"""A file on its way: how large it will be, how much of it is here, and the sealed pieces."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

from django.db import models
from django.utils import timezone

from kept.core.vault.columns.fields import SealedField, SealedManager, SealedModel
from kept.people.models import Person
from kept.touchpoints.support.cases import topics

LIVES = timedelta(days=7)
"""So long a file waits for its form, or for the rest of itself."""
NAME = 120


class UploadManager(SealedManager):
    def alive(self) -> Any:
        return self.filter(touched_at__gt=timezone.now() - LIVES)

    def dead(self) -> Any:
        return self.filter(touched_at__lte=timezone.now() - LIVES)


class CaseUpload(SealedModel):
    """``size``: bytes that were announced; ``taken``: how many are here, where the next piece begins."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="case_uploads")
    kind = models.CharField(max_length=10, default=topics.SERVICE)
    size = models.BigIntegerField()
    taken = models.BigIntegerField(default=0)
    media_type = models.CharField(max_length=40, blank=True)
    touched_at = models.DateTimeField(default=timezone.now, db_index=True)
    name = SealedField(
        models.CharField(max_length=NAME),
        of="person_id",
        field_id="case-upload.name",
        category="support.content",
        null=True,
    )
    enquiry = SealedField(
        models.CharField(max_length=NAME),
        of="person_id",
        field_id="case-upload.enquiry",
        category="sales.content",
        null=True,
    )

    objects: ClassVar[UploadManager] = UploadManager()

    @property
    def done(self) -> bool:
        return self.taken == self.size

    @property
    def percent(self) -> int:
        return self.taken * 100 // self.size

    @property
    def said_in(self) -> str:
        return "enquiry" if self.kind == topics.SALES else "name"

    @property
    def called(self) -> str:
        """Its name. Opens it."""
        return str(getattr(self, self.said_in) or "")


class UploadPart(models.Model):
    """One sealed piece, from where the one before ended."""

    upload = models.ForeignKey(CaseUpload, on_delete=models.CASCADE, related_name="pieces")
    number = models.PositiveIntegerField()
    file = models.UUIDField(unique=True)

    class Meta:
        ordering = ("number",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["upload", "number"], name="support_part_once")
        ]

    def __str__(self) -> str:
        return f"part {self.number}"
