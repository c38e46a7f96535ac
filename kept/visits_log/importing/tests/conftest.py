"""A folder for visits, logs to write, and what became of them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from kept.portal.regions.origins import Origins
from kept.visits_log.dimensions import TYPES
from kept.visits_log.importing import flows
from kept.visits_log.importing.judging.timestamps import minute_of
from kept.visits_log.places import Places

NOW = minute_of("25/Nov/2026:12:00+0000") or 0
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
    " Version/17.2 Mobile/15E148 Safari/604.1"
)


def line(
    time: str,
    path: str = "/",
    *,
    address: str = "81.2.69.142",
    status: int = 200,
    referrer: str = "-",
    agent: str = FIREFOX,
    user: str = "-",
) -> str:
    """One line of the combined format; ``time`` like 25/Nov/2026:10:00:03, in UTC unless it says more."""
    request = path if " " in path else f"GET {path} HTTP/1.1"
    return (
        f'{address} - {user} [{time if " " in time else f"{time} +0000"}] "{request}" {status} 1234'
        f' "{referrer}" "{agent}"\n'
    )


def after(day: str, number: int = 60) -> str:
    """Lines that are past a day: enough to close it."""
    return "".join(
        line(f"{day}:{10 + at // 60:02}:{at % 60:02}:00", address=f"198.51.100.{at % 200}")
        for at in range(number)
    )


def known(text: str) -> str:
    """Of what is typed, only inverters are ours."""
    return " ".join(word if word in {"inverter", "rectifier"} else "…" for word in text.split())


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places(tmp_path / "visits")


@pytest.fixture
def log(tmp_path: Path) -> Callable[..., str]:
    def write(text: str | bytes, name: str = "access.log") -> str:
        file = tmp_path / name
        file.write_bytes(text.encode() if isinstance(text, str) else text)
        return str(file)

    return write


@pytest.fixture
def imported(places: Places) -> Callable[..., flows.Report]:
    def run(
        *files: str,
        sites: tuple[str, ...] = ("example.com",),
        now: int = NOW,
        zone: str = "Europe/Brussels",
        kind: str = "",
    ) -> flows.Report:
        return flows.run(files, places, flows.Site(zone, Origins.open(), frozenset(sites), known, now, kind))

    return run


def events(places: Places, day: str) -> list[dict[str, Any]]:
    files = [str(file) for file in places.day(day).glob("*.parquet")]
    if not files:
        return []
    with duckdb.connect() as base:
        rows = base.execute(
            f"SELECT {', '.join(TYPES)} FROM read_parquet({files!r}) ORDER BY visitor, visit, seq"
        ).fetchall()
    return [dict(zip(TYPES, row, strict=True)) for row in rows]


def days(places: Places) -> list[str]:
    return sorted(
        folder.name.removeprefix("day=")
        for folder in places.days.glob("day=*")
        if any(folder.glob("*.parquet"))
    )


def people(places: Places, day: str) -> Counter[Any]:
    """Each visitor's events, without her number."""
    found = defaultdict(list)
    for event in events(places, day):
        found[event.pop("visitor")].append(tuple(event.values()))
    return Counter(tuple(one) for one in found.values())
