"""What was handed to whom, and what they were told afterwards.

State is the truth: a carrier that dies leaves its row due again.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, ClassVar, Self
from uuid import UUID, uuid4

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from kept.core.sentence_field import SentenceField

LEASE = timedelta(minutes=2)
"""Longer than any one delivery may take: whoever holds a row longer is dead."""
GIVE_UP = timedelta(days=2)
LONGEST_WAIT = timedelta(hours=6)
REMIND_AFTER = timedelta(days=7)
REMINDERS = 3


def new_word() -> str:
    """32 hex digits nobody can guess."""
    return secrets.token_hex(16)


class Handle(models.Model):
    """What one recipient calls one person: random, and another one at each recipient, so that no two of them
    can compare notes.
    """

    subject = models.UUIDField(db_index=True)
    recipient = models.CharField(max_length=60)
    handle = models.CharField(max_length=32, unique=True, default=new_word)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["subject", "recipient"], name="one_handle_per_recipient")
        ]

    @classmethod
    def of(cls, subject: UUID, recipient: str) -> str:
        row, _ = cls.objects.get_or_create(subject=subject, recipient=recipient)
        return row.handle


class Delivery(models.Model):
    """One thing on its way to one recipient.

    ``sent_at``, ``stopped_at`` or ``by_hand`` ends the trying; ``due_at`` is when it is tried next.

    ``values`` is an envelope (see the vault) for as long as it is on its way, and is destroyed when it has
    arrived.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    recipient = models.CharField(max_length=60)
    handle = models.CharField(max_length=32)
    purpose = models.CharField(max_length=60)
    fields = models.JSONField(default=list)
    values = models.BinaryField(null=True)
    token = models.CharField(max_length=32, default=new_word)
    # SHA-256 of the bytes that were sent last, in hex. A random word is among them: nobody can guess them.
    sha256 = models.CharField(max_length=64, default="")
    queued_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    trouble = models.CharField(max_length=80, default="")
    sent_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)
    # They say that they do not have it, though it arrived.
    denied_at = models.DateTimeField(null=True)
    # People tell them: there is no machine, or it does not answer. Who did it stands as a role.
    by_hand = models.BooleanField(default=False)
    done_by = models.CharField(max_length=40, default="")

    class Meta:
        abstract = True

    @classmethod
    def claim(cls, now: datetime, *, without: Collection[str] = ()) -> Self | None:
        """The row longest due, ours for a lease."""
        leased = (row.lease(now) for row in cls.waiting(now, without=without, most=5))
        return next((row for row in leased if row is not None), None)

    @classmethod
    def waiting(cls, now: datetime, *, without: Collection[str] = (), most: int) -> list[Self]:
        """Those longest due, which nobody holds.

        What was queued earlier for the same person at the same recipient goes first.
        """
        earlier = {
            "handle": OuterRef("handle"),
            "queued_at__lt": OuterRef("queued_at"),
            "due_at__isnull": False,
            "sent_at": None,
        }
        waits = [Exists(other._default_manager.filter(**earlier)) for other in (Disclosure, Notice)]
        due = cls._default_manager.filter(*(~one for one in waits), due_at__lte=now)
        return list(due.exclude(recipient__in=without).order_by("due_at")[:most])

    def lease(self, now: datetime) -> Self | None:
        """The row as it is now, ours for a lease; None where somebody else took it, or took it back."""
        rows = type(self)._default_manager
        taken = rows.filter(pk=self.pk, due_at=self.due_at).update(
            due_at=now + LEASE, attempts=F("attempts") + 1
        )
        return rows.filter(pk=self.pk).first() if taken else None

    @property
    def matter_ref(self) -> str:
        return f"recipient {str(self.pk)[:8]}"

    @property
    def matter_open(self) -> bool:
        """Staff open it only while it is theirs to do."""
        return self.by_hand and self.acknowledged_at is None and self.stopped_at is None

    def arrived(self, *, acknowledged: bool) -> None:
        """They have it: what it said is destroyed here, that it went stays."""
        now = timezone.now()
        self.sent_at = self.sent_at or now
        self.acknowledged_at = self.acknowledged_at or (now if acknowledged else None)
        self.values, self.trouble, self.due_at = None, "", self.next_reminder(now)
        self._keep("sent_at", "acknowledged_at", "values", "trouble", "due_at")

    def next_reminder(self, now: datetime) -> datetime | None:
        return None

    def stop(self, trouble: str) -> None:
        """It may not go, and never will. ``trouble`` is the type of what stopped it."""
        self.stopped_at, self.due_at, self.values, self.trouble = timezone.now(), None, None, trouble[:80]
        self._keep("stopped_at", "due_at", "values", "trouble")

    def again(self, trouble: str) -> None:
        """Try again after twice the time."""
        self.trouble, self.due_at = (
            trouble[:80],
            timezone.now() + min(timedelta(seconds=15) * 2 ** min(self.attempts, 12), LONGEST_WAIT),
        )
        self._keep("trouble", "due_at")

    def hand_over(self, trouble: str = "", *, untried: bool = False) -> None:
        """From here on it is for people to do.

        ``untried``: this time nothing was sent, so taking it up was no attempt.
        """
        self.by_hand, self.due_at, self.trouble = True, None, trouble[:80]
        self.attempts -= untried
        self._keep("by_hand", "due_at", "trouble", "attempts")

    def leaves_as(self, sha256: str) -> None:
        """Which bytes are about to be sent."""
        self.sha256 = sha256
        self._keep("sha256")

    def opened_by_hand(self) -> None:
        """Somebody was shown what to tell them: from here on they may have it."""
        self.attempts += 1
        self._keep("attempts")

    def acknowledge(self, now: datetime) -> bool:
        """They say that they have it. False when that was known."""
        open_ = type(self)._default_manager.filter(pk=self.pk, acknowledged_at=None, stopped_at=None)
        changed = bool(
            open_.update(
                acknowledged_at=now, sent_at=self.sent_at or now, due_at=None, values=None, trouble=""
            )
        )
        if changed:
            self.refresh_from_db()
        return changed

    def deny(self, now: datetime) -> None:
        """They say that they do not have it. What a row says of before stays; a notice is
        for people from here on.
        """
        type(self)._default_manager.filter(pk=self.pk, denied_at=None, stopped_at=None).update(denied_at=now)

    def _keep(self, *names: str) -> None:
        # Never by save(): a row that an erasure took away in this very moment must not come back.
        type(self)._default_manager.filter(pk=self.pk).update(**{name: getattr(self, name) for name in names})


