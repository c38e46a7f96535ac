"""A copy that is being made, or waits to be fetched. State is the truth: a worker that dies leaves it due."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar
from uuid import UUID, uuid4

from django.db import models
from django.db.models import Q
from django.utils import timezone

# A worker notes its progress twice a second, which prolongs the lease. One that was killed is replaced after
# this long.
LEASE = timedelta(minutes=1)
ATTEMPTS = 5


class Copy(models.Model):
    """One copy of one person's data: asked for, made, fetched until it dies.

    ``ticket`` lets the worker read in her name, once she proved herself.

    ``request``: the reference of the request it answers, where a controller had it made. Then the program
    reads, for that request.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    subject = models.UUIDField(db_index=True)
    categories = models.JSONField(default=list)
    asked_at = models.DateTimeField(default=timezone.now)
    ticket = models.CharField(max_length=120, default="")
    request = models.CharField(max_length=12, default="", db_index=True)
    due_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    trouble = models.CharField(max_length=80, default="")
    done = models.PositiveIntegerField(default=0)
    all = models.PositiveIntegerField(default=0)
    file = models.UUIDField(null=True)
    size = models.PositiveBigIntegerField(default=0)
    # Sealed files of hers that could not be read, and are named in it instead.
    left_out = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)
    dies_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index("due_at", name="rights_copy_due", condition=Q(due_at__isnull=False))
        ]

    @classmethod
    def claim(cls, now: datetime) -> Copy | None:
        """The copy longest due, ours for a lease.

        The lease is written before a byte is packed, so nobody packs it twice at once.
        """
        for row in cls.objects.filter(due_at__lte=now).order_by("due_at")[:5]:
            if row.attempts >= ATTEMPTS:
                # Whoever made it died over it each time, and would again.
                row.fail(row.trouble or "Died")
                continue
            if cls.objects.filter(pk=row.pk, due_at=row.due_at).update(
                due_at=now + LEASE, attempts=row.attempts + 1
            ):
                row.due_at, row.attempts = now + LEASE, row.attempts + 1
                return row
        return None

    @property
    def given_up(self) -> bool:
        """It was tried as often as it is tried, and could not be made."""
        return bool(self.stopped_at and self.trouble and self.attempts >= ATTEMPTS)

    @property
    def state(self) -> str:
        if self.stopped_at:
            return "stopped"
        return "finished" if self.finished_at else "packing" if self.done else "waiting"

    def progress(self, done: int) -> bool:
        """Note how far it is, and prolong the lease. False when it was stopped meanwhile."""
        self.done = done
        now = timezone.now()
        return bool(self._still_mine().update(done=done, due_at=now + LEASE))

    def finish(self, *, file: UUID, size: int, lives: timedelta) -> bool:
        """Ready to be fetched.

        False, and nothing changed, when it was stopped meanwhile or another worker took it over.
        """
        now = timezone.now()
        self.file, self.size, self.finished_at, self.dies_at, self.done = (
            file,
            size,
            now,
            now + lives,
            self.all,
        )
        finished = {
            "file": file,
            "size": size,
            "finished_at": now,
            "dies_at": self.dies_at,
            "done": self.all,
            "left_out": self.left_out,
        }
        return bool(self._still_mine().update(**finished, due_at=None, ticket="", trouble=""))

    def _still_mine(self) -> models.QuerySet[Copy]:
        """The row, as long as nobody stopped it and nobody else claimed it since."""
        return Copy.objects.filter(pk=self.pk, attempts=self.attempts, stopped_at=None, finished_at=None)

    def stop(self) -> None:
        """The person changed her mind. What was packed so far is thrown away by the worker."""
        Copy.objects.filter(pk=self.pk, finished_at=None).update(
            stopped_at=timezone.now(), due_at=None, ticket=""
        )

    def fail(self, trouble: str) -> bool:
        """Try again a little later; after some tries give up, so that nothing stands still unseen.

        True when it was given up.
        """
        now = timezone.now()
        given_up = self.attempts >= ATTEMPTS
        if given_up:
            self._still_mine().update(trouble=trouble[:80], stopped_at=now, due_at=None, ticket="")
        else:
            self._still_mine().update(
                trouble=trouble[:80], due_at=now + timedelta(seconds=5) * 2**self.attempts
            )
        return given_up
