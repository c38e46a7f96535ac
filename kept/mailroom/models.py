"""Mail that came in: when, how, what is known of its sender, and which room has it. What it says lies in the
spool, and of whom it is stands nowhere here.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext

from kept.sentences import sentence

LEASE = timedelta(minutes=5)
LONGEST_WAIT = timedelta(hours=1)
GIVE_UP = timedelta(days=2)
REMEMBERED = timedelta(days=90)
"""So long the same mail is known as the same: no server keeps one on its way for as long."""


class ReceivedManager(models.Manager["ReceivedMail"]):
    def held(self) -> models.QuerySet[ReceivedMail]:
        """Those that wait for somebody to look at them, the oldest first."""
        return self.filter(held_at__isnull=False, ended_at=None).order_by("received_at", "id")


class ReceivedMail(models.Model):
    """``id`` is the name of its file in the spool. ``mark``: what makes two copies the same mail, as a keyed
    hash.

    ``verdict``: whether its sender is proven, "" until that was asked. ``why``: in our words, why it waits
    for somebody. ``ended_at`` ends it: then its file goes.
    """

    class Outcome(models.TextChoices):
        TAKEN = "taken", sentence("Given to the room it was for")
        SAME = "same", sentence("The same as one before")
        RETURNED = "returned", sentence("A mail of ours that came back")
        SET_ASIDE = "aside", sentence("Set aside by hand")
        LOST = "lost", sentence("Its file was gone")
        EXPIRED = "expired", sentence("Nobody looked at it in time")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    mark = models.CharField(max_length=32, null=True, unique=True)
    way = models.CharField(max_length=10)
    received_at = models.DateTimeField()
    verdict = models.CharField(max_length=10, default="")
    taker = models.CharField(max_length=40, default="")
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(default=timezone.now, null=True)
    trouble = models.CharField(max_length=80, default="")
    held_at = models.DateTimeField(null=True)
    why = models.CharField(max_length=300, default="")
    # The company whose desk looks at it; "" for what waited before there was one: the rest of the world's.
    entity = models.CharField(max_length=60, default="")
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, choices=Outcome, default="")
    role = models.CharField(max_length=40, default="")

    objects: ClassVar[ReceivedManager] = ReceivedManager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index("due_at", name="mailroom_due", condition=Q(due_at__isnull=False)),
            models.Index("ended_at", name="mailroom_ended"),
        ]

    @classmethod
    def claim(cls, now: datetime) -> ReceivedMail | None:
        """The one longest due, ours for as long as a lease lasts. A worker that dies leaves it due again."""
        for row in cls.objects.filter(due_at__lte=now).order_by("due_at", "received_at")[:5]:
            ours = {"due_at": now + LEASE, "attempts": F("attempts") + 1}
            if cls.objects.filter(pk=row.pk, due_at=row.due_at).update(**ours):
                return cls.objects.get(pk=row.pk)
        return None

    @property
    def because(self) -> str:
        """Why it waits, in the reader's language."""
        return gettext(self.why)

    def failed(self, trouble: str, *, now: datetime) -> bool:
        """Try again after twice the time; False once that has lasted for two days. ``trouble``: an error's
        type.
        """
        self.trouble = trouble[:80]
        if now - self.received_at >= GIVE_UP:
            return False
        self.due_at = now + min(timedelta(seconds=10) * 2 ** min(self.attempts, 10), LONGEST_WAIT)
        self.save(update_fields=["due_at", "trouble"])
        return True

    @property
    def matter_ref(self) -> str:
        """What a look at it is bound to."""
        return f"mail {self.pk.hex[:8]}"

    @property
    def matter_open(self) -> bool:
        return self.held_at is not None and self.ended_at is None

    def hold(self, why: str, *, taker: str, entity: str) -> None:
        """It waits for somebody of a company to look at it."""
        self.held_at, self.why, self.taker, self.due_at = timezone.now(), why[:300], taker, None
        self.entity = entity
        self.save(update_fields=["held_at", "why", "taker", "due_at", "entity"])

    def end(self, outcome: str, *, taker: str = "", role: str = "") -> bool:
        """It has come to its end. Joins the caller's transaction. False where it had ended already."""
        open_still = type(self).objects.filter(pk=self.pk, ended_at=None)
        said = {"taker": taker} if taker else {}
        return bool(
            open_still.update(
                ended_at=timezone.now(), due_at=None, outcome=outcome, why="", role=role, trouble="", **said
            )
        )
