"""Days and lengths of time as a person writes them."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone

from kept import sentences
from kept.core.policy import duration


def length(text: str) -> str:
    """ "P3Y" becomes "3 years"; words stay as they are."""
    try:
        return duration.parse(text).in_words()
    except ValueError:
        return text


def written(at: date, form: str = "day") -> str:
    """ "day" 3 May 2026, "clock" 09:40, "both" 3 May 2026, 09:40; moments in the portal's time zone."""
    return sentences.written(at, form)


def machine(at: date) -> str:
    """The same for machines: 2026-05-03, or 2026-05-03T09:40:00+02:00."""
    at = _here(at)
    return at.isoformat(timespec="seconds") if isinstance(at, datetime) else at.isoformat()


def said(at: date | str) -> str:
    """A day written out; words as they are."""
    return at if isinstance(at, str) else written(at)


def _here(at: date) -> date:
    return timezone.localtime(at) if isinstance(at, datetime) and timezone.is_aware(at) else at
