"""Ways out that were refused, counted by day, process and place in the code.

Nobody's data: no address, no name, no byte of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from django.db import connection, models, transaction
from django.db.models import F, Sum
from django.utils import timezone

from kept.outbox.sockets import Refusal

REMEMBERED = timedelta(days=7)
"""So long a refused way out breaks its promise: whoever looks once a week sees it."""
KEPT_FOR = timedelta(days=90)


class RefusedWay(models.Model):
    """How often one place in the code tried to connect past the outbox on one day."""

    day = models.DateField()
    process = models.CharField(max_length=20)
    event = models.CharField(max_length=40)
    place = models.CharField(max_length=120)
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["day", "process", "event", "place"], name="one_row_for_each_refused_way"
            )
        ]


def count(refused: Mapping[Refusal, int]) -> None:
    """Add to the counts of today. In a thread of its own, whose connection goes when it is done."""
    today = timezone.localdate()
    try:
        with transaction.atomic():
            for one, many in refused.items():
                row, _ = RefusedWay.objects.get_or_create(
                    day=today, process=one.process, event=one.event, place=one.place
                )
                RefusedWay.objects.filter(pk=row.pk).update(count=F("count") + many)
            RefusedWay.objects.filter(day__lt=today - KEPT_FOR).delete()
    finally:
        if not connection.in_atomic_block:
            connection.close()


def lately(today: date) -> tuple[int, list[str]]:
    """How many were refused in the last seven days, and the places in the code, the busiest first."""
    rows = (
        RefusedWay.objects.filter(day__gt=today - REMEMBERED)
        .values("place", "event")
        .annotate(many=Sum("count"))
        .order_by("-many")
    )
    return sum(row["many"] for row in rows), [f"{row['place']} ({row['event']})" for row in rows]
