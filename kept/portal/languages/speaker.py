"""How sentences say messages, numbers and days in the language that is active."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache

from django.utils import formats, timezone
from django.utils.translation import get_language, gettext, ngettext

from kept.dates import Month

# English as Europe writes it: 3 May 2026.
_DAYS = {"de": "j. F Y"}


class Active:
    """``kept.sentences.Speaker`` through Django's catalogues."""

    def translate(self, message: str) -> str:
        return gettext(message)

    def count(self, one: str, many: str, n: int) -> str:
        return ngettext(one, many, n)

    def day(self, at: date, form: str) -> str:
        if isinstance(at, datetime) and timezone.is_aware(at):
            at = timezone.localtime(at)
        clock = f"{at:%H:%M}" if isinstance(at, datetime) else ""
        if form == "clock":
            return clock
        words = _written(at.year, at.month, None if isinstance(at, Month) else at.day, get_language())
        return f"{words}, {clock}" if form == "both" and clock else words

    def number(self, n: float) -> str:
        return formats.number_format(n, use_l10n=True, force_grouping=True)


@lru_cache(maxsize=4096)
def _written(year: int, month: int, day: int | None, language: str | None) -> str:
    """A page names the same few days again and again; ``language`` is the active one."""
    if day is None:
        return formats.date_format(date(year, month, 1), "F Y")
    words = formats.date_format(date(year, month, day), _DAYS.get(language or "", "j F Y"))
    # French alone writes the first as an ordinal: 1er mai 2026.
    return words.replace("1", "1er", 1) if day == 1 and language == "fr" else words
