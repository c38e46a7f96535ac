"""The tables the wording asks for, rendered from the data of the same version."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone

from kept.core.policy import render
from kept.core.policy.model import Policy


@dataclass(frozen=True, slots=True)
class Table:
    """``rows``: the heading of a row, then (column, cell) for each further column."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]


def table(policy: Policy, name: str) -> Table:
    sheet = render.sheet(policy, name, timezone.localdate())
    rows = tuple((row[0], tuple(zip(sheet.headings[1:], row[1:], strict=True))) for row in sheet.rows)
    return Table(sheet.caption, sheet.headings, rows)
