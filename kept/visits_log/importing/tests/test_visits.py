"""What becomes of a log: which lines are counted, on which day, in which visit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest

from kept.visits_log.importing import cleaning, flows
from kept.visits_log.importing.judging import line_classes, targets, timestamps
from kept.visits_log.importing.tests.conftest import SAFARI, after, days, events, line
from kept.visits_log.places import Places

Log = Callable[..., str]
Run = Callable[..., flows.Report]


def test_a_page_is_an_event_that_names_nobody(places: Places, log: Log, imported: Run) -> None:
    text = line(
        "02/Nov/2026:10:00:03",
        "/products/?utm_source=Mail",
        referrer="https://forum.example.org/thread/7?name=alice",
        user="alice",
    )
    done = imported(log(text))
    (event,) = events(places, "2026-11-02")
    assert (done.lines, done.counted, done.refused, done.days) == (1, 1, Counter(), {"2026-11-02"})
    assert event == {
        "minute": timestamps.minute_of("02/Nov/2026:10:00+0000"),
        "visitor": 1,
        "visit": 1,
        "seq": 1,
        "kind": "page",
        "path": "/products/",
        "target": "",
        "referrer": "forum.example.org",
        "source": "mail",
        "medium": "",
        "campaign": "",
        "country": "GB",
        "provider": "",
        "browser": "Firefox",
        "system": "Linux",
        "language": "",
        "again": "",
    }


def test_a_visit_ends_after_thirty_minutes_and_keeps_the_order_of_the_log(
    places: Places, log: Log, imported: Run
) -> None:
    times = ["10:00:50", "10:00:10", "10:29:59", "10:59:00", "11:28:59"]
    imported(log("".join(line(f"02/Nov/2026:{time}", f"/{number}") for number, time in enumerate(times))))
    assert [(event["path"], event["visit"], event["seq"]) for event in events(places, "2026-11-02")] == [
        ("/0", 1, 1),
        ("/1", 1, 2),
        ("/2", 1, 3),
        ("/3", 2, 1),
        ("/4", 2, 2),
    ]


def test_another_address_or_another_browser_is_another_visitor_and_so_is_another_day(
    places: Places, log: Log, imported: Run
) -> None:
    imported(
        log(
            line("02/Nov/2026:10:00:00")
            + line("02/Nov/2026:10:01:00", agent=SAFARI)
            + line("02/Nov/2026:10:02:00", address="2001:4860::8")
            + line("02/Nov/2026:10:03:00", agent=SAFARI)
            + line("03/Nov/2026:10:00:00")
        )
    )
    assert sorted(Counter(event["visitor"] for event in events(places, "2026-11-02")).values()) == [1, 1, 2]
    assert len(events(places, "2026-11-03")) == 1


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("GET /static/site.css HTTP/1.1", targets.ASSET),
        ("GET /account/login/?next=/me/ HTTP/1.1", targets.CLOSED),
        ("GET /fr/mon-compte/ HTTP/1.1", targets.CLOSED),
        ("GET /wp-login.php HTTP/1.1", targets.CLOSED),
        ("GET /api/units HTTP/1.1", targets.CLOSED),
        ("GET /desk/ HTTP/1.1", targets.CLOSED),
        ("GET /%6de/timeline/ HTTP/1.1", targets.CLOSED),
        ("GET /.env HTTP/1.1", targets.NO_PAGE),
        ("POST /contact/ HTTP/1.1", targets.METHOD),
        ("HEAD / HTTP/1.1", targets.METHOD),
        (r"\x16\x03\x01 x", targets.BROKEN),
    ],
)
def test_what_is_no_page_is_refused_with_the_reason(
    places: Places, log: Log, imported: Run, text: str, reason: str
) -> None:
    done = imported(log(line("02/Nov/2026:10:00:00", text)))
    assert (done.refused, days(places)) == (Counter({reason: 1}), [])


def test_robots_redirects_and_wrong_times_are_refused_with_the_reason(
    places: Places, log: Log, imported: Run
) -> None:
    text = (
        line(
            "02/Nov/2026:10:00:00",
            agent="Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        )
        + line("02/Nov/2026:10:00:00", agent="-")
        + line("02/Nov/2026:10:00:00", status=302)
        + line("25/Nov/2026:13:01:00")
        + line("31/Nov/2026:10:00:00")
        + "no line at all\n\n"
        + 'a - - [02/Nov/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 1 "-\n'
    )
    done = imported(
        log(
            text.encode()
            + b"\xff\xfe broken\n"
            + b"x" * 1_000_000
            + b"\n"
            + b"\0\1\2\n"
            + line("25/Nov/2026:12:59:00").encode()
        )
    )
    assert done.refused == {
        line_classes.BOT: 2,
        line_classes.STATUS: 1,
        line_classes.FUTURE: 1,
        cleaning.BROKEN: 6,
        cleaning.TOO_LONG: 1,
    }
    assert (done.lines, done.counted) == (12, 1)


def test_downloads_searches_and_what_was_not_found(places: Places, log: Log, imported: Run) -> None:
    text = (
        line("02/Nov/2026:10:00:00", "/files/manual.pdf")
        + line("02/Nov/2026:10:01:00", "/products/?q=Inverter+alice%40example.com+0471123456")
        + line("02/Nov/2026:10:02:00", "/missing/Alice/", status=404)
        + line("02/Nov/2026:10:03:00", "/pictures/x.png", status=404)
    )
    done = imported(log(text))
    assert [(event["kind"], event["path"], event["target"]) for event in events(places, "2026-11-02")] == [
        ("download", "/files/manual.pdf", "/files/manual.pdf"),
        ("search", "/products/", "inverter … …"),
        ("not-found", "/…", ""),
    ]
    assert done.refused == {targets.ASSET: 1}


@pytest.mark.parametrize(("many", "kept"), [(9, "… …"), (10, "alice peeters")])
def test_typed_words_stay_where_ten_visitors_of_a_day_typed_them(
    places: Places, log: Log, imported: Run, many: int, kept: str
) -> None:
    imported(
        log(
            "".join(
                line("02/Nov/2026:10:00:00", "/products/?q=Alice+Peeters", address=f"198.51.100.{at}")
                for at in range(many)
            )
        )
    )
    assert {event["target"] for event in events(places, "2026-11-02")} == {kept}


def test_the_site_s_own_links_are_no_referrers_and_it_is_known_by_being_the_commonest(
    places: Places, log: Log, imported: Run
) -> None:
    text = line("02/Nov/2026:10:00:00", referrer="https://www.example.net/a") * 3 + line(
        "02/Nov/2026:10:00:00", referrer="https://forum.example.org/"
    )
    done = imported(log(text), sites=())
    assert Counter(event["referrer"] for event in events(places, "2026-11-02")) == {
        "": 3,
        "forum.example.org": 1,
    }
    assert done.sites == ["example.net"]


@pytest.mark.parametrize("month", ["Nov", "nov.", "novembre", "NOVEMBER", "ноя"])
def test_months_of_other_languages(places: Places, log: Log, imported: Run, month: str) -> None:
    imported(log(line(f"02/{month}/2026:10:00:00")))
    assert days(places) == ["2026-11-02"]


def test_days_of_25_and_of_23_hours_begin_and_end_where_the_site_s_do(
    places: Places, log: Log, imported: Run
) -> None:
    hours = [
        f"{day}:{hour:02}:00:00 +0000"
        for day in (
            "24/Oct/2026",
            "25/Oct/2026",
            "26/Oct/2026",
            "27/Mar/2026",
            "28/Mar/2026",
            "29/Mar/2026",
            "30/Mar/2026",
        )
        for hour in range(24)
    ]
    imported(log("".join(map(line, sorted(hours, key=lambda text: "Oct" in text)))))
    assert [len(events(places, day)) for day in ("2026-10-25", "2026-03-29", "2026-10-24")] == [25, 23, 22]


def test_zones_in_the_log_are_read(places: Places, log: Log, imported: Run) -> None:
    imported(log(line("02/Nov/2026:23:30:00 -0500") + line("03/Nov/2026:00:30:00 +0530")))
    assert days(places) == ["2026-11-02", "2026-11-03"]


def test_lines_out_of_order_are_taken_even_when_the_log_is_an_hour_past_the_day(
    places: Places, log: Log, imported: Run
) -> None:
    before = line("02/Nov/2026:10:00:00", "/early")
    late = line("02/Nov/2026:11:00:00", "/late")
    near = "".join(line(f"02/Nov/2026:23:{at % 60:02}:00", address=f"198.51.100.{at}") for at in range(60))
    done = imported(log(before + near + late + after("03/Nov/2026", 50) + late + after("03/Nov/2026", 2)))
    assert done.refused == {}
    assert sum(event["path"] == "/late" for event in events(places, "2026-11-02")) == 2


def test_one_line_with_a_wrong_clock_closes_nothing(places: Places, log: Log, imported: Run) -> None:
    done = imported(
        log(line("20/Nov/2026:10:00:00") + "".join(line(f"02/Nov/2026:10:{at:02}:00") for at in range(60)))
    )
    assert (done.counted, done.refused) == (61, {})
