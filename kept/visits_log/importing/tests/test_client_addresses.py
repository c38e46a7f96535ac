"""Whose line it is, in logs that put a virtual host or a proxy before the visitor; and a log that cannot tell
is questioned.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kept.visits_log.importing import flows
from kept.visits_log.importing.judging import client_addresses
from kept.visits_log.importing.tests.conftest import FIREFOX, events, line
from kept.visits_log.places import Places

Log = Callable[..., str]
Run = Callable[..., flows.Report]
TAIL = f'- - [02/Nov/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 1234 "-" "{FIREFOX}"'
QUESTION = "nearly all that was counted came from one address (30 of 30 lines)"


@pytest.mark.parametrize(
    ("said", "address"),
    [
        ("81.2.69.142", "81.2.69.142"),
        ("pc.example.org", "pc.example.org"),
        ("81.2.69.142 bob", "81.2.69.142"),
        ("www.example.com:80 81.2.69.142", "81.2.69.142"),
        ("www.example.com 2001:4860::8", "2001:4860::8"),
        ("www.example.com:443 pc.example.org", "pc.example.org"),
        ("192.0.2.1:443 203.0.113.7", "203.0.113.7"),
        ("10.0.0.5 203.0.113.7,", "203.0.113.7"),
        ("203.0.113.7, 10.0.0.5", "203.0.113.7"),
        ("81.2.69.142 10.0.0.5", "81.2.69.142"),
        ("81.2.69.142:51234", "81.2.69.142"),
        ('10.0.0.5"203.0.113.7, 10.0.0.9', "203.0.113.7"),
        ('192.0.2.1"10.1.1.1, 203.0.113.7:4711', "203.0.113.7"),
        ('10.0.0.5"192.168.1.7', "192.168.1.7"),
        ('81.2.69.142"192.168.1.7', "81.2.69.142"),
        ('81.2.69.142"unknown', "81.2.69.142"),
        ('www.example.com:80 10.0.0.5"2001:4860::8', "2001:4860::8"),
        ("", ""),
        (" ", ""),
    ],
)
def test_the_visitor_s_address_is_found(said: str, address: str) -> None:
    assert client_addresses.read(said) == address


@pytest.mark.parametrize(
    "written",
    [
        "www.example.com:80 203.0.113.{n} {tail}",
        "www.example.com 203.0.113.{n} {tail}",
        '10.0.0.5 {tail} "203.0.113.{n}"',
        '192.0.2.1 {tail} "203.0.113.{n}, 10.0.0.9"',
        "203.0.113.{n}, 10.0.0.9 {tail}",
        "10.0.0.5 203.0.113.{n} {tail}",
        "203.0.113.{n}:5{n} {tail}",
    ],
)
def test_thirty_visitors_are_thirty(places: Places, log: Log, imported: Run, written: str) -> None:
    done = imported(log("".join(written.format(n=n % 30 + 1, tail=TAIL) + "\n" for n in range(60))))
    assert (done.counted, done.refused, done.said) == (60, {}, [])
    assert len({event["visitor"] for event in events(places, "2026-11-02")}) == 30


@pytest.mark.parametrize("address", ["10.0.0.5", "10.0.0.5:5{n}"])
def test_a_log_of_one_address_is_questioned(places: Places, log: Log, imported: Run, address: str) -> None:
    name = log("".join(line("02/Nov/2026:10:00:00", address=address.format(n=n)) for n in range(30)))
    done = imported(name)
    assert (
        [sentence for sentence in done.said if sentence.startswith(f"{name}: {QUESTION}")] == done.said != []
    )
    assert "10.0.0.5" not in str(done.said)


def test_one_busy_visitor_among_others_is_no_question(places: Places, log: Log, imported: Run) -> None:
    text = line("02/Nov/2026:10:00:00") * 80 + "".join(
        line("02/Nov/2026:10:00:00", address=f"198.51.100.{n}") for n in range(20)
    )
    assert imported(log(text)).said == []
