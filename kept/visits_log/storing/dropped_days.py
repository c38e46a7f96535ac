"""Up to which day everything was dropped.

A month that lost a day is told by its days alone: its own block would tell, day by day, what each held.
"""

from __future__ import annotations

from kept.visits_log.places import Places
from kept.visits_log.storing.files import whole

NAME = "dropped"


def last(places: Places) -> str:
    """The latest day that was dropped (YYYY-MM-DD); "" before the first."""
    try:
        return (places.root / NAME).read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return ""


def note(places: Places, day: str) -> None:
    if day > last(places):
        with whole(places.root / NAME) as half:
            half.write_text(f"{day}\n", encoding="ascii")


def touches(places: Places, month: str) -> bool:
    """Whether a day of the month, or a later one, was dropped."""
    return last(places)[:7] >= month
