"""One value that is wrong, or was: what it said, what it says, who decided, and what she says about it where
we did not follow her.
"""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kept.core.vault.columns.fields import SealedField, SealedManager, SealedModel
from kept.core.vault.columns.values import held
from kept.rights.requests.models import Request


class CorrectionManager(SealedManager):
    def open(self) -> Any:
        return self.filter(decided_at=None)

    def of(self, subject: UUID) -> Any:
        return self.filter(subject=subject).select_related("request").order_by("-asked_at")


class Correction(SealedModel):
    """``table``, ``row`` and ``attribute`` say which value.

    ``before`` and ``after`` are texts a person can read (see values.py).

    Undecided, it waits for the controller of its ``request``. Decided ones stay with the person, old value
    and new.
    """

    class Decision(models.TextChoices):
        DIRECT = "direct", _("Corrected by you")
        ACCEPTED = "accepted", _("Corrected")
        DECLINED = "declined", _("Not corrected")
        TAKEN_BACK = "taken-back", _("Taken back by you")
        ANSWERED = "answered", _("Answered otherwise")

    subject = models.UUIDField(db_index=True)
    request = models.ForeignKey(Request, null=True, on_delete=models.SET_NULL, related_name="corrections")
    table = models.CharField(max_length=63)
    row = models.CharField(max_length=40)
    attribute = models.CharField(max_length=63)
    field_id = models.CharField(max_length=128)
    before = SealedField(
        models.TextField(max_length=8000),
        of="subject",
        field_id="correction.before",
        category="rights.request",
        null=True,
    )
    after = SealedField(
        models.TextField(max_length=8000),
        of="subject",
        field_id="correction.after",
        category="rights.request",
        null=True,
    )
    why = SealedField(
        models.TextField(max_length=2000),
        of="subject",
        field_id="correction.why",
        category="rights.request",
        null=True,
    )
    reason = SealedField(
        models.TextField(max_length=2000),
        of="subject",
        field_id="correction.reason",
        category="rights.request",
        null=True,
    )
    statement = SealedField(
        models.TextField(max_length=2000),
        of="subject",
        field_id="correction.statement",
        category="rights.request",
        null=True,
    )
    asked_at = models.DateTimeField(default=timezone.now)
    decided_at = models.DateTimeField(null=True)
    decision = models.CharField(max_length=10, choices=Decision, blank=True)
    role = models.CharField(max_length=40, blank=True)
    entity = models.CharField(max_length=60, blank=True)
    told = models.PositiveSmallIntegerField(default=0)

    objects: ClassVar[CorrectionManager] = CorrectionManager()

    class Meta(SealedModel.Meta):
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["subject", "table", "row", "attribute"],
                condition=Q(decided_at=None),
                name="correction_asked_once",
            ),
            models.CheckConstraint(
                condition=Q(decided_at=None) ^ ~Q(decision=""), name="correction_decided_somehow"
            ),
        ]

    @property
    def place(self) -> tuple[str, str, str]:
        return self.table, self.row, self.attribute

    @property
    def reference(self) -> str:
        return self.request.reference if self.request else ""

    @property
    def waiting(self) -> bool:
        """Nobody has decided yet, and the request it came with is still open."""
        return self.decided_at is None and self.request is not None and self.request.closed_at is None

    @property
    def stands_beside(self) -> bool:
        """We did not follow her, and she says something about it: that is shown wherever the value is."""
        return self.decision == self.Decision.DECLINED and held(self, "statement")

    def decide(self, decision: str, *, role: str, entity: str = "", told: int = 0, reason: str = "") -> None:
        """End it. Joins the open act and transaction."""
        self.decision, self.role, self.entity, self.told, self.decided_at = (
            decision,
            role,
            entity,
            told,
            timezone.now(),
        )
        names = ["decision", "role", "entity", "told", "decided_at"]
        if reason:
            self.reason = reason
            names.append("reason")
        self.save(update_fields=names)

    def say(self, statement: str) -> None:
        """Her own words beside the value; empty takes them away. Joins the open act."""
        self.statement = statement or None
        self.save(update_fields=["statement"])
