"""The sums of a month: each count as an analyst would take it by hand, days of 23 and 25 hours, and months
that come to their end.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import pairwise

import pytest

from kept.visits_log.places import Places
from kept.visits_log.storing import clock_shifts, dropping, packer, rollups
from kept.visits_log.storing.tests import logs
from kept.visits_log.storing.tests.logs import DAY, NOON, event, sums, visit, written

TODAY = date(2026, 11, 21)


def minute(*at: int) -> int:
    return int(datetime(*at, tzinfo=UTC).timestamp()) // 60


def counted(places: Places, dimension: str) -> list[tuple[object, ...]]:
    return sums(
        places,
        "SELECT key, key2, visitors, visits, views, minutes, timed FROM {rollups} WHERE dimension ="
        f" '{dimension}' AND day IS NOT NULL ORDER BY ALL",
    )


def test_every_dimension_is_counted(places: Places) -> None:
    written(
        places,
        [
            event(
                DAY,
                NOON,
                1,
                1,
                1,
                "page",
                "/",
                "",
                "www.example.org",
                "news",
                "email",
                "autumn",
                "BE",
                "P",
                "Firefox",
                "Linux",
                "nl",
                "first",
            ),
            event(DAY, NOON + 2, 1, 1, 2, "page", "/a/", country="BE"),
            event(DAY, NOON + 2, 1, 1, 3, "page", "/a/", country="BE"),
            event(DAY, NOON + 5, 1, 1, 4, "download", "/a/", "a.pdf"),
            event(DAY, NOON + 6, 1, 1, 5, "exit", "/a/", "www.example.com"),
            event(DAY, NOON + 60, 1, 2, 1, "not-found", "/gone/"),
            event(DAY, NOON + 61, 1, 2, 2, "search", "/products/", "48 v"),
            event(DAY, NOON + 1, 2, 1, 1, "page", "/a/", country="FR"),
        ],
    )
    packer.pack(places, TODAY)
    assert counted(places, "total") == [("", "", 2, 3, 4, 5, 3)]
    assert counted(places, "page") == [("/", "", 1, 1, 1, 2, 1), ("/a/", "", 2, 2, 3, 3, 2)]
    assert counted(places, "way") == [("/", "/a/", 1, 1, 1, 0, 0)]
    assert [row[:4] for row in counted(places, "entry")] == [
        ("", "", 1, 1),
        ("/", "", 1, 1),
        ("/a/", "", 1, 1),
    ]
    assert [row[:4] for row in counted(places, "exit")] == [("/a/", "", 2, 2), ("/products/", "", 1, 1)]
    one = {name: counted(places, name) for name in ("download", "left", "search", "not-found")}
    assert {name: [(row[0], row[4]) for row in rows] for name, rows in one.items()} == {
        "download": [("a.pdf", 1)],
        "left": [("www.example.com", 1)],
        "search": [("48 v", 1)],
        "not-found": [("/gone/", 1)],
    }
    assert [(row[0], row[3]) for row in counted(places, "country")] == [("", 1), ("BE", 1), ("FR", 1)]
    for name, key in {
        "referrer": "www.example.org",
        "source": "news",
        "medium": "email",
        "campaign": "autumn",
        "provider": "P",
        "browser": "Firefox",
        "system": "Linux",
        "language": "nl",
        "again": "first",
    }.items():
        assert [(row[0], row[3]) for row in counted(places, name)] == [("", 2), (key, 1)]
    assert [(row[0], row[4]) for row in counted(places, "hour")] == [("13", 4)]


@pytest.mark.parametrize(
    ("day", "at", "hour"),
    [
        ("2026-03-29", (2026, 3, 28, 23, 30), "00"),
        ("2026-03-29", (2026, 3, 29, 0, 59), "01"),
        ("2026-03-29", (2026, 3, 29, 1, 0), "03"),
        ("2026-03-29", (2026, 3, 29, 21, 59), "23"),
        ("2026-10-25", (2026, 10, 24, 22, 0), "00"),
        ("2026-10-25", (2026, 10, 25, 0, 30), "02"),
        ("2026-10-25", (2026, 10, 25, 1, 30), "02"),
        ("2026-10-25", (2026, 10, 25, 22, 59), "23"),
    ],
)
def test_days_of_23_and_25_hours_have_the_hours_of_the_clock_on_the_wall(
    places: Places, day: str, at: tuple[int, ...], hour: str
) -> None:
    written(places, visit(1, "/", day=day, minute=minute(*at)))
    packer.pack(places, TODAY)
    assert [row[0] for row in counted(places, "hour")] == [hour]


def test_the_clock_s_offsets_meet_without_a_gap() -> None:
    found = clock_shifts.offsets(date(2026, 1, 1), date(2026, 12, 31))
    assert [ahead for _, _, ahead in found] == [60, 120, 60]
    assert all(one[1] == other[0] for one, other in pairwise(found))


def test_a_day_summed_up_anew_leaves_the_others(places: Places) -> None:
    written(places, [one for n in range(12) for one in visit(n, "/")])
    written(
        places, [event for n in range(15) for event in visit(n, "/", day="2026-11-19", minute=NOON - 1440)]
    )
    packer.pack(places, TODAY)
    before = sums(places, "SELECT * FROM {rollups} ORDER BY ALL")
    rollups.rollup_day(places, DAY, today=TODAY)
    assert sums(places, "SELECT * FROM {rollups} ORDER BY ALL") == before
    rollups.rollup_months(places, today=TODAY)
    assert sums(places, "SELECT * FROM {rollups} ORDER BY ALL") == before


def test_a_month_that_ends_tells_what_was_too_rare_for_a_day(places: Places) -> None:
    """Even where nobody came on its last days, and nothing was left to pack."""
    for day in range(1, 11):
        name = f"2026-11-{day:02}"
        rare = [
            event
            for n in range(12)
            for event in visit(n, f"/rare-{n % 3}/", day=name, minute=minute(2026, 11, day, 12))
        ]
        written(
            places,
            [
                *rare,
                *(
                    event
                    for n in range(20, 50)
                    for event in visit(n, "/", day=name, minute=minute(2026, 11, day, 12))
                ),
            ],
        )
    packer.pack(places, TODAY)
    asks = (
        "SELECT key, shown FROM {rollups} WHERE dimension = 'page' AND shown > 0 AND day IS NULL ORDER BY key"
    )
    assert sums(places, asks) == []
    packer.pack(places, date(2026, 12, 1))
    assert [key for key, _ in sums(places, asks)] == ["/rare-0/", "/rare-1/", "/rare-2/"]
    dropping.drop_day(places, "2026-11-01")
    assert sums(places, asks) == []
    rollups.rollup_months(places, today=date(2026, 12, 2))
    assert sums(places, asks) == []


def test_counts_are_numbers_every_engine_reads(places: Places) -> None:
    written(places, visit(1, "/"))
    packer.pack(places, date(2026, 12, 1))
    types = dict(sums(places, "SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM {rollups})"))
    assert types == {
        "day": "DATE",
        **dict.fromkeys(("dimension", "key", "key2"), "VARCHAR"),
        **dict.fromkeys(("visitors", "visits", "views", "minutes", "timed", "shown"), "BIGINT"),
    }
    assert logs.sums(places, "SELECT count(*) FROM {rollups} WHERE dimension = 'total' AND day IS NULL") == [
        (1,)
    ]
