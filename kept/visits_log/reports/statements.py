"""The SQL of a report: a file of its own, or the one of its shape, filled with what the report is of."""

from __future__ import annotations

from kept.visits_log.dimensions import Report
from kept.visits_log.storing.engine import quoted
from kept.visits_log.storing.sql import statement


def exact(report: Report) -> str:
    """Over every event of a range."""
    if report.shape == "visit":
        file = "effect" if report.effect else "visit"
        return statement(f"reports/exact/{file}.sql", title=report.title, column=report.dimension)
    if report.shape == "target":
        # What was not found is told by its address alone.
        column = "path" if report.kind == "not-found" else "target"
        return statement(
            "reports/exact/target.sql", title=report.title, column=column, kind=quoted(report.kind)
        )
    return statement(f"reports/exact/{report.name}.sql")


def rolled(report: Report) -> str:
    """From the months' sums."""
    if report.shape not in ("visit", "target", "edge"):
        return statement(f"reports/rolled/{report.name}.sql")
    words = {"title": report.title, "dimension": quoted(report.dimension)}
    if report.effect:
        return statement("reports/rolled/effect.sql", **words)
    return statement("reports/rolled/key.sql", **words, least="1" if report.free else "0")
