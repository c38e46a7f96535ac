"""What is fast comes to the same as what is plain, on any log, wherever it is cut into pieces."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kept.portal.regions.origins import Origins
from kept.touchpoints.visits.importing import days as days_module
from kept.touchpoints.visits.importing import flows, reading
from kept.touchpoints.visits.importing.tests import reference
from kept.touchpoints.visits.importing.tests.conftest import FIREFOX, NOW, SAFARI, days, known, people
from kept.touchpoints.visits.places import Places

ENOUGH = 4
ADDRESSES = st.sampled_from(["81.2.69.142", "2a02:a03f:1::7", "198.51.100.7", "-", "host.example.org"])
TIMES = st.builds(
    "{:02}/{}/2026:{:02}:{:02}:{:02} {}".format,
    st.integers(22, 27),
    st.sampled_from(["Oct", "okt.", "Nov", "No"]),
    st.integers(0, 24),
    st.integers(0, 60),
    st.integers(0, 61),
    st.sampled_from(["+0000", "+0000", "+0100", "-0930", "+1", "+9999"]),
)
REQUESTS = st.sampled_from(
    [
        "GET / HTTP/1.1", "GET /products/ HTTP/1.1", "GET /products/?q=inverter HTTP/2.0", "GET /products/?q=Alice+Peeters HTTP/1.1", "GET /a.css HTTP/1.1",
        "GET /a.css?v=1 HTTP/1.1", "GET /a.css?HTTP/1.1", "GET /%61.css HTTP/1.1", "GET /me/ HTTP/1.1", "GET /files/x.pdf HTTP/1.1", "POST / HTTP/1.1",
        "GET /news/?utm_source=Mail&utm_campaign=a%40b.c HTTP/1.1", r"GET /a\"b HTTP/1.1", r"GET /a\\", r"\x16\x03", "", "GET", "GET //x HTTP/1.1",
        "GET http://example.com/x?q=1 HTTP/1.1", "GET /ünï HTTP/1.1", "GET /x y HTTP/1.1", 'GET /"q HTTP/1.1', "get / HTTP/1.1", "GET /missing/Alice HTTP/1.1",
    ]
)  # fmt: skip
REFERRERS = st.sampled_from(["-", "", "https://www.example.com/a", "https://forum.example.org/x", "https://1.2.3.4/", "://", "a://b", "x//y/z"])
AGENTS = st.sampled_from([FIREFOX, SAFARI, "-", "", "Googlebot/2.1", 'a\\"b Firefox/3', "curl/8"])
WELL_FORMED = st.builds(
    '{} - {} [{}] "{}" {} 12 "{}" "{}"{}'.format,
    ADDRESSES, st.sampled_from(["-", "Alice", "a b", "a[b"]), TIMES, REQUESTS, st.sampled_from(["200", "200", "304", "404", "500", "2000", "x"]),
    REFERRERS, AGENTS, st.sampled_from(["", "", "", ' "10.0.0.1"', ' "', " x", "\r"]),
).map(str.encode)  # fmt: skip
GARBAGE = st.one_of(st.binary(max_size=60).map(lambda some: some.replace(b"\n", b" ")), st.sampled_from([b"", b'"' * 6, b'"' * 8, b"x" * 70_000, b"\xff\xfe"]))
LOGS = st.lists(st.one_of(WELL_FORMED, WELL_FORMED, WELL_FORMED, GARBAGE), max_size=60)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(lines=LOGS, ends=st.booleans(), piece=st.sampled_from([80_000, 1 << 20]), rows=st.sampled_from([3, 300_000]))
def test_any_log_comes_to_the_same(monkeypatch, lines: list[bytes], ends: bool, piece: int, rows: int) -> None:
    monkeypatch.setattr(reading, "PIECE", piece)
    monkeypatch.setattr(flows, "ENOUGH", ENOUGH)
    monkeypatch.setattr(days_module, "MOST_ROWS", rows)
    data = b"\n".join(lines) + (b"\n" if ends and lines else b"")
    origins = Origins.open()
    with tempfile.TemporaryDirectory() as place:
        places, log = Places(Path(place) / "visits"), Path(place) / "access.log"
        log.write_bytes(data)
        done = flows.run([str(log)], places, flows.Site("Europe/Brussels", origins, frozenset({"example.com"}), known, NOW))
        plain = reference.read(
            data, zone="Europe/Brussels", now=NOW, enough=ENOUGH, known=known, country=origins.country, sites=frozenset({"example.com"})
        )
        assert done.refused == plain.refused
        assert (done.lines, done.counted) == (plain.lines, plain.lines - plain.refused.total())
        assert {day: people(places, day) for day in days(places)} == dict(plain.people)
