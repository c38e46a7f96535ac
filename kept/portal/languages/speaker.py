"""How sentences say messages, numbers and days in the language that is active."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import formats, timezone
from django.utils.translation import get_language, gettext, ngettext

from kept.dates import Month
from kept.portal.languages import pseudo

# English as Europe writes it: 3 May 2026.
_DAYS = {"de": "j. F Y"}


class Active:
    """``kept.sentences.Speaker`` through Django's catalogues."""

    def translate(self, message: str) -> str:
        return pseudo.stretched(message) if get_language() == pseudo.CODE else gettext(message)

    def count(self, one: str, many: str, n: int) -> str:
        text = ngettext(one, many, n)
        return pseudo.stretched(text) if get_language() == pseudo.CODE else text

    def day(self, at: date, form: str) -> str:
        if isinstance(at, datetime) and timezone.is_aware(at):
            at = timezone.localtime(at)
        if isinstance(at, Month):
            return formats.date_format(at, "F Y")
        clock = formats.date_format(at, "H:i") if isinstance(at, datetime) else ""
        if form == "clock":
            return clock
        words = formats.date_format(at, _DAYS.get(get_language() or "", "j F Y"))
        return f"{words}, {clock}" if form == "both" and clock else words

    def number(self, n: float) -> str:
        return formats.number_format(n, use_l10n=True, force_grouping=True)
