"""An erasure on its way, and the record that outlives it.

State is the truth: each step is a dated row, so whoever dies leaves it due.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kept.accounts.second_factors.capabilities import in_letters
from kept.core.vault.sealing.sealed_box import Box

COOLING_OFF = timedelta(days=14)
REMINDERS = (timedelta(days=7), timedelta(days=1))
"""So long before the day she is reminded that it can still be undone."""
LEASE = timedelta(minutes=2)
LINGER = timedelta(minutes=1)
"""A request of hers that was under way may still write for so long; then comes the last look."""
LETTER_STAYS = timedelta(hours=1)
"""In a folder of this machine, where nobody fetches it, the letter about the erasure can be read for so long.
"""
LONGEST_WAIT = timedelta(minutes=15)
_UNDO = Box("erasure.undo")


class Record(models.Model):
    """That somebody was erased: a mark that leads to nobody without the master key.

    It lives as long as a backup may still hold their key.

    ``silence`` is the mark under which nobody writes to the address, where they asked for that: a restore
    must not forget it either.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    mark = models.CharField(max_length=64, db_index=True)
    silence = models.CharField(max_length=64, default="")
    at = models.DateTimeField(default=timezone.now)
    expires = models.DateField(db_index=True)

    def __str__(self) -> str:
        return f"erasure {str(self.pk)[:8]}"


class Erasure(models.Model):
    """One erasure: asked for, cooling off, undone; or begun, written down, destroyed, cleaned up.

    ``subject`` goes with the destruction.

    The order of its days is the order of its steps. From ``begun_at`` on nothing can be undone.
    """

    class Source(models.TextChoices):
        SELF = "self", _("By yourself")
        CONTROLLER = "controller", _("By the data controller")
        AGENT = "agent", _("By your agent")
        OPERATOR = "operator", _("By the operator")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    subject = models.UUIDField(null=True, db_index=True)
    # The same random id from the destruction until the last look for what somebody wrote meanwhile. Nothing
    # else bears it any more.
    remainder = models.UUIDField(null=True)
    controller = models.CharField(max_length=60)
    source = models.CharField(max_length=10, choices=Source, default=Source.SELF)
    about = models.CharField(max_length=120, default="")
    silence = models.BooleanField(default=False)
    choices = models.JSONField(default=dict)
    asked_at = models.DateTimeField(default=timezone.now)
    falls_at = models.DateTimeField()
    reminded = models.PositiveSmallIntegerField(default=0)
    request_receipt = models.CharField(max_length=16, default="")
    undone_at = models.DateTimeField(null=True)
    begun_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField(null=True)
    destroyed_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    receipt = models.CharField(max_length=16, default="")
    letter = models.UUIDField(null=True)
    letter_key = models.UUIDField(null=True)
    files = models.JSONField(default=list)
    addresses = models.JSONField(default=list)
    counts = models.JSONField(default=dict)
    due_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    trouble = models.CharField(max_length=80, default="")

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index("due_at", name="erasure_due", condition=Q(due_at__isnull=False))
        ]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["subject"],
                condition=Q(subject__isnull=False, undone_at=None),
                name="one_erasure_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(undone_at=None) | Q(begun_at=None), name="erasure_undone_or_begun"
            ),
            models.CheckConstraint(
                condition=Q(destroyed_at=None) | Q(recorded_at__isnull=False), name="erasure_recorded_first"
            ),
            models.CheckConstraint(
                condition=Q(finished_at=None) | Q(destroyed_at__isnull=False), name="erasure_destroyed_first"
            ),
        ]

    def __str__(self) -> str:
        return f"erasure {str(self.pk)[:8]}"

    @classmethod
    def claim(cls, now: datetime) -> Erasure | None:
        """The one longest due, ours for a lease: nobody else takes a step of it meanwhile, and a worker that
        dies leaves it due again.
        """
        for row in cls.objects.filter(due_at__lte=now).order_by("due_at")[:5]:
            if cls.objects.filter(pk=row.pk, due_at=row.due_at).update(
                due_at=now + LEASE, attempts=F("attempts") + 1
            ):
                return cls.objects.get(pk=row.pk)
        return None

    @property
    def state(self) -> str:
        if self.undone_at:
            return "undone"
        if self.finished_at:
            return "finished"
        return "destroyed" if self.destroyed_at else "begun" if self.begun_at else "waiting"

    @property
    def undo_key(self) -> str:
        """What every link in a mail about it carries: only a mail of ours can know it."""
        return _UNDO.mark(str(self.pk))

    def undo_word(self, mark: str) -> str:
        """What the link in a mail to one address carries beside it, by the keyed mark of the address: it can
        undo while that is hers.
        """
        return in_letters(_UNDO.mark(f"{self.pk}|{mark}"))

    def undo_url(self, mark: str) -> str:
        return reverse("erasure-undo", args=[self.pk, f"{self.undo_key}-{self.undo_word(mark)}"])

    def next_step_at(self) -> datetime:
        """The next reminder, or the day itself."""
        coming = [
            at for before in REMINDERS[self.reminded :] if (at := self.falls_at - before) > self.asked_at
        ]
        return min(coming, default=self.falls_at)

    def put_off(self, trouble: str) -> None:
        """Try again after twice the time. ``trouble`` is the type of an error, never its text."""
        wait = min(timedelta(seconds=2) * 2 ** min(self.attempts, 10), LONGEST_WAIT)
        Erasure.objects.filter(pk=self.pk, finished_at=None).update(
            trouble=trouble[:80], due_at=timezone.now() + wait
        )

    def later(self, wait: timedelta) -> None:
        """Nothing is wrong: it waits for something, and is asked again after this long."""
        self.due_at = timezone.now() + wait
        Erasure.objects.filter(pk=self.pk).update(due_at=self.due_at, trouble="", attempts=0)


class LawHold(models.Model):
    """A key of the law's own: rows it holds are sealed under ``id``, serve ``purpose`` alone, and die on the
    day after ``until`` with it.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    duty = models.CharField(max_length=120)
    article = models.CharField(max_length=120)
    purpose = models.CharField(max_length=60)
    fields = models.JSONField(default=list)
    rows = models.PositiveIntegerField(default=0)
    since = models.DateTimeField(default=timezone.now)
    until = models.DateField(db_index=True)

    def __str__(self) -> str:
        return f"held under {self.article} until {self.until}"
