"""What the sweep remembers: the last time it saw, whether it holds back, and how much died on which day.

Counts alone, of nobody.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, ClassVar

from django.db import models
from django.db.models import F

from kept.sentences import english

DAY = timedelta(days=1)
JUMP = timedelta(days=7)
"""A clock that is this far ahead of anything seen before may be wrong: what it would delete is not deleted
for a day.
"""


class Watch(models.Model):
    """One row.

    ``seen_at``: the latest moment the clock was believed. ``held_until``: nothing is deleted before, as the
    clock jumped.
    """

    id = models.SmallIntegerField(primary_key=True, default=1)
    seen_at = models.DateTimeField(null=True)
    jumped_at = models.DateTimeField(null=True)
    swept_at = models.DateTimeField(null=True)

    @classmethod
    def one(cls) -> Watch:
        row, _ = cls.objects.get_or_create(pk=1)
        return row

    @property
    def held_until(self) -> datetime | None:
        return self.jumped_at + DAY if self.jumped_at else None

    def believe(self, now: datetime, *, newest: datetime | None) -> bool:
        """Look at the clock.

        False while it is not to be believed. ``newest``: the time of anything written lately, for the first
        look.

        A portal that was switched off for weeks looks the same as a clock that is wrong, and loses nothing by
        a day.
        """
        seen = self.seen_at or newest or now
        if self.jumped_at and now < self.jumped_at:
            # It went back: the jump was the error.
            self.jumped_at = None
        if self.jumped_at:
            if now < self.jumped_at + DAY:
                return False
            self.jumped_at, seen = None, now
        if now - seen > JUMP:
            self.jumped_at = now
            self.save(update_fields=["jumped_at"])
            return False
        self.seen_at = max(seen, now)
        self.save(update_fields=["seen_at", "jumped_at"])
        return True


class Died(models.Model):
    """How much of one table died on one day, by which clauses.

    ``fields``: the values that went alone, "" for whole rows.
    """

    day = models.DateField()
    table = models.CharField(max_length=80)
    title = models.CharField(max_length=120)
    fields = models.CharField(max_length=400, default="")
    clauses = models.CharField(max_length=80, default="")
    count = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["day", "table", "fields"], name="retention_died_once")
        ]

    @classmethod
    def add(cls, day: date, table: str, fields: str, count: int, *, title: str, clauses: str) -> None:
        """One more batch. In its transaction, so that the figure is never more nor less than what died."""
        named = {"day": day, "table": table, "fields": fields[:400]}
        if not cls.objects.filter(**named).update(count=F("count") + count):
            cls.objects.create(**named, title=english(title)[:120], clauses=clauses[:80], count=count)
