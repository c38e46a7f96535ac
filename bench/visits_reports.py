"""Reports on visits over ten million events (`--size full`) of a year: from the months' sums, and exact over
every event. Each figure is the median of several runs, with the files in the system's cache. How large a
million events are; and how long a day takes to be packed, and to be dropped.
"""

from __future__ import annotations

import json
import shutil
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median

from bench.figure import Figure, at_most, reported
from bench.measure import typical
from bench.scale import Scale
from kept.visits_log import reports
from kept.visits_log.dimensions import FIELDS
from kept.visits_log.places import Places
from kept.visits_log.storing.dropping import drop_day
from kept.visits_log.storing.examples.invented import invent
from kept.visits_log.storing.packer import pack

YEAR, LAST, TODAY = date(2025, 11, 1), date(2026, 10, 31), date(2026, 11, 2)
FEW = 50_000
"""Under so many entries a fortnight is enough to see that it runs."""
EACH = 10
"""Events for each entry of the scale."""
COUNTS = (
    "totals",
    "pages",
    "entries",
    "referrers",
    "downloads",
    "searches",
    "not-found",
    "countries",
    "browsers",
    "languages",
    "hours",
)
ORDERS = ("ways", "time", "exits", "campaigns")
"""These follow each visit from event to event."""
MILLI = 1e3


def run(scale: Scale) -> Iterator[Figure]:
    place = Path(tempfile.mkdtemp(prefix="kept-visits-"))
    try:
        places = Places(place / "visits")
        first = YEAR if scale.entries > FEW else date(2026, 10, 18)
        began = time.perf_counter()
        events = invent(places, first, LAST, scale.entries * EACH, 1, today=TODAY)
        yield reported(f"{events:,} events invented, packed and summed up", time.perf_counter() - began, "s")
        yield from _sizes(places, events)
        yield from _reports(places, scale, first)
        yield _dropping(places, first)
        yield _packing(place, scale)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _sizes(places: Places, events: int) -> Iterator[Figure]:
    for title, folder, target in (("packed days", places.days, 30), ("the months’ sums", places.rollups, 0)):
        size = sum(file.stat().st_size for file in folder.rglob("*.parquet")) / events
        yield (
            at_most(f"{title}, a million events", size, "MB", target)
            if target
            else reported(f"{title}, a million events", size, "MB")
        )


def _reports(places: Places, scale: Scale, first: date) -> Iterator[Figure]:
    rounds = max(scale.heavy, 3)
    rolled = {
        name: typical(lambda name=name: reports.report(places, name, first, LAST), rounds=rounds) * MILLI  # type: ignore[misc]
        for name in reports.names()
    }
    slowest = max(rolled, key=rolled.__getitem__)
    yield at_most(f"report of a year from the sums, the slowest ({slowest})", rolled[slowest], "ms", 50)
    yield reported("report of a year from the sums, the median", median(rolled.values()), "ms")
    yield at_most("ways through the site, from the sums", rolled["ways"], "ms", 50)
    yield at_most(
        "a year by the day",
        typical(lambda: reports.daily(places, first, LAST), rounds=rounds) * MILLI,
        "ms",
        50,
    )
    exact = {
        name: typical(lambda name=name: reports.report(places, name, first, LAST, exact=True), rounds=3)  # type: ignore[misc]
        for name in (*COUNTS, *ORDERS)
    }
    slowest = max(COUNTS, key=exact.__getitem__)
    yield at_most(f"exact counts of a year, the slowest ({slowest})", exact[slowest], "s", 1)
    for name in ORDERS:
        yield reported(f"exact, each visit followed: {name}", exact[name], "s")


def _dropping(places: Places, first: date) -> Figure:
    """Day after day, as the sweep does; the month's other days are summed up already."""
    times = []
    for back in range(7):
        began = time.perf_counter()
        drop_day(places, str(first + timedelta(days=back)))
        times.append((time.perf_counter() - began) * MILLI)
    return at_most("a day dropped, files and sums", median(times), "ms", 50)


def _packing(place: Path, scale: Scale) -> Figure:
    places = Places(place / "logged")
    places.logs.mkdir(parents=True)
    noon = int(datetime(2026, 10, 31, 12, tzinfo=UTC).timestamp()) // 60
    with places.log(str(LAST), "web-1").open("w", encoding="utf-8") as log:
        for number in range(scale.rows * 10):
            event = {
                **dict.fromkeys(FIELDS, ""),
                "day": str(LAST),
                "minute": noon + number % 600,
                "visitor": number // 4,
                "visit": 1,
                "seq": number % 4 + 1,
                "kind": "page",
                "path": f"/page-{number % 97}/",
                "country": "BE",
            }
            log.write(json.dumps(event, separators=(",", ":")) + "\n")
    began = time.perf_counter()
    done = pack(places, TODAY)
    return reported(
        "events of a log packed and summed up", done.events / (time.perf_counter() - began), "events/s"
    )