class Disclosure(Delivery):
    """Values of one person handed to one recipient for one purpose."""

    subject = models.UUIDField(db_index=True)
    categories = models.JSONField(default=list)
    # The lowest number of a version that any of the values was collected under; 0 where nobody said.
    collected = models.PositiveIntegerField(default=0)
    # Our own name for it: whoever asks for it again gets the same row, and nothing leaves twice.
    key = models.CharField(max_length=120, null=True, unique=True)
    reason = SentenceField(default=str)
    # Field ids that were asked for, and left out because the policy does not let them go there.
    left_out = models.JSONField(default=list)
    approver = models.CharField(max_length=40, default="")
    approved_by = models.UUIDField(null=True, db_index=True)
    # A keyed hash of what is in it, by which the same content is known again.
    mark = models.CharField(max_length=32, default="")

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index("due_at", name="outbox_disclosure_due", condition=Q(due_at__isnull=False)),
            models.Index(fields=["handle"], name="outbox_disclosure_handle"),
            models.Index(fields=["mark"], name="outbox_disclosure_mark", condition=~Q(mark="")),
        ]

    def failed(self, trouble: str) -> None:
        """Again later, for two days; then it is given up."""
        if timezone.now() - self.queued_at >= GIVE_UP:
            self.stop(trouble)
        else:
            self.again(trouble)

    @property
    def may_have_left(self) -> bool:
        """It has, or may have: a carrier that died may have sent what it never wrote down."""
        return self.attempts > 0 or self.sent_at is not None

    @classmethod
    def had(cls, subject: UUID) -> models.QuerySet[Disclosure]:
        """Everything of hers that may have left."""
        return cls.objects.filter(Q(attempts__gt=0) | Q(sent_at__isnull=False), subject=subject)


class Notice(Delivery):
    """What is told to whoever had something (GDPR Art. 19): corrected, erased, restricted, or free again.

    One about an erasure has no ``subject``: it carries the handle alone, names nobody, and outlives the
    person's key. The handle is taken out of it, too, once they have acknowledged.
    """

    class Kind(models.TextChoices):
        CORRECTION = "correction", "Correction"
        ERASURE = "erasure", "Erasure"
        RESTRICTION = "restriction", "Restriction"
        LIFTING = "lifting", "Restriction lifted"

    kind = models.CharField(max_length=12, choices=Kind)
    subject = models.UUIDField(null=True, db_index=True)
    purposes = models.JSONField(default=list)
    about = models.UUIDField(null=True)
    reminders = models.PositiveSmallIntegerField(default=0)
    withheld = models.CharField(max_length=80, default="")

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=Q(kind__in=["correction", "erasure", "restriction", "lifting"]),
                name="outbox_notice_kind",
            ),
            models.CheckConstraint(
                condition=~Q(kind="erasure") | Q(subject=None, values=None),
                name="outbox_erasure_names_nobody",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index("due_at", name="outbox_notice_due", condition=Q(due_at__isnull=False)),
            models.Index(fields=["handle"], name="outbox_notice_handle"),
        ]

    @property
    def reminding(self) -> bool:
        """They had it before, and have not said so."""
        return self.sent_at is not None

    def arrived(self, *, acknowledged: bool) -> None:
        if self.reminding:
            self.reminders += 1
            self._keep("reminders")
        super().arrived(acknowledged=acknowledged)
        self._forget_whose()

    def next_reminder(self, now: datetime) -> datetime | None:
        return None if self.acknowledged_at else now + REMIND_AFTER

    def failed(self, trouble: str) -> None:
        """Again later; after two days it is for people to do. It is never given up."""
        since = self.sent_at + REMIND_AFTER * (self.reminders + 1) if self.sent_at else self.queued_at
        if timezone.now() - since >= GIVE_UP:
            self.hand_over(trouble)
        else:
            self.again(trouble)

    def deny(self, now: datetime) -> None:
        super().deny(now)
        open_ = type(self)._default_manager.filter(pk=self.pk, denied_at=now, stopped_at=None)
        open_.update(acknowledged_at=None, by_hand=True, due_at=None, trouble="Denied")

    def acknowledge(self, now: datetime) -> bool:
        changed = super().acknowledge(now)
        self._forget_whose()
        return changed

    def _forget_whose(self) -> None:
        if self.kind == self.Kind.ERASURE and self.acknowledged_at:
            self.handle = ""
            self._keep("handle")
