"""What the machine room knows of itself: its jobs and its backups, in names, times, counts and exception
types. Never a value, never a traceback.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import F, Q

if TYPE_CHECKING:
    from kept.operations.backups.manifest import Manifest

# After n failures in a row a job waits 2^n seconds, and never longer than this.
LONGEST_WAIT = timedelta(minutes=10)


class JobRunManager(models.Manager["JobRun"]):
    def claim(self, name: str, *, holder: str, until: datetime, now: datetime, dead: list[str]) -> bool:
        """Take the lease of one job if it is free, mine, expired or its holder is known to be dead.

        One statement decides.
        """
        free = Q(holder="") | Q(holder=holder) | Q(lease_until__lt=now) | Q(holder__in=dead)
        due = Q(due_at=None) | Q(due_at__lte=now)
        return bool(
            self.filter(free, due, name=name).update(holder=holder, lease_until=until, started_at=now)
        )

    def renew(self, holder: str, *, until: datetime) -> int:
        """Keep the leases of a worker that is alive."""
        return self.filter(holder=holder).update(lease_until=until)

    def release(self, holder: str) -> int:
        """Give the leases back, so that the next worker need not wait."""
        return self.filter(holder=holder).update(holder="", lease_until=None)

    def holders(self) -> list[str]:
        """Who holds a lease."""
        return list(self.exclude(holder="").values_list("holder", flat=True).distinct())


class JobRun(models.Model):
    """One job of the register: who runs it until when, and how it went the last time."""

    name = models.CharField(max_length=100, primary_key=True)
    holder = models.CharField(max_length=200, default="", blank=True)
    lease_until = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    done = models.BigIntegerField(default=0)
    failures = models.IntegerField(default=0)
    error = models.CharField(max_length=200, default="", blank=True)

    objects: ClassVar[JobRunManager] = JobRunManager()

    def __str__(self) -> str:
        return self.name

    @classmethod
    def succeeded(cls, name: str, *, done: int, now: datetime) -> None:
        """Note a run that did something, or that ended a row of failures."""
        cls.objects.filter(name=name).update(
            ended_at=now, done=F("done") + done, failures=0, error="", due_at=None
        )

    @classmethod
    def failed(cls, name: str, error: BaseException, *, now: datetime) -> timedelta:
        """Note a failure by its type alone. Returns how long to wait before the next try."""
        run = cls.objects.get(name=name)
        wait = min(timedelta(seconds=2 ** min(run.failures + 1, 16)), LONGEST_WAIT)
        cls.objects.filter(name=name).update(
            ended_at=now, failures=F("failures") + 1, error=type(error).__qualname__[:200], due_at=now + wait
        )
        return wait


class BackupRun(models.Model):
    """One backup that was made: where, of which moment, until when its keys may live."""

    id = models.UUIDField(primary_key=True, editable=False)
    at = models.DateTimeField()
    finished_at = models.DateTimeField()
    expires = models.DateField()
    place = models.TextField()
    size = models.BigIntegerField()
    rows = models.BigIntegerField()
    files = models.BigIntegerField()
    missing = models.IntegerField(default=0)
    # Which master key its short-lived archive hangs on.
    generation = models.CharField(max_length=16)

    class Meta:
        ordering = ("-at",)

    def __str__(self) -> str:
        return f"backup of {self.at:%Y-%m-%d %H:%M}"

    @classmethod
    def note(cls, made: Manifest, folder: Path, *, generation: bytes, now: datetime) -> None:
        """Write down that a backup is whole. The backup itself does not know of it."""
        both = (made.long, made.short)
        cls.objects.create(
            id=made.id,
            at=made.at,
            finished_at=now,
            expires=made.expires,
            place=str(folder.parent),
            size=sum(one.size for one in both),
            rows=sum(sum(one.tables.values()) for one in both),
            files=sum(sum(one.files.values()) for one in both),
            missing=sum(made.long.lost.values()),
            generation=generation.hex(),
        )
