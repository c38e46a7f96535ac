"""Logs of finished days become packed days: nothing twice, nothing by halves, and broken lines are
counted.
"""

from __future__ import annotations

import subprocess
import sys
from datetime import date

import duckdb
import pytest

from kept.visits_log.dimensions import TYPES
from kept.visits_log.places import Places
from kept.visits_log.storing import files, packer, parquet_days
from kept.visits_log.storing.tests import logs
from kept.visits_log.storing.tests.logs import DAY, visit, written

TODAY = date(2026, 11, 21)
# A process that dies after so many of the acts that may not be done by halves.
DIES = """
import os, sys
from datetime import date
from pathlib import Path
from kept.visits_log.places import Places
from kept.visits_log.storing import files, packer
left = [int(sys.argv[2])]
def step(name):
    left[0] -= 1
    if not left[0]:
        os._exit(9)
files.step = packer.step = step
packer.pack(Places(Path(sys.argv[1])), date(2026, 11, 21))
"""


def all_of(places: Places) -> list[tuple[object, ...]]:
    return logs.packed(places, "SELECT minute, visit, seq, kind, path, country FROM {days} ORDER BY ALL")


def test_a_finished_day_is_packed_and_its_log_goes(places: Places) -> None:
    written(places, [event for n in range(30) for event in visit(n * 7_919, "/", "/products/", country="BE")])
    done = packer.pack(places, TODAY)
    assert (done.days, done.events, done.broken, done.waiting) == ([DAY], 60, 0, [])
    assert list(places.logs.iterdir()) == []
    assert logs.packed(
        places, "SELECT count(*), count(DISTINCT visitor), min(visitor), max(visitor) FROM {days}"
    ) == [(60, 30, 1, 30)]
    assert logs.sums(
        places, "SELECT visitors, visits, views, shown FROM {rollups} WHERE dimension = 'total'"
    ) == [(30, 30, 60, 30)]


def test_columns_are_those_of_the_contract(places: Places) -> None:
    written(places, visit(1, "/"))
    packer.pack(places, TODAY)
    with duckdb.connect() as connection:
        found = connection.execute(
            f"DESCRIBE SELECT * FROM read_parquet('{places.packed(DAY, 'web-1')}', hive_partitioning = false)"
        ).fetchall()
    assert {row[0]: row[1] for row in found} == TYPES
    assert [row[0] for row in found] == list(TYPES)


def test_today_s_log_stays(places: Places) -> None:
    written(places, visit(1, "/"))
    done = packer.pack(places, date(2026, 11, 20))
    assert done.days == []
    assert places.log(DAY, "web-1").exists()
    assert not places.days.exists()


def test_neither_order_nor_number_is_kept(places: Places) -> None:
    written(places, [event for n in range(200) for event in visit(1_000_000 + n, "/", minute=logs.NOON + n)])
    packer.pack(places, TODAY)
    stored = logs.packed(places, "SELECT minute, visitor FROM {days}")
    minutes, visitors = [row[0] for row in stored], [row[1] for row in sorted(stored)]
    assert minutes != sorted(minutes)
    assert visitors != sorted(visitors)
    assert sorted(visitors) == list(range(1, 201))


def test_broken_lines_are_left_aside_and_counted(places: Places) -> None:
    good = visit(1, "/é")
    broken = [
        b'{"day":"2026-11-20","min\n',
        b"\xff\xfe\x00\n",
        b"\n",
        b"[]\n",
        b"7\n",
        b'{"day":"2026-11-20"}\n',
        b"x" * 3_000_000 + b"\n",
        b'{"day":"2026-11-19","minute":29750400,"visitor":1,"visit":1,"seq":1,"kind":"page","path":"/"}\n',
        b'{"day":"2026-11-20","minute":"soon","visitor":1,"visit":1,"seq":1,"kind":"page","path":"/"}\n',
        b'{"day":"2026-11-20","minute":1,"visitor":1,"visit":1,"seq":1,"kind":"page","path":"/"}\n',
        b'{"day":"2026-11-20","minute":29753280,"visitor":1,"visit":1,"seq":1,"kind":"person","path":"/"}\n',
    ]
    written(places, good, tail=b"".join(broken) + b'{"day":"2026-11')
    done = packer.pack(places, TODAY)
    assert (done.events, done.broken) == (1, len(broken) + 1)
    assert logs.packed(places, "SELECT path FROM {days}") == [("/é",)]


