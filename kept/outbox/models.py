"""Mail on its way. What it says lies sealed until it is delivered, and is destroyed the moment it is."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from kept.core.vault.columns.fields import SealedField, SealedManager, SealedModel
from kept.outbox.handing_over.disclosures import Disclosure, Handle, Notice
from kept.outbox.handing_over.refusals import RefusedWay

__all__ = ["Disclosure", "Handle", "Message", "Notice", "RefusedWay"]

LEASE = timedelta(minutes=2)
GIVE_UP = timedelta(days=2)
LONGEST_WAIT = timedelta(hours=1)


class Message(SealedModel):
    """One mail to one person.

    ``delivered_at`` or ``given_up_at`` ends it; until then it is due again and again.

    ``about``: the reference of what it is about, to which an answer to it belongs. ``answers``: the
    Message-IDs of the mail it answers and of those before, parted by blanks. ``by_hand``: somebody wrote it,
    and no machine. ``came_back``: the status a mail server returned it with (RFC 3463), like 5.1.1.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    subject = models.UUIDField(db_index=True)
    purpose = models.CharField(max_length=60)
    template = models.CharField(max_length=80)
    to = SealedField(
        models.EmailField(max_length=254),
        of="subject",
        field_id="message.to",
        category="contact.email",
        null=True,
    )
    heading = SealedField(
        models.CharField(max_length=200),
        of="subject",
        field_id="message.heading",
        category="message.content",
        null=True,
    )
    body = SealedField(
        models.TextField(),
        of="subject",
        field_id="message.body",
        category="message.content",
        null=True,
    )
    answers = SealedField(
        models.TextField(),
        of="subject",
        field_id="message.answers",
        category="message.content",
        null=True,
    )
    about = models.CharField(max_length=40, default="")
    by_hand = models.BooleanField(default=False)
    queued_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(default=timezone.now, null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    recipient = models.CharField(max_length=60, default="")
    trouble = models.CharField(max_length=80, default="")
    delivered_at = models.DateTimeField(null=True)
    given_up_at = models.DateTimeField(null=True)
    came_back_at = models.DateTimeField(null=True)
    came_back = models.CharField(max_length=12, default="")

    objects: ClassVar[SealedManager] = SealedManager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index("due_at", name="outbox_due", condition=Q(due_at__isnull=False))
        ]

    @classmethod
    def claim(cls, now: datetime) -> Message | None:
        """The message longest due, now ours for as long as a lease lasts.

        A worker that dies leaves it due again.
        """
        for row in cls.objects.filter(due_at__lte=now).order_by("due_at")[:5]:
            leased = cls.objects.filter(pk=row.pk, due_at=row.due_at).update(
                due_at=now + LEASE, attempts=F("attempts") + 1
            )
            if leased:
                return cls.objects.get(pk=row.pk)
        return None

    def goes_to(self, recipient: str) -> None:
        """Who carries it: a recipient of the policy, or "" while it stays on this machine."""
        self.recipient = recipient
        self.save(update_fields=["recipient"])

    def delivered(self) -> None:
        """It has gone: what it said is destroyed, that it went stays."""
        self.delivered_at, self.due_at, self.trouble = timezone.now(), None, ""
        self._empty()

    def failed(self, trouble: str) -> None:
        """Try again after twice the time, for two days.

        ``trouble`` is the type of an error, never its text.
        """
        now = timezone.now()
        self.trouble = trouble[:80]
        if now - self.queued_at >= GIVE_UP:
            self.given_up_at, self.due_at = now, None
            self._empty()
            return
        self.due_at = now + min(timedelta(seconds=15) * 2 ** min(self.attempts, 10), LONGEST_WAIT)
        self.save(update_fields=["due_at", "trouble"])

    def returned(self, status: str, at: datetime) -> bool:
        """A mail server gave it back for good. False where that was known."""
        known = type(self).objects.filter(pk=self.pk, came_back_at=None)
        return bool(known.update(came_back_at=at, came_back=status[:12]))

    def _empty(self) -> None:
        self.to = self.heading = self.body = self.answers = None
        self.save(
            update_fields=[
                "due_at",
                "trouble",
                "delivered_at",
                "given_up_at",
                "to",
                "heading",
                "body",
                "answers",
            ]
        )


class Errand(models.Model):
    """Something typed a moment ago that the worker has not looked at yet, sealed. See errands.py."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    kind = models.CharField(max_length=20)
    data = models.BinaryField()
    due_at = models.DateTimeField(default=timezone.now, db_index=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    def __str__(self) -> str:
        return f"errand {self.kind}"


class DkimKeyManager(models.Manager["DkimKey"]):
    def signing(self, domain: str) -> models.QuerySet[DkimKey]:
        """Those taken into use, and not ended."""
        return self.filter(domain=domain, used_from__isnull=False, ended_at=None)


class DkimKey(models.Model):
    """A key that mail of a domain is signed with. See dkim_keys.py.

    ``private``: sealed; None once it signs no more. ``public``: base64 of its DER, as it stands in the DNS.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    domain = models.CharField(max_length=253)
    selector = models.CharField(max_length=40)
    public = models.TextField()
    private = models.BinaryField(null=True)
    made_at = models.DateTimeField(default=timezone.now)
    used_from = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects: ClassVar[DkimKeyManager] = DkimKeyManager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["domain", "selector"], name="dkim_selector_once")
        ]


class Silence(models.Model):
    """An address that is never written to again, as its owner asked when they were erased: a keyed hash, and
    the day. See silence.py.
    """

    mark = models.CharField(max_length=64, primary_key=True)
    since = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return "a silence"
