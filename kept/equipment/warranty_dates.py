"""The days of a warranty: when it begins, and months added to a day."""

from __future__ import annotations

from calendar import monthrange
from datetime import date

from kept.dates import latest


def add_months(day: date, months: int) -> date:
    """The same day ``months`` later, or the last of that month where it has none (31 January + 1 = 28 or 29
    February).
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def warranty_begins(purchased: date | None, otherwise: date) -> date:
    """The first day of a warranty: of a purchase whose day was not said, the last that may be meant; never
    after ``otherwise``.
    """
    return min(latest(purchased), max(otherwise, purchased)) if purchased else otherwise
