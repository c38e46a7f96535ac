"""A double of the reports, in memory: the same figures for the same days, so that a page can be judged by its
numbers.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import date, timedelta
from random import Random

from kept.visits_log.reports import Row, Table

FIRST, LAST = date(2025, 11, 25), date(2026, 11, 24)
SOME = [
    "/",
    "/products/",
    "/products/m10-48-10k/",
    "/products/m30-30k/",
    "/privacy/",
    "/products/m50-110-1k/",
    "/products/m60-48-600/",
]
PAGES = [
    *SOME,
    "/products/compare/",
    "/privacy/promises/",
    "/products/m40-48-3k/",
    "/products/m31-3k/",
    "/gone/",
]
KEYS: dict[str, list[str]] = {
    "ways": [
        "/ /products/",
        "/products/ /products/m10-48-10k/",
        "/products/ /products/m30-30k/",
        "/ /privacy/",
    ],
    "referrers": ["", "duckduckgo.com", "www.linkedin.com", "www.example.org"],
    "campaigns": ["", "rail-2026", "spring", "=cmd|' /C calc'!A0"],
    "mediums": ["", "email", "cpc", "social"],
    "sources": ["", "newsletter", "linkedin"],
    "downloads": ["model-10-datasheet.pdf", "model-30-manual.pdf"],
    "searches": ["48 v", "rail", "runtime"],
    "not-found": ["/wp-login.php", "/produits/"],
    "left": ["www.linkedin.com", "www.example.com"],
    "countries": ["BE", "FR", "DE", "NL", "LU", ""],
    "providers": ["Proximus", "Orange", ""],
    "languages": ["en", "fr", "de", "nl", ""],
    "browsers": ["Chrome", "Firefox", "Safari"],
    "systems": ["Windows", "Android", "iOS"],
    "again": ["", "first", "again"],
    "hours": [f"{hour:02}" for hour in range(24)],
}
BY_VIEWS = {"pages", "ways", "time", "downloads", "searches", "not-found", "left", "hours"}


def visits(day: date) -> int:
    weekday = (1, 1.1, 1.08, 1.05, 0.9, 0.35, 0.3)[day.weekday()]
    return int(
        260
        * weekday
        * (1 + 0.2 * math.sin(day.toordinal() / 40))
        * (0.9 + 0.2 * Random(day.toordinal()).random())
    )


def span(places: object) -> tuple[date, date] | None:
    return FIRST, LAST


def daily(places: object, since: date, until: date) -> list[tuple[date, int | None, int | None]]:
    return [(day, visits(day), 3 * visits(day) + day.day) for day in _days(since, until)]


def report(places: object, name: str, since: date, until: date, *, exact: bool = False) -> Table:
    all_visits = sum(visits(day) for day in _days(since, until))
    all_views = sum(3 * visits(day) + day.day for day in _days(since, until))
    if name == "totals":
        rows = [
            Row("visitors", all_visits - all_visits // 10),
            Row("visits", all_visits),
            Row("views", all_views),
            Row("minutes", None, minutes_mean=2.4),
        ]
        return Table(name, "Totals", ("What", "How many"), rows, None, False, since, until)
    whole = all_views if name in BY_VIEWS else all_visits
    keys = KEYS.get(name, PAGES)
    each = (
        [int(whole * 0.4 * 0.6**at) for at in range(len(keys))]
        if name != "hours"
        else [whole // 30 * (8 < at < 18) + at + 10 for at in range(24)]
    )
    rows = [_row(name, key, count, whole) for key, count in zip(keys, each, strict=True)]
    if name == "pages":
        rows.append(_row(name, "/rare/", 3, whole))
    return Table(name, name, ("Key", "Count"), rows, whole, name == "searches", since, until)


def everything(
    places: object, since: date, until: date
) -> tuple[dict[str, Table], list[tuple[date, int | None, int | None]]]:
    return {
        name: report(places, name, since, until)
        for name in ("totals", "time", "pages", *KEYS, "entries", "exits")
    }, daily(places, since, until)


def _row(name: str, key: str, count: int, whole: int) -> Row:
    key, _, key2 = key.partition(" ") if name == "ways" else (key, "", "")
    shown = count if count >= 10 else None
    return Row(
        key,
        shown,
        key2,
        shown / whole if shown is not None else None,
        1.5 if name in {"pages", "time"} else None,
        2.5 if shown else None,
    )


def _days(since: date, until: date) -> Iterable[date]:
    return (since + timedelta(days=number) for number in range((until - since).days + 1))
