"""The collector with its clocks in the test's hand: numbers, visits, days, and what it keeps of anybody."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kept.visits_log.collecting import state
from kept.visits_log.collecting.collector import between_batches
from kept.visits_log.collecting.log import DayLog
from kept.visits_log.collecting.numbering import Visitors
from kept.visits_log.collecting.salt import Salt
from kept.visits_log.datagrams import LARGEST, Reading, pack, unpack
from kept.visits_log.dimensions import FIELDS
from kept.visits_log.places import Places
from kept.visits_log.tests.collected import FIREFOX, Clock, at, collector, events, read


def test_an_event_has_the_fields_of_an_event_and_nothing_else(tmp_path: Path) -> None:
    it = collector(tmp_path, Clock(at(2026, 11, 25, 14, 30)))
    it.take([read("/products/", referrer="search.example", language="nl-BE", source="fair", again="first")])
    (found,) = events(tmp_path, "2026-11-25")
    assert list(found) == list(FIELDS)
    number = found.pop("visitor")
    assert 0 < number < 2**63
    assert found == {
        "day": "2026-11-25",
        "minute": int(at(2026, 11, 25, 14, 30) // 60),
        "visit": 1,
        "seq": 1,
        "kind": "page",
        "path": "/products/",
        "target": "",
        "referrer": "search.example",
        "source": "fair",
        "medium": "",
        "campaign": "",
        "country": "BE",
        "provider": "",
        "browser": "Firefox",
        "system": "Windows",
        "language": "nl",
        "again": "first",
    }
    assert it.places.log("2026-11-25", "web-1").stat().st_mode & 0o777 == 0o600


def test_visits_end_after_half_an_hour_without_a_page(tmp_path: Path) -> None:
    clock = Clock(at(2026, 11, 25, 9, 0))
    it = collector(tmp_path, clock)
    for wait in (0, 29, 29, 30, 1):
        clock.goes(wait * 60)
        it.take([read()])
    it.take([read(address="81.82.83.85")])
    found = events(tmp_path, "2026-11-25")
    assert [(event["visit"], event["seq"]) for event in found] == [
        (1, 1),
        (1, 2),
        (1, 3),
        (2, 1),
        (2, 2),
        (1, 1),
    ]
    assert len({event["visitor"] for event in found}) == 2


def test_the_next_day_knows_nobody_of_this_one(tmp_path: Path) -> None:
    clock = Clock(at(2026, 11, 25, 23, 59))
    it = collector(tmp_path, clock)
    it.take([read()])
    salt = bytes(it.salt._bytes)
    clock.goes(60)
    it.take([read()])
    (before,), (after,) = events(tmp_path, "2026-11-25"), events(tmp_path, "2026-11-26")
    assert before["visitor"] != after["visitor"] and after["visit"] == after["seq"] == 1
    assert bytes(it.salt._bytes) != salt
    assert it.state.closed == ["2026-11-25"]


@pytest.mark.parametrize(
    ("last", "first", "days"),
    [
        (at(2026, 3, 29, 0, 0), 23, ("2026-03-29", "2026-03-30")),
        (at(2026, 10, 25, 0, 0), 25, ("2026-10-25", "2026-10-26")),
        (at(2026, 11, 25, 0, 0), 24, ("2026-11-25", "2026-11-26")),
    ],
)
def test_days_of_twenty_three_and_twenty_five_hours(
    tmp_path: Path, last: float, first: int, days: tuple[str, str]
) -> None:
    clock = Clock(last)
    it = collector(tmp_path, clock)
    for _ in range(first * 2):
        it.take([read()])
        clock.goes(1800)
    it.take([read()])
    whole = events(tmp_path, days[0])
    assert len(whole) == first * 2
    assert [event["minute"] for event in whole] == [int(last // 60) + 30 * step for step in range(first * 2)]
    assert len(events(tmp_path, days[1])) == 1


def test_a_clock_that_jumps_back_writes_to_no_day_that_is_over(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    clock = Clock(at(2026, 11, 25, 23, 50))
    it = collector(tmp_path, clock)
    it.take([read()])
    clock.goes(3600)
    it.take([read()])
    over = it.places.log("2026-11-25", "web-1").read_bytes()
    clock.jumps(-7200)
    it.take([read(), read()])
    assert it.places.log("2026-11-25", "web-1").read_bytes() == over
    assert it.state.left_out["clock"] == 2 and it.days.jumps == 1
    assert "jumped by -7200 seconds" in caplog.text
    clock.jumps(7200)
    # The day it came back to was left as well, and is as closed as the other: its salt is gone.
    it.take([read()])
    assert it.state.left_out["clock"] == 3
    clock.goes(86_400)
    it.take([read()])
    assert len(events(tmp_path, "2026-11-27")) == 1


def test_a_jump_within_the_day_changes_no_visit(tmp_path: Path) -> None:
    clock = Clock(at(2026, 11, 25, 12, 0))
    it = collector(tmp_path, clock)
    for jump in (0, -3600, 600):
        clock.jumps(jump)
        it.take([read()])
    assert [(event["visit"], event["seq"]) for event in events(tmp_path, "2026-11-25")] == [
        (1, 1),
        (1, 2),
        (1, 3),
    ]
    assert it.days.jumps == 2


def test_a_restart_after_midnight_does_not_open_yesterday(tmp_path: Path) -> None:
    clock = Clock(at(2026, 11, 25, 23, 59))
    first = collector(tmp_path, clock)
    first.take([read()])
    clock.goes(120)
    first.take([read()])
    first._tell(0)
    again = collector(tmp_path, Clock(at(2026, 11, 25, 23, 0)))
    again.take([read()])
    assert again.state.left_out["clock"] == 1
    assert again.state.begun == 2 and again.state.written == 2


def test_a_packed_day_is_closed(tmp_path: Path) -> None:
    it = collector(tmp_path, Clock(at(2026, 11, 25, 12, 0)))
    packed = it.places.packed("2026-11-25", "web-1")
    packed.parent.mkdir(parents=True)
    packed.touch()
    it.take([read()])
    assert not it.places.log("2026-11-25", "web-1").exists() and it.state.left_out["clock"] == 1


def test_memory_is_bounded_and_no_event_gets_another_s_place() -> None:
    visitors = Visitors(Salt(), most=100)
    places = [visitors.place(f"10.0.{n // 256}.{n % 256}", FIREFOX, 1, "") for n in range(1000)] + [
        visitors.place("10.0.0.0", FIREFOX, 1, "")
    ]
    assert len(visitors) <= 100 and visitors.renewed == 10
    assert len({(place.visitor, place.visit, place.seq) for place in places}) == len(places)


def test_what_the_cookie_told_first_holds_all_day(tmp_path: Path) -> None:
    it = collector(tmp_path, Clock(at(2026, 11, 25, 12, 0)))
    it.take([read(again="first"), read(again="again"), read(again="")])
    assert [event["again"] for event in events(tmp_path, "2026-11-25")] == ["first"] * 3


def test_a_destroyed_salt_makes_no_number_again() -> None:
    salt = Salt()
    before = salt.number("81.82.83.84", FIREFOX)
    assert salt.number("81.82.83.84", FIREFOX) == before
    salt.destroy()
    assert bytes(salt._bytes) == bytes(32)
    assert salt.number("81.82.83.84", FIREFOX) != before
    assert Salt().number("81.82.83.84", FIREFOX) != Salt().number("81.82.83.84", FIREFOX)


def test_programs_and_garbage_are_counted_and_left_out(tmp_path: Path) -> None:
    it = collector(tmp_path, Clock(at(2026, 11, 25, 12, 0)))
    it.take(
        [
            read(agent="curl/8"),
            read(agent=""),
            b"",
            b"\xff" * 65_536,
            b"{}",
            b"[" * LARGEST,
            b"null",
            read().replace(b'"page"', b'"mail"'),
            read(missed=7),
        ]
    )
    assert len(events(tmp_path, "2026-11-25")) == 1
    assert it.state.left_out == {"program": 2, "malformed": 6, "missed": 7}
    assert it.state.received == 9


@given(
    st.binary(max_size=400)
    | st.recursive(st.none() | st.text() | st.integers(), st.lists).map(lambda it: json.dumps(it).encode())
)
def test_whatever_arrives_is_a_reading_or_a_value_error(datagram: bytes) -> None:
    try:
        unpack(datagram)
    except ValueError:
        return
    raise AssertionError("That was no reading.")


@given(st.builds(Reading, st.sampled_from(["page", "exit"]), *[st.text(max_size=900)] * 4))
def test_every_reading_fits_and_comes_back(reading: Reading) -> None:
    datagram = pack(reading)
    assert len(datagram) <= LARGEST
    assert unpack(datagram).kind == reading.kind


@pytest.mark.parametrize("half", [b'{"day":"2026', b"\0" * 5000, b"x" * 200_000])
def test_half_a_line_is_taken_away_and_never_a_whole_one(tmp_path: Path, half: bytes) -> None:
    places = Places(tmp_path)
    places.logs.mkdir()
    places.log("2026-11-25", "web-1").write_bytes(b'{"whole":1}\n' + half)
    log = DayLog(places, "web-1")
    assert log.append("2026-11-25", [b'{"next":1}\n'])
    assert places.log("2026-11-25", "web-1").read_bytes() == b'{"whole":1}\n{"next":1}\n'
    assert log.repaired == 1


def test_a_file_that_was_taken_away_is_begun_anew(tmp_path: Path) -> None:
    it = collector(tmp_path, Clock(at(2026, 11, 25, 12, 0)))
    it.take([read()])
    it.places.log("2026-11-25", "web-1").unlink()
    it.take([read()])
    assert len(events(tmp_path, "2026-11-25")) == 1


def test_a_write_that_is_cut_short_leaves_no_trace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    it = collector(tmp_path, Clock(at(2026, 11, 25, 12, 0)))
    it.take([read()])
    before = it.places.log("2026-11-25", "web-1").read_bytes()
    real = os.write
    monkeypatch.setattr(os, "write", lambda file, data: real(file, data[: len(data) // 2]))
    it.take([read(), read()])
    assert it.places.log("2026-11-25", "web-1").read_bytes() == before
    assert it.state.left_out["disk"] == 2 and "cannot be written" in caplog.text
    monkeypatch.undo()
    it.take([read()])
    assert len(events(tmp_path, "2026-11-25")) == 2


@pytest.mark.parametrize(
    ("kept", "nap"), [("10\n", 0.004), ("512\n", 0.04), ("50", 0.02), ("x", 0.004), ("0", 0.004)]
)
def test_it_dozes_no_longer_than_the_queue_lasts(tmp_path: Path, kept: str, nap: float) -> None:
    (tmp_path / "queue").write_text(kept)
    assert between_batches(tmp_path / "queue") == pytest.approx(nap)
    assert between_batches(tmp_path / "none") == pytest.approx(0.004)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"source": 1}', "null"])
def test_a_broken_state_is_no_state(tmp_path: Path, text: str) -> None:
    (tmp_path / state.NAME).write_text(text)
    assert state.read(tmp_path) is None
    assert collector(tmp_path, Clock(at(2026, 11, 25, 12, 0))).state.begun == 1
