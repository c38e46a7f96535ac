"""A site's traffic that nobody caused: for the demo company, the benches and the cluster.

The same seed gives the same events.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from kept.environment import TIME_ZONE
from kept.visits_log.dimensions import TYPES
from kept.visits_log.places import Places
from kept.visits_log.storing.duckdb_library import duckdb
from kept.visits_log.storing.engine import opened, quoted
from kept.visits_log.storing.examples import invented_world as world
from kept.visits_log.storing.files import alone
from kept.visits_log.storing.parquet_days import PARQUET
from kept.visits_log.storing.rollups import rollup_months
from kept.visits_log.storing.sql import statement

SLOTS = 2000
"""Every choice is a draw from so many slots, shared out by weight."""
SOURCE = "invented"
AT_ONCE = 400_000
"""Events that are drawn together."""
ZONE = ZoneInfo(TIME_ZONE)
LONGEST = max(world.LENGTHS)
EACH = sum(length * weight for length, weight in world.LENGTHS.items()) / sum(world.LENGTHS.values()) * 1.03
"""Events of a visit, on average."""


def invent(
    places: Places,
    since: date,
    until: date,
    events: int,
    seed: int,
    *,
    paths: Mapping[str, float] | None = None,
    today: date | None = None,
) -> int:
    """Packed days from ``since`` to ``until`` with about ``events`` events in all, summed up; how many they
    became.

    ``paths`` are the site's pages and how often each is read beside the others; those of a shop of power
    systems when left out. ``today`` is the day on which the months are summed up: those before it are over.
    """
    pages = dict(paths or world.PATHS)
    done = 0
    with alone(places), opened(places, memory="1GB") as connection:
        _draws(connection, pages)
        for days in _batches(_days(since, until, events, seed)):
            done += _write(connection, places, days, seed)
    rollup_months(
        places,
        sorted({(since + timedelta(days=n)).isoformat()[:7] for n in range((until - since).days + 1)}),
        today=today,
    )
    return done


def _days(since: date, until: date, events: int, seed: int) -> Iterator[tuple[str, int, int]]:
    """(day, its first minute, visits): weekdays, the season, a little growth and some luck."""
    luck = Random(seed)  # noqa: S311 - a story, not a secret
    days = [since + timedelta(days=n) for n in range((until - since).days + 1)]
    weights = [
        world.WEEK[day.weekday()]
        * world.YEAR[day.month - 1]
        * (1 + 0.3 * place / max(len(days), 1))
        * luck.uniform(0.88, 1.12)
        for place, day in enumerate(days)
    ]
    for day, weight in zip(days, weights, strict=True):
        midnight = datetime(day.year, day.month, day.day, tzinfo=ZONE).astimezone(UTC)
        yield (
            day.isoformat(),
            int(midnight.timestamp()) // 60,
            max(1, round(events * weight / sum(weights) / EACH)),
        )


def _batches(days: Iterable[tuple[str, int, int]]) -> Iterator[list[tuple[str, int, int]]]:
    """Days together, as long as their events fit into memory: to begin costs more than a quiet month."""
    batch: list[tuple[str, int, int]] = []
    for one in days:
        if batch and EACH * (sum(visits for _, _, visits in batch) + one[2]) > AT_ONCE:
            yield batch
            batch = []
        batch.append(one)
    yield batch


def _write(
    connection: duckdb.DuckDBPyConnection, places: Places, days: list[tuple[str, int, int]], seed: int
) -> int:
    """Nobody stands behind a number here, so the days of a batch are written in one go: shuffled, and not
    numbered anew.
    """
    connection.execute("CREATE OR REPLACE TEMP TABLE planned (day VARCHAR, midnight BIGINT, visits BIGINT)")
    connection.executemany("INSERT INTO planned VALUES (?, ?, ?)", days)
    connection.execute(f"SET VARIABLE seed = {seed}")
    for part in statement("storing/invented_visits.sql").split(";\n"):
        connection.execute(part)
    step = statement("storing/invented_step.sql")
    for seq in range(1, LONGEST):
        connection.execute(step, {"seq": seq})
    with TemporaryDirectory(prefix=".invented-", dir=places.root) as halves:
        drawn = {name for name, *_ in connection.execute("DESCRIBE steps").fetchall()}
        # What nobody has drawn yet, nobody has told.
        columns = ", ".join(("day", *(name if name in drawn else f"'' AS {name}" for name in TYPES)))
        connection.execute(
            f"COPY (SELECT {columns} FROM steps ORDER BY day, random()) TO {quoted(halves)} ({PARQUET},"
            " PARTITION_BY (day), OVERWRITE_OR_IGNORE)"
        )
        for half in sorted(Path(halves).glob("day=*/*.parquet")):
            # Of a very long day there may be a second file.
            number = half.stem.removeprefix("data_")
            target = places.packed(
                half.parent.name.removeprefix("day="), SOURCE if number == "0" else f"{SOURCE}-{number}"
            )
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            half.rename(target)
    counted = connection.execute("SELECT count(*) FROM steps").fetchone()
    return int(counted[0]) if counted else 0


def _draws(connection: duckdb.DuckDBPyConnection, pages: dict[str, float]) -> None:
    """The lists that everything is drawn from, as variables of the connection, and where each page leads."""
    doors = {
        path: weight * (3 if path == "/" else 1.5 if path.count("/") > 2 else 0.5)
        for path, weight in pages.items()
    }
    drawn: dict[str, Mapping[str, float] | Mapping[int, float]] = {
        "paths": pages,
        "doors": doors,
        "countries": world.COUNTRIES,
        "machines": world.MACHINES,
        "referrers": world.REFERRERS,
        "campaigns": world.CAMPAIGNS,
        "searches": world.SEARCHES,
        "files": world.FILES,
        "gone": world.GONE,
        "leaves": world.LEAVES,
        "again": world.AGAIN,
        "lengths": world.LENGTHS,
        "gaps": world.GAPS,
        "hours": dict(enumerate(world.HOURS)),
    }
    for name, weights in drawn.items():
        connection.execute(f"SET VARIABLE {name} = $slots", {"slots": _slots(weights)})
    connection.execute("CREATE TEMP TABLE lands (country VARCHAR, languages VARCHAR[], providers VARCHAR[])")
    for country in world.COUNTRIES:
        languages, providers = world.LANGUAGES.get(country, {"en": 1}), world.PROVIDERS.get(country, {"": 1})
        connection.execute(
            "INSERT INTO lands VALUES (?, ?, ?)", [country, _slots(languages), _slots(providers)]
        )
    connection.execute("CREATE TEMP TABLE links (path VARCHAR, nexts VARCHAR[])")
    connection.executemany(
        "INSERT INTO links VALUES (?, ?)", [[path, _slots(_nexts(path, pages), 200)] for path in pages]
    )


def _nexts(path: str, pages: dict[str, float]) -> dict[str, float]:
    """Where one goes from a page: down, up, beside it, and home."""
    up = path.rstrip("/").rpartition("/")[0] + "/"
    near = {
        other: weight for other, weight in pages.items() if other != path and other.startswith((path, up))
    }
    return near or {other: weight for other, weight in pages.items() if other != path} or pages


def _slots(weights: Mapping[str, float] | Mapping[int, float], many: int = SLOTS) -> list[str] | list[int]:
    """Each as often as its weight says; whatever has any weight has one."""
    whole = sum(weights.values())
    return [one for one, weight in weights.items() for _ in range(max(1, round(weight / whole * many)))]  # type: ignore[return-value]
