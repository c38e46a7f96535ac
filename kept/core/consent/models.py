"""Dated choices, the notices they were made on, limits set by right, and where each person stands now."""

from __future__ import annotations

from django.db import models
from django.utils import timezone


class ShownNotice(models.Model):
    """A text that people were shown, kept once.

    ``hash`` is SHA-256 over text, clause, version and language. Nobody's data.
    """

    hash = models.CharField(max_length=64, primary_key=True)
    text = models.TextField()
    clause = models.CharField(max_length=100)
    policy = models.PositiveIntegerField()
    language = models.CharField(max_length=12)


class Choice(models.Model):
    """One answer of one person for one purpose. Never changed: the next answer is the next row."""

    class Answer(models.TextChoices):
        YES = "yes"
        NO = "no"
        ACKNOWLEDGED = "acknowledged"

    id = models.BigAutoField(primary_key=True)
    subject = models.UUIDField()
    purpose = models.CharField(max_length=60)
    answer = models.CharField(max_length=12, choices=Answer.choices)
    notice = models.ForeignKey(ShownNotice, on_delete=models.PROTECT, related_name="choices")
    source = models.CharField(max_length=100)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(default=timezone.now)
    # The ledger's act, so that a receipt can carry its inclusion proof.
    act = models.UUIDField(null=True, default=None)

    class Meta:
        indexes = [models.Index(fields=["subject", "purpose"], name="consent_choice_subject")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(answer__in=["yes", "no", "acknowledged"]), name="consent_choice_answer"
            )
        ]


class Acknowledgement(models.Model):
    """That a member of staff read a guideline, in the very words of the notice, and took it as theirs.

    Never changed: the next version is the next row.
    """

    id = models.BigAutoField(primary_key=True)
    subject = models.UUIDField()
    guideline = models.CharField(max_length=40)
    version = models.PositiveIntegerField()
    notice = models.ForeignKey(ShownNotice, on_delete=models.PROTECT, related_name="acknowledgements")
    at = models.DateTimeField(default=timezone.now)
    act = models.UUIDField(null=True, default=None)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "guideline", "version"], name="consent_acknowledged_once"
            )
        ]


class Limit(models.Model):
    """An objection (GDPR Art.

    21) or a restriction (Art. 18) for one purpose, from a day until it is lifted.
    """

    class Kind(models.TextChoices):
        OBJECTION = "objection"
        RESTRICTION = "restriction"

    id = models.BigAutoField(primary_key=True)
    subject = models.UUIDField()
    purpose = models.CharField(max_length=60)
    kind = models.CharField(max_length=11, choices=Kind.choices)
    source = models.CharField(max_length=100)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, default=None)

    class Meta:
        indexes = [models.Index(fields=["subject"], name="consent_limit_subject")]
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "purpose", "kind"],
                condition=models.Q(until=None),
                name="consent_limit_once",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=["objection", "restriction"]), name="consent_limit_kind"
            ),
        ]


class StandingRow(models.Model):
    """Where a person stands, kept in step with the rows above under a lock, so that the gate reads it in its
    one query.
    """

    subject = models.UUIDField(primary_key=True)
    consents = models.JSONField(default=list)
    objections = models.JSONField(default=list)
    restrictions = models.JSONField(default=list)
    # Purpose → the version under whose notice the yes was given. A yes that is missing here is older than
    # this column.
    given_under = models.JSONField(default=dict)
