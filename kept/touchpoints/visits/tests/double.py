"""A double of the reports, in memory: the same figures whatever day it is, so that a page can be judged by its numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from random import Random

from kept.touchpoints.visits.pages.periods import Period
from kept.touchpoints.visits.pages.reading import Figures, Total
from kept.touchpoints.visits.pages.sheets import SHEETS

KEYS = {
    "pages": ["/", "/products/", "/products/m10-48-10k/", "/products/m30-30k/", "/products/m50-110-1k/", "/privacy/", "/privacy/promises/", "/products/m60-48-600/", "/products/compare/", "/products/m40-48-3k/", "/products/m31-3k/", "/products/m20-w-5k/", "/privacy/visits/"],
    "ways": [
        ("/", "/products/"),
        ("/products/", "/products/m10-48-10k/"),
        ("/products/", "/products/m30-30k/"),
        ("/products/m10-48-10k/", "/products/compare/"),
        ("/", "/privacy/"),
    ],
    "referrers": ["", "duckduckgo.com", "www.google.com", "www.linkedin.com", "www.example.org"],
    "campaigns": ["", "rail-2026", "spring", "backup-power"],
    "mediums": ["", "email", "cpc", "social"],
    "sources": ["", "newsletter", "linkedin", "fair"],
    "downloads": ["model-10-datasheet.pdf", "model-30-manual.pdf", "model-50-declaration.pdf"],
    "searches": ["48 v", "rail", "runtime", "ups"],
    "not-found": ["/wp-login.php", "/produits/", "/old/model-10"],
    "left": ["www.linkedin.com", "www.example.com"],
    "countries": ["BE", "FR", "DE", "NL", "LU", "CH", "GB", "US"] + [""],
    "providers": ["Proximus", "Orange", "Deutsche Telekom", "KPN", ""],
    "languages": ["en", "fr", "de", "nl", ""],
    "browsers": ["Chrome", "Firefox", "Safari", "Edge", "Samsung Internet"],
    "systems": ["Windows", "Android", "iOS", "macOS", "Linux"],
    "returning": ["", "first", "again"],
    "hours": [str(hour) for hour in range(24)],
}


@dataclass(frozen=True)
class Row:
    key: str
    key2: str
    shown: int | None
    share: float | None = None
    minutes_mean: float | None = None
    pages_mean: float | None = None


def visits(day: date) -> int:
    weekday = (1, 1.1, 1.08, 1.05, 0.9, 0.35, 0.3)[day.weekday()]
    return int(260 * weekday * (1 + 0.2 * math.sin(day.toordinal() / 40)) * (0.9 + 0.2 * Random(day.toordinal()).random()))


def figures(period: Period) -> Figures:
    days = [(day, visits(day), int(visits(day) * (3.1 + 0.2 * Random(day.toordinal()).random()))) for day in period.each()]
    total = Total(int(sum(one[1] for one in days) * 0.93), sum(one[1] for one in days), sum(one[2] for one in days), 2.4)
    return Figures(period, tuple(days), total, {sheet.name: _rows(sheet.name, total, period) for sheet in SHEETS})


def _rows(name: str, total: Total, period: Period) -> list[Row]:
    keys = [key if isinstance(key, tuple) else (key, "") for key in KEYS.get(name, KEYS["pages"])]
    whole = total.views if name in {"pages", "hours", "ways"} else total.visits
    random = Random(f"{name} {period.since}")
    if name == "hours":
        weights = [max(0.02, math.exp(-((at - 11) ** 2) / 18) + 0.7 * math.exp(-((at - 15) ** 2) / 8)) for at in range(24)]
    else:
        weights = [(0.62**at) * (0.9 + 0.2 * random.random()) for at in range(len(keys))]
    scale = whole * 0.97 / sum(weights)
    rows = [
        Row(key, key2, _few(int(weight * scale)), weight * scale / whole, 0.4 + 3 * random.random(), 1.5 + 3 * random.random())
        for (key, key2), weight in zip(keys, weights, strict=True)
    ]
    return [*rows, Row("/rare/" if name != "hours" else "24", "", None)] if name != "hours" else rows


def _few(count: int) -> int | None:
    return count if count >= 10 else None
