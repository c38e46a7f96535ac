"""A breach and what was done about it. It names kinds of data and counts of people; it names nobody."""

from __future__ import annotations

import secrets
from datetime import datetime
from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext

from kept.core.ledger import versions
from kept.core.policy import law
from kept.core.policy.places import Region
from kept.core.policy.verdict import Reader
from kept.rights.requests.course.in_text import of_role
from kept.sentences import Sentence, sentence, unpacked

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_reference() -> str:
    """Like B-2026-7KQ4: nobody can tell from it how many there were."""
    return f"B-{timezone.localdate().year}-{''.join(secrets.choice(ALPHABET) for _ in range(4))}"


class BreachManager(models.Manager["Breach"]):
    def open(self) -> models.QuerySet[Breach]:
        return self.filter(closed_at=None)


class Breach(models.Model):
    """GDPR Art.

    33(5): the facts, the effects, and what was done. Times are aware; ``categories`` are ids of the policy.
    """

    class Risk(models.TextChoices):
        UNKNOWN = "unknown", sentence("Not known yet")
        NONE = "none", sentence("Unlikely to be a risk")
        SOME = "some", sentence("A risk")
        HIGH = "high", sentence("A high risk")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    reference = models.CharField(max_length=20, unique=True, default=new_reference, editable=False)
    region = models.CharField(max_length=60)
    title = models.CharField(max_length=120)
    happened = models.TextField(max_length=4000)
    noticed_at = models.DateTimeField()
    recorded_at = models.DateTimeField(default=timezone.now)
    categories = models.JSONField(default=list)
    people_about = models.PositiveIntegerField(default=0)
    risk = models.CharField(max_length=10, choices=Risk, default=Risk.UNKNOWN)
    likely = models.TextField(max_length=4000, blank=True)
    measures = models.TextField(max_length=4000, blank=True)
    # The authority: told at a time, or not, and then for a reason.
    authority_told_at = models.DateTimeField(null=True)
    authority_reference = models.CharField(max_length=100, blank=True)
    authority_reason = models.TextField(max_length=2000, blank=True)
    # The people: their mails are queued in steps, by id, so that a worker that dies goes on where it was.
    letter = models.TextField(max_length=4000, blank=True)
    telling_since = models.DateTimeField(null=True)
    told_up_to = models.UUIDField(null=True)
    told = models.PositiveIntegerField(default=0)
    people_told_at = models.DateTimeField(null=True)
    people_reason = models.TextField(max_length=2000, blank=True)
    closed_at = models.DateTimeField(null=True)

    objects = BreachManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(risk__in=["unknown", "none", "some", "high"]), name="breach_risk"
            ),
            models.CheckConstraint(
                condition=Q(people_told_at=None) | Q(telling_since__isnull=False),
                name="breach_told_after_begun",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def where(self) -> Region:
        """The region whose controller answers for it; where the policy has given it up, the region of the
        rest of the world.
        """
        company = versions.spoken().company
        return company.regions.get(self.region) or company.region_of("*")

    @property
    def clock(self) -> law.LawClock | None:
        country = versions.current().policy.company.entities[self.where.entity].country
        return law.clock("breach-authority", law.jurisdiction_of(country), self.noticed_at.date())

    @property
    def authority_by(self) -> datetime | None:
        """The last moment to tell the authority: hours run on through nights and weekends.

        None where no law on file sets one.
        """
        return self.clock.within.after(self.noticed_at) if self.clock else None

    @property
    def authority_settled(self) -> bool:
        return self.authority_told_at is not None or bool(self.authority_reason)

    def late(self, now: datetime) -> bool:
        """Whether the authority was told too late, or should have been by now and nobody said why not."""
        by = self.authority_by
        if by is None or (self.authority_reason and self.authority_told_at is None):
            return False
        return (self.authority_told_at or now) > by

    @property
    def people_settled(self) -> bool:
        return (
            self.people_told_at is not None
            or bool(self.people_reason)
            or self.risk in {self.Risk.NONE, self.Risk.SOME}
        )


class Step(models.Model):
    """What was done, when, by which role. Rows are only added."""

    breach = models.ForeignKey(Breach, on_delete=models.CASCADE, related_name="steps")
    at = models.DateTimeField(default=timezone.now)
    role = models.CharField(max_length=40)
    entity = models.CharField(max_length=60)
    what = models.CharField(max_length=200)
    # The same as a message and its values, so that each reader has it in their own language.
    message = models.JSONField(null=True)

    class Meta:
        ordering = ("at", "pk")

    def __str__(self) -> str:
        return self.what

    @classmethod
    def note(cls, breach: Breach, reader: Reader, what: Sentence) -> None:
        cls.objects.create(
            breach=breach, role=reader.role, entity=reader.entity, what=what[:200], message=what.packed()
        )

    @property
    def said(self) -> str:
        """What was done, in the reader's language."""
        return unpacked(self.message) if self.message else gettext(self.what)

    @property
    def by_whom(self) -> str:
        return of_role(self.role)
