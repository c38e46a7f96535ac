"""What is fast comes to the same as what is plain, on any log, wherever it is cut into pieces."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kept.portal.regions.origins import Origins
from kept.visits_log.importing import days as days_module
from kept.visits_log.importing import flows, reading
from kept.visits_log.importing.tests import reference
from kept.visits_log.importing.tests.conftest import FIREFOX, NOW, SAFARI, days, known, people
from kept.visits_log.places import Places

ENOUGH = 3
START = datetime(2026, 10, 23, 20, tzinfo=UTC)
STEPS = st.sampled_from([0, 0, 1, 29, 30, 31, 31, 59, 60, 61, 240, 700, -1, -45, -700])
"""Minutes from one line to the next. The clock goes back on the way, on the night of the 25th."""
PLAIN = [
    "GET / HTTP/1.1",
    "GET /products/ HTTP/1.1",
    "GET /products/?q=inverter HTTP/2.0",
    "GET /products/?q=Alice+Peeters HTTP/1.1",
    "GET /files/x.pdf HTTP/1.1",
]
ODD = [
    "GET /a.css HTTP/1.1",
    "GET /a.css?v=1 HTTP/1.1",
    "GET /a.css?HTTP/1.1",
    "GET /%61.css HTTP/1.1",
    "GET /me/ HTTP/1.1",
    "POST / HTTP/1.1",
    "GET /a.js HTTP/1.1",
    "GET /news/?utm_source=Mail&utm_campaign=a%40b.c HTTP/1.1",
    r"GET /a\"b HTTP/1.1",
    r"GET /a\\",
    r"\x16\x03",
    "",
    "GET",
    "GET //x HTTP/1.1",
    "GET http://example.com/x?q=1 HTTP/1.1",
    "GET /ünï HTTP/1.1",
    "GET /x y HTTP/1.1",
    'GET /"q HTTP/1.1',
    "get / HTTP/1.1",
    "GET /missing/Alice HTTP/1.1",
]


def mostly(usual: list[str], odd: list[str]) -> st.SearchStrategy[str]:
    """One in five is odd."""
    return st.one_of(*[st.sampled_from(usual)] * 4, st.sampled_from(odd))


STAMPS = mostly(
    ["%d/%b/%Y:%H:%M:%S +0000"],
    [
        "%d/%b/%Y:%H:%M:%S -0930",
        "%d/okt./%Y:%H:%M:%S +0000",
        "%d/%b/%Y:%H:%M:%S +1",
        "%d/%b/2027:%H:%M:61 +0000",
        "%H",
        "%d/Foo/%Y:%H:%M:%S +0000",
    ],
)
LINES = st.tuples(
    STEPS,
    STAMPS,
    mostly(["81.2.69.142"], ["2a02:a03f:1::7", "198.51.100.7", "-", "host.example.org", ""]),
    mostly(["-"], ["Alice", "a b", "a[b", "a]"]),
    mostly(PLAIN, ODD),
    mostly(["200", "304"], ["404", "404", "500", "2000", "x"]),
    mostly(
        ["-", "https://forum.example.org/x"],
        ["", "https://www.example.com/a", "https://1.2.3.4/", "://", "a://b", "x//y/z"],
    ),
    mostly([FIREFOX, SAFARI], ["-", "", "Googlebot/2.1", r"a\"b Firefox/3", "curl/8"]),
    mostly([""], [' "10.0.0.1"', ' "', ' "" ""', " x", "\r"]),
)
GARBAGE = st.one_of(
    st.binary(max_size=60).map(lambda some: some.replace(b"\n", b" ")),
    st.sampled_from([b"", b'"' * 6, b'"' * 8, b"x" * 70_000, b"\xff\xfe"]),
)


def written(rows: list[tuple[str, ...] | bytes]) -> bytes:
    at, lines = START, []
    for row in rows:
        if isinstance(row, bytes):
            lines.append(row)
            continue
        step, stamp, address, user, *rest = row
        at += timedelta(minutes=int(step))
        lines.append(
            '{} - {} [{}] "{}" {} 12 "{}" "{}"{}'.format(address, user, at.strftime(stamp), *rest).encode()
        )
    return b"\n".join(lines)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    rows=st.lists(st.one_of(*[LINES] * 8, GARBAGE), min_size=1, max_size=80),
    ends=st.sampled_from([b"", b"\n"]),
    piece=st.sampled_from([900, 1 << 20]),
    most=st.sampled_from([3, 300_000]),
)
def test_any_log_comes_to_the_same(
    monkeypatch: Any, rows: list[Any], ends: bytes, piece: int, most: int
) -> None:
    monkeypatch.setattr(reading, "PIECE", piece)
    monkeypatch.setattr(flows, "ENOUGH", ENOUGH)
    monkeypatch.setattr(days_module, "MOST_ROWS", most)
    data = written(rows) + ends
    origins = Origins.open()
    with tempfile.TemporaryDirectory() as place:
        places, log = Places(Path(place) / "visits"), Path(place) / "access.log"
        log.write_bytes(data)
        done = flows.run(
            [str(log)], places, flows.Site("Europe/Brussels", origins, frozenset({"example.com"}), known, NOW)
        )
        plain = reference.read(
            data,
            zone="Europe/Brussels",
            now=NOW,
            known=known,
            country=origins.country,
            sites=frozenset({"example.com"}),
        )
        assert done.refused == plain.refused
        assert (done.lines, done.counted) == (plain.lines, plain.lines - plain.refused.total())
        assert {day: people(places, day) for day in days(places)} == dict(plain.people)