def test_a_log_of_broken_lines_alone_packs_nothing(places: Places) -> None:
    written(places, [], tail=b"nothing\nof it\n")
    done = packer.pack(places, TODAY)
    assert (done.events, done.broken) == (0, 2)
    assert list(places.logs.iterdir()) == []
    assert list(places.days.glob("*/*.parquet")) == []


def test_two_sources_of_a_day_share_no_visitor(places: Places) -> None:
    written(places, visit(1, "/"), source="web-1")
    written(places, visit(1, "/"), source="web-2")
    packer.pack(places, TODAY)
    assert logs.packed(places, "SELECT count(*), count(DISTINCT visitor) FROM {days}") == [(2, 2)]
    assert logs.sums(places, "SELECT visitors, visits FROM {rollups} WHERE dimension = 'total'") == [(2, 2)]


def test_a_second_log_of_a_day_is_added(places: Places) -> None:
    written(places, visit(1, "/"))
    packer.pack(places, TODAY)
    written(places, visit(1, "/late/"))
    assert packer.pack(places, TODAY).events == 1
    assert logs.packed(places, "SELECT path, count(*) FROM {days} GROUP BY path ORDER BY path") == [
        ("/", 1),
        ("/late/", 1),
    ]
    assert logs.sums(places, "SELECT visitors, views FROM {rollups} WHERE dimension = 'total'") == [(2, 2)]


@pytest.mark.parametrize("acts", range(1, 13))
def test_killed_anywhere_and_run_again_nothing_is_double_or_half(places: Places, acts: int) -> None:
    written(places, [event for n in range(12) for event in visit(n, "/", "/products/")], source="web-1")
    written(
        places,
        [event for n in range(15) for event in visit(n, "/", day="2026-11-19", minute=logs.NOON - 1440)],
        source="web-2",
    )
    run = subprocess.run([sys.executable, "-c", DIES, str(places.root), str(acts)], check=False)
    assert run.returncode == (9 if acts <= 12 else 0)
    for file in places.days.glob("*/*.parquet"):
        with duckdb.connect() as connection:
            assert connection.execute(f"SELECT count(*) FROM read_parquet('{file}')").fetchone() in [
                (24,),
                (15,),
            ]
    packer.pack(places, TODAY)
    packer.pack(places, TODAY)
    assert len(all_of(places)) == 39
    total = logs.sums(
        places, "SELECT sum(visitors), sum(visits), sum(views) FROM {rollups} WHERE dimension = 'total'"
    )
    assert total == [(27, 27, 39)]
    assert list(places.logs.iterdir()) == []
    assert [
        found
        for found in places.root.rglob("*")
        if found.name.startswith((".spill", ".gone")) or found.name.endswith(".half")
    ] == []


def test_a_log_that_still_grows_waits(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    written(places, visit(1, "/"))

    def grows(name: str) -> None:
        if (
            name == "written"
            and not places.day(DAY).joinpath("web-1.parquet").exists()
            and places.log(DAY, "web-1").stat().st_size < 400
        ):
            written(places, visit(2, "/more/"))

    monkeypatch.setattr(files, "step", grows)
    assert packer.pack(places, TODAY).waiting == [f"{DAY}.web-1.log"]
    assert list(places.days.glob("*/*.parquet")) == []
    monkeypatch.undo()
    assert packer.pack(places, TODAY).events == 2


@pytest.mark.parametrize(
    ("day", "source"),
    [("2026-11-20", "../x"), ("2026-11-20", ""), ("yesterday", "web-1"), ("2026-11-20", "Web")],
)
def test_a_name_that_is_none_is_refused(places: Places, day: str, source: str) -> None:
    with duckdb.connect() as connection, pytest.raises(ValueError, match="names no day"):
        parquet_days.write_day(connection, "(SELECT 1)", places, day, source)
