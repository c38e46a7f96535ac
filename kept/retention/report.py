"""What is due and what died, as lines for the operator."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.utils import timezone

from kept.core.register.terms.lifetimes import Clock
from kept.retention import sweep
from kept.retention.models import Died, Watch
from kept.retention.sweep import Figure

Counts = Mapping[tuple[str, str], Figure]


def waiting(clock: Clock) -> list[Figure]:
    """What is due now, where there is any."""
    return [figure for figure in sweep.figures(clock) if figure.count]


def died(now: datetime) -> dict[tuple[str, str], Figure]:
    """What died today so far."""
    rows = Died.objects.filter(day=timezone.localdate(now)).order_by("title", "fields")
    return {
        (row.table, row.fields): Figure(row.table, row.title, row.fields, row.count, row.clauses, "")
        for row in rows
    }


def since(before: Counts, after: Counts) -> list[Figure]:
    """What was added between the two."""
    found = []
    for key, figure in after.items():
        count = figure.count - (before[key].count if key in before else 0)
        if count:
            found.append(
                Figure(figure.table, figure.title, figure.fields, count, figure.clauses, figure.term)
            )
    return found


def lines(figures: Sequence[Figure], word: str) -> list[str]:
    if not figures:
        return [f"Nothing is {word}." if word == "due" else f"Nothing was {word}: nothing is due."]
    said = []
    for figure in figures:
        what = f"{figure.title}: {figure.fields}" if figure.fields else figure.title
        clause = f"  clause {figure.clauses}" if figure.clauses else ""
        said.append(f"{figure.count:>10,}  {what}{clause}{f', {figure.term}' if figure.term else ''}")
    return [*said, f"{sum(figure.count for figure in figures):>10,}  {word} in all"]


def next_run() -> str | None:
    """When the sweep comes by next; None before it ran for the first time."""
    watch = Watch.objects.filter(pk=1).first()
    return (watch.swept_at + timedelta(hours=1)).isoformat() if watch and watch.swept_at else None


def held_until() -> str:
    until = Watch.one().held_until
    return f"{timezone.localtime(until):%-d %B %Y, %H:%M}" if until else ""
