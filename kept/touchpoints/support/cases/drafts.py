"""What was typed of a case that was not sent: kept for thirty days, also over a sign-out."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

from django.db import models
from django.utils import timezone

from kept.core.vault.columns.fields import SealedField, SealedManager, SealedModel
from kept.people.models import Person
from kept.touchpoints.support.cases import topics

LIVES = timedelta(days=30)


class DraftManager(SealedManager):
    def alive(self) -> Any:
        return self.filter(touched_at__gt=timezone.now() - LIVES)

    def dead(self) -> Any:
        return self.filter(touched_at__lte=timezone.now() - LIVES)


class Draft(SealedModel):
    """One of each person and kind. What was typed for sales is sealed as such."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="case_drafts")
    kind = models.CharField(max_length=10, default=topics.SERVICE)
    topic = models.CharField(max_length=20, blank=True)
    severity = models.CharField(max_length=12, blank=True)
    touched_at = models.DateTimeField(default=timezone.now, db_index=True)
    words = SealedField(
        models.JSONField(), of="person_id", field_id="case-draft.words", category="support.content", null=True
    )
    enquiry = SealedField(
        models.JSONField(), of="person_id", field_id="case-draft.enquiry", category="sales.content", null=True
    )

    objects: ClassVar[DraftManager] = DraftManager()

    class Meta(SealedModel.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["person", "kind"], name="support_draft_of_a_kind")
        ]

    @property
    def said_in(self) -> str:
        return "enquiry" if self.kind == topics.SALES else "words"

    def say(self, answers: dict[str, str]) -> None:
        """Keep what was typed, as it was typed. Joins the open act."""
        self.words = self.enquiry = None
        setattr(self, self.said_in, answers)
        self.touched_at = timezone.now()

    @property
    def typed(self) -> dict[str, Any]:
        """What was typed. Opens it."""
        said: dict[str, Any] = getattr(self, self.said_in) or {}
        return {"kind": self.kind, "topic": self.topic, "severity": self.severity, **said}
