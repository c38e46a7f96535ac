"""What stands at the desk beside a case: answers that have not left yet, what was passed to the second level,
and which cases belong together.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar
from uuid import uuid4

from django.db import models
from django.utils import timezone

from kept.core.vault.columns.fields import SealedField, SealedManager, SealedModel
from kept.sentences import sentence
from kept.touchpoints.support.cases.words import TEXT, said_in

UNDO_FOR = timedelta(seconds=10)
"""So long an answer is held after Send, and its writer can take it back."""


class HeldAnswer(SealedModel):
    """An answer to the customer that was sent and is held: until ``leaves_at`` its writer can take it back.

    It is a row of its own and no message, so that nothing that shows a conversation can show it. The row goes
    in the transaction that makes the message of it.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    case = models.ForeignKey("support.Case", on_delete=models.CASCADE, related_name="held_answers")
    keeper = models.UUIDField(db_index=True)
    writer = models.UUIDField(null=True, db_index=True)
    role = models.CharField(max_length=40)
    at = models.DateTimeField(default=timezone.now)
    leaves_at = models.DateTimeField(db_index=True)
    masked = models.PositiveSmallIntegerField(default=0)
    text = SealedField(
        models.TextField(max_length=TEXT),
        of="keeper",
        field_id="held-answer.text",
        category="support.content",
        null=True,
    )
    enquiry = SealedField(
        models.TextField(max_length=TEXT),
        of="keeper",
        field_id="held-answer.enquiry",
        category="sales.content",
        null=True,
    )

    objects: ClassVar[SealedManager] = SealedManager()

    @property
    def words(self) -> str:
        """What is to be said. Opens it."""
        return str(getattr(self, said_in(self.case.kind)) or "")


class HeldFile(models.Model):
    """A sealed file that leaves with a held answer."""

    held = models.ForeignKey(HeldAnswer, on_delete=models.CASCADE, related_name="files")
    keeper = models.UUIDField(db_index=True)
    file = models.UUIDField(unique=True)

    def __str__(self) -> str:
        return "a file that leaves in a moment"


class Escalation(models.Model):
    """That a case is with the second level, from a moment until a moment. ``note`` says why."""

    case = models.ForeignKey("support.Case", on_delete=models.CASCADE, related_name="escalations")
    note = models.ForeignKey("support.Note", null=True, on_delete=models.SET_NULL, related_name="+")
    role = models.CharField(max_length=40)
    since = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["case"], condition=models.Q(until=None), name="support_escalated_once"
            )
        ]

    def __str__(self) -> str:
        return f"escalated {self.since:%Y-%m-%d}"


class SecondLevel(models.Model):
    """That a member of staff is on the second level, from a moment until a moment: they said so."""

    subject = models.UUIDField(db_index=True)
    since = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["subject"], condition=models.Q(until=None), name="support_second_level_once"
            )
        ]

    def __str__(self) -> str:
        return f"second level {self.since:%Y-%m-%d}"


class CaseLink(models.Model):
    """That two cases belong together, from a moment until a moment: ``case`` repeats or follows ``other``."""

    class Kind(models.TextChoices):
        RELATED = "related", sentence("It is about the same thing")
        DUPLICATE = "duplicate", sentence("It asks the same again")
        FOLLOWS = "follows", sentence("It follows from it")

    case = models.ForeignKey("support.Case", on_delete=models.CASCADE, related_name="links_on")
    other = models.ForeignKey("support.Case", on_delete=models.CASCADE, related_name="links_back")
    kind = models.CharField(max_length=10, choices=Kind)
    role = models.CharField(max_length=40)
    since = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["case", "other"], condition=models.Q(until=None), name="support_linked_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.since:%Y-%m-%d}"

    @classmethod
    def between(cls, case: Any, other: Any, kind: str, *, role: str) -> None:
        """One link for two cases, whichever way round; a second word replaces the first."""
        now = timezone.now()
        both = models.Q(case=case, other=other) | models.Q(case=other, other=case)
        cls.objects.filter(both, until=None).update(until=now)
        cls.objects.create(case=case, other=other, kind=kind, role=role, since=now)

    @classmethod
    def of(cls, case: Any) -> list[tuple[CaseLink, Any, str]]:
        """Each link that stands, the case at its other end, and how they belong together, both ways said."""
        rows = cls.objects.filter(models.Q(case=case) | models.Q(other=case), until=None)
        found: list[tuple[CaseLink, Any, str]] = []
        for row in rows.select_related("case", "other").order_by("since", "pk"):
            onward = row.case_id == case.pk
            found.append(
                (row, row.other if onward else row.case, (ONWARD if onward else BACK)[cls.Kind(row.kind)])
            )
        return found


ONWARD = {
    CaseLink.Kind.RELATED: sentence("About the same thing"),
    CaseLink.Kind.DUPLICATE: sentence("This one asks the same again"),
    CaseLink.Kind.FOLLOWS: sentence("This one follows from it"),
}
BACK = {
    CaseLink.Kind.RELATED: sentence("About the same thing"),
    CaseLink.Kind.DUPLICATE: sentence("It asks the same again"),
    CaseLink.Kind.FOLLOWS: sentence("It follows from this one"),
}
