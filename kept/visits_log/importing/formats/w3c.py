"""W3C's extended format, as IIS writes it: a line names the columns of those after it, and times are UTC."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from kept.visits_log.importing.formats import clocks, words
from kept.visits_log.importing.formats.translator import DIRECTIVE

FIELDS, DATE = "#fields:", "#date:"
_BLANK = re.compile(r"[ \t]+")
_AGENT = "cs(user-agent)"


@dataclass(slots=True)
class W3c:
    """As far as its lines told what they hold: columns may change on the way."""

    columns: list[str] = field(default_factory=list)
    date: str = ""

    def read(self, text: str) -> str | None:
        if text.startswith("#"):
            self._direct(text)
            return DIRECTIVE
        values = _BLANK.split(text.strip(" \t"))
        if not self.columns or len(values) != len(self.columns):
            return None
        row = dict(zip(self.columns, values, strict=True))
        date = row.get("date", self.date)
        return words.line(
            row.get("c-ip", ""),
            clocks.stamp(f"{date} {row.get('time', '')}"),
            _request(row),
            row.get("sc-status", ""),
            referrer=row.get("cs(referer)", ""),
            agent=row[_AGENT].replace("+", " ") if _AGENT in row else None,
            forwarded=row.get("x-forwarded-for", row.get("cs(x-forwarded-for)", "")).replace("+", " "),
        )

    def _direct(self, text: str) -> None:
        lower = text.lower()
        if lower.startswith(FIELDS):
            self.columns = _BLANK.split(lower[len(FIELDS) :].strip(" \t"))
        elif lower.startswith(DATE):
            self.date = lower[len(DATE) :].strip(" \t")[:10]


def _request(row: dict[str, str]) -> str:
    """The path is written decoded: what would begin a query there is none."""
    path = row.get("cs-uri-stem", "").replace("?", "%3F").replace("#", "%23")
    query = row.get("cs-uri-query", "-")
    target = f"{path}?{query}" if query != "-" else path
    return f"{row.get('cs-method', '-')} {target or row.get('cs-uri', '-')} HTTP/1.1"
