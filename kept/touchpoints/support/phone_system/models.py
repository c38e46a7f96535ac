"""A phone that rings, until somebody takes the call; and messages that were heard already."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils import timezone

from kept.core.vault.sealing.sealed_box import Box
from kept.sentences import sentence
from kept.touchpoints.support.calls.models import Call

NUMBERS, MARKS = Box("support.ringing"), Box("support.phone-system")
RINGS_FOR = timedelta(minutes=5)
"""So long a call that nobody ended is shown as ringing."""
FORGOTTEN = timedelta(hours=1)
TAKING = timedelta(minutes=1)
"""So long one who takes a call has it alone, before there is a call of theirs."""


class RingManager(models.Manager["Ring"]):
    def ringing(self, kind: str, entity: str) -> models.QuerySet[Ring]:
        """Those a queue may take now, the longest ringing first."""
        now = timezone.now()
        free = Q(taken_at=None) | Q(taken_at__lt=now - TAKING)
        rows = self.filter(free, kind=kind, entity=entity, call=None, ended_at=None, at__gt=now - RINGS_FOR)
        return rows.order_by("at")

    def over(self) -> models.QuerySet[Ring]:
        return self.filter(at__lte=timezone.now() - FORGOTTEN)


class Ring(models.Model):
    """``number`` lies in a sealed box until the call is taken. ``caller``: how many persons have it, by which
    nobody was opened.
    """

    class Caller(models.TextChoices):
        KNOWN = "known", sentence("Somebody we know")
        MAYBE = "maybe", sentence("One of several, maybe")
        UNKNOWN = "unknown", sentence("Nobody we know")
        HIDDEN = "hidden", sentence("The number is hidden")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    # The keyed hash of the phone system's own word for the call.
    mark = models.CharField(max_length=32, unique=True)
    kind = models.CharField(max_length=10)
    entity = models.CharField(max_length=60)
    direction = models.CharField(max_length=3, choices=Call.Direction)
    caller = models.CharField(max_length=10, choices=Caller)
    number = models.BinaryField(null=True)
    at = models.DateTimeField(default=timezone.now, db_index=True)
    taken_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    seconds = models.PositiveIntegerField(default=0)
    call = models.ForeignKey(Call, null=True, on_delete=models.SET_NULL, related_name="phone_rings")

    objects: ClassVar[RingManager] = RingManager()

    def __str__(self) -> str:
        return f"ring {self.at:%H:%M}"

    def seal(self, number: str) -> None:
        self.number = NUMBERS.seal(number.encode(), bound_to=str(self.pk)) if number else None

    def opened(self) -> str:
        """The number. Raises SealBroken."""
        return NUMBERS.open(bytes(self.number), bound_to=str(self.pk)).decode() if self.number else ""

    @property
    def minutes(self) -> int:
        """How long it was, a minute begun counted whole."""
        return min(-(-self.seconds // 60), 600)


class Heard(models.Model):
    """That a message of a phone system was heard, by the keyed hash of its signature: it counts once."""

    mark = models.CharField(max_length=32, unique=True)
    at = models.DateTimeField(default=timezone.now, db_index=True)

    def __str__(self) -> str:
        return f"heard {self.at:%H:%M}"

    @classmethod
    def forget(cls, age: timedelta) -> int:
        many, _each = cls.objects.filter(at__lte=timezone.now() - age).delete()
        return int(many)
