"""Each format comes to what the same visits are in combined, found by itself and named."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from kept.portal.regions.origins import Origins
from kept.visits_log.importing import cleaning, flows, reading
from kept.visits_log.importing.formats import recognition, words
from kept.visits_log.importing.tests.conftest import (
    FIREFOX,
    NOW,
    SAFARI,
    days,
    events,
    known,
    line,
    people,
)
from kept.visits_log.places import Places

Log = Callable[..., str]
Run = Callable[..., flows.Report]
BOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
FORUM = "https://forum.example.org/x"
# Hour and minute of the 2nd, address, target, status, referrer, agent.
VISITS = [
    ("10:00", "81.2.69.142", "/", 200, FORUM, FIREFOX),
    ("10:01", "81.2.69.142", "/products/?q=inverter", 200, "-", FIREFOX),
    ("10:02", "2a02:a03f:1::7", "/", 200, "-", SAFARI),
    ("10:03", "198.51.100.7", "/files/manual.pdf", 200, "-", FIREFOX),
    ("10:04", "198.51.100.7", "/missing/Alice", 404, "-", FIREFOX),
    ("10:05", "81.2.69.142", "/site.css", 200, "-", FIREFOX),
    ("10:06", "203.0.113.9", "/", 200, "-", BOT),
    ("11:30", "81.2.69.142", "/", 304, "-", FIREFOX),
]


def combined(*visit: Any) -> str:
    at, address, target, status, referrer, agent = visit
    return line(
        f"02/Nov/2026:{at}:09", target, address=address, status=status, referrer=referrer, agent=agent
    )


def wide(*visit: Any) -> str:
    first = combined(visit[0], "10.0.0.1", *visit[2:]).rstrip()
    return f'{first} 0.002 "www.example.com" "{visit[1]}" "-"\n'


def common(*visit: Any) -> str:
    return f'{combined(*visit).split(chr(34) + " ")[0]}" {visit[3]} 1234\n'


def seconds(at: str) -> float:
    return datetime.strptime(f"2026-11-02 {at}:09 +0000", "%Y-%m-%d %H:%M:%S %z").astimezone(UTC).timestamp()


def caddy(*visit: Any) -> str:
    at, address, target, status, referrer, agent = visit
    headers = {"User-Agent": [agent], "Accept": ["*/*"]} | (
        {"Referer": [referrer]} if referrer != "-" else {}
    )
    request = {
        "remote_ip": address,
        "remote_port": "40312",
        "client_ip": address,
        "proto": "HTTP/2.0",
        "method": "GET",
        "host": "www.example.com",
        "uri": target,
        "headers": headers,
    }
    return (
        json.dumps(
            {
                "level": "info",
                "ts": seconds(at) + 0.1234,
                "logger": "http.log.access.log0",
                "msg": "handled request",
                "request": request,
                "duration": 0.002,
                "size": 1234,
                "status": status,
                "resp_headers": {"Server": ["Caddy"]},
            }
        )
        + "\n"
    )


def nginx(*visit: Any) -> str:
    at, address, target, status, referrer, agent = visit
    said = {
        "time_local": f"02/Nov/2026:{at}:09 +0000",
        "remote_addr": address,
        "remote_user": "",
        "request": f"GET {target} HTTP/1.1",
        "status": str(status),
        "body_bytes_sent": "1234",
        "http_referrer": referrer.strip("-"),
        "http_user_agent": agent,
    }
    return json.dumps(said) + "\n"


def nginx_apart(*visit: Any) -> str:
    at, address, target, status, referrer, agent = visit
    path, _, query = target.partition("?")
    said = {
        "@timestamp": f"2026-11-02T{at}:09+00:00",
        "remote_addr": "10.0.0.2",
        "http_x_forwarded_for": address,
        "method": "GET",
        "uri": path,
        "args": query,
        "server_protocol": "HTTP/2.0",
        "status": status,
        "http_referer": referrer,
        "http_user_agent": agent,
    }
    return json.dumps(said) + "\n"


W3C_HEAD = (
    "#Software: Microsoft Internet Information Services 10.0\r\n#Version: 1.0\r\n"
    "#Date: 2026-11-02 10:00:00\r\n"
)
W3C_FIELDS = (
    "#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent)"
    " cs(Referer) sc-status sc-substatus sc-win32-status time-taken\r\n"
)


def w3c(*visit: Any) -> str:
    at, address, target, status, referrer, agent = visit
    path, _, query = target.partition("?")
    return (
        f"2026-11-02 {at}:09 10.0.0.5 GET {path} {query or '-'} 443 - {address} {agent.replace(' ', '+')}"
        f" {referrer} {status} 0 0 15\r\n"
    )


def w3c_turned(*visit: Any) -> str:
    at, address, target, status, referrer, agent = visit
    path, _, query = target.partition("?")
    return f"{status} {agent.replace(' ', '+')} {address} {query or '-'} {path} {at}:09 {referrer} GET\r\n"


W3C_TURNED = "#Fields: sc-status cs(User-Agent) c-ip cs-uri-query cs-uri-stem time cs(Referer) cs-method\r\n"


def alb(*visit: Any) -> str:
    at, address, target, status, _, agent = visit
    return (
        f"h2 2026-11-02T{at}:09.186641Z app/www/50dc6c495c0c9188 {address}:2817 10.0.0.1:80 0.001 0.002 0.000"
        f' {status} {status} 34 1234 "GET https://www.example.com:443{target} HTTP/2.0" "{agent}"'
        " ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 arn:aws:elasticloadbalancing:eu-west-1:1:targetgroup/www/73e2"
        f' "Root=1-58337364-23a8c76965a2ef7629b185e3" "www.example.com" "-" 0 2026-11-02T{at}:09.100000Z'
        ' "forward" "-" "-" "10.0.0.1:80" "200" "-" "-" TID_1234\n'
    )


def log_of(write: Callable[..., str], head: str = "") -> str:
    return head + "".join(write(*visit) for visit in VISITS)


LOGS = {
    "combined": ("combined", log_of(combined)),
    "further fields": ("combined", log_of(wide)),
    "caddy": ("caddy", log_of(caddy)),
    "nginx": ("nginx-json", log_of(nginx)),
    "nginx, in parts": ("nginx-json", log_of(nginx_apart)),
    "iis": ("w3c", log_of(w3c, W3C_HEAD + W3C_FIELDS)),
    "iis, other columns": ("w3c", log_of(w3c_turned, "\ufeff" + W3C_HEAD + W3C_TURNED)),
}


@pytest.fixture(scope="module")
def wanted(tmp_path_factory: pytest.TempPathFactory) -> Counter[Any]:
    root = tmp_path_factory.mktemp("combined")
    (root / "log").write_text(LOGS["combined"][1])
    places = Places(root / "visits")
    site = flows.Site("Europe/Brussels", Origins.open(), frozenset({"example.com"}), known, NOW)
    flows.run([str(root / "log")], places, site)
    return people(places, "2026-11-02")


@pytest.mark.parametrize("named", [False, True])
@pytest.mark.parametrize("which", LOGS)
def test_the_same_visits_in_any_format_are_the_same(
    places: Places, log: Log, imported: Run, wanted: Counter[Any], which: str, named: bool
) -> None:
    name, text = LOGS[which]
    assert recognition.found(text.encode()) == name
    done = imported(log(text), kind=name if named else "")
    assert (done.lines, done.counted, done.said) == (8, 6, [])
    assert done.refused == {"asset": 1, "robot": 1}
    assert people(places, "2026-11-02") == wanted
    assert sum(wanted.values()) == 3


@pytest.mark.parametrize("named", [False, True])
def test_a_load_balancer_tells_all_but_the_referrer(
    places: Places, log: Log, imported: Run, wanted: Counter[Any], named: bool
) -> None:
    text = log_of(alb)
    assert recognition.found(text.encode()) == "alb"
    done = imported(log(text), kind="alb" if named else "")
    assert (done.lines, done.counted, done.refused) == (8, 6, {"asset": 1, "robot": 1})
    found = events(places, "2026-11-02")
    assert Counter(one["path"] for one in found) == Counter(
        event[list(found[0]).index("path") - 1] for visitor in wanted.elements() for event in visitor
    )
    assert {one["referrer"] for one in found} == {""}
    assert len({one["visitor"] for one in found}) == 3


@pytest.mark.parametrize("named", [False, True])
def test_the_common_log_format_says_that_it_tells_no_robots(
    places: Places, log: Log, imported: Run, named: bool
) -> None:
    file = log(log_of(common))
    done = imported(file, kind="common" if named else "")
    assert (done.lines, done.counted, done.refused) == (8, 7, {"asset": 1})
    assert len({one["visitor"] for one in events(places, "2026-11-02")}) == 4
    assert done.said == [
        f"{file} does not tell agents: robots are counted as visitors, and everybody behind one"
        " address as one."
    ]


@pytest.mark.parametrize("which", [*LOGS])
def test_cut_into_small_pieces_and_grown_it_comes_to_the_same(
    places: Places,
    log: Log,
    imported: Run,
    wanted: Counter[Any],
    which: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = LOGS[which][1]
    monkeypatch.setattr(reading, "PIECE", 1500)
    for part in (text[: text.index("\n", len(text) // 2) + 1], text):
        imported(log(part))
    assert people(places, "2026-11-02") == wanted


def test_columns_that_change_are_known_where_a_log_goes_on(
    places: Places, log: Log, imported: Run, wanted: Counter[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "HEAD", 1000)
    monkeypatch.setattr(reading, "PIECE", 1500)
    closing = "".join(
        w3c(f"{10 + at // 60}:{at % 60:02}", "198.51.100.99", *VISITS[2][2:]) for at in range(60)
    )
    early = W3C_HEAD + W3C_FIELDS + closing.replace("2026-11-02", "2026-10-30")
    late = W3C_HEAD + W3C_TURNED + "".join(w3c_turned(*visit) for visit in VISITS)
    cut = len(early) + late.index("\n", len(late) // 2) + 1
    assert imported(log((early + late)[:cut])).counted > 60
    done = imported(log(early + late))
    assert cleaning.BROKEN not in done.refused
    assert people(places, "2026-11-02") == wanted


HOSTILE = [
    "{",
    "{}",
    "[" * 60_000,
    '{"request": ' * 5_000,
    '{"request": {}, "status": 200, "ts": 1e999}',
    '{"request": {"headers": 7, "uri": ["x"]}, "status": true, "ts": NaN}',
    '{"ts": ' + "9" * 5000 + "}",
    '{"time": "2026-13-45T99:99:99Z", "remote_addr": "1.2.3.4", "request": "GET / HTTP/1.1", "status": 200}',
    '{"time": 1, "remote_addr": "1.2.3.4\\" - [", "request": "GET / HTTP/1.1", "status": 200}',
    '{"time": 1, "remote_addr": {"a": 1}, "request": 7, "status": []}',
    "#Fields:",
    "#Fields: " + "c-ip " * 5000,
    "2026-11-02",
    "[" * 60_000,
    '"' * 60_000,
    "[x] " * 10_000 + '"',
    'h2 2026-11-02T10:00:09Z "',
    "h2 " * 20_000,
    "x" * 70_000,
    "\x00\x01",
]


@pytest.mark.parametrize("name", recognition.NAMES)
def test_hostile_lines_are_refused_and_take_no_others_with_them(
    places: Places, log: Log, imported: Run, name: str
) -> None:
    texts = dict(LOGS.values()) | {"common": log_of(common), "alb": log_of(alb)}
    hostile = "\n".join(HOSTILE if name != "w3c" else [one for one in HOSTILE if one[0] != "#"])
    done = imported(log(texts[name] + hostile + "\n" + combined(*VISITS[0])))
    assert done.counted - (name in ("combined", "common")) == (7 if name == "common" else 6)
    assert set(done.refused) <= {"asset", "robot", cleaning.BROKEN, cleaning.TOO_LONG}
    assert days(places) == ["2026-11-02"]


def test_what_a_visitor_writes_stays_within_its_field(places: Places, log: Log, imported: Run) -> None:
    agent = f'{FIREFOX}" 200 "\n1.1.1.1 - - [02/Nov/2026:10:00:00 +0000] "GET /planted HTTP/1.1\x00\x01\ud800'
    done = imported(log(caddy("10:00", "81.2.69.142", "/", 200, "-", agent)))
    assert (done.counted, [one["path"] for one in events(places, "2026-11-02")]) == (1, ["/"])


def test_a_line_in_another_encoding_is_counted(places: Places, log: Log, imported: Run) -> None:
    first = line("02/Nov/2026:10:00:00", "/caf\u00e9/", agent=f"{FIREFOX} \u0142\u00e9")
    data = first.encode("latin-1", "replace") + line("02/Nov/2026:10:01:00").encode()
    done = imported(log(data))
    assert (done.counted, done.refused) == (2, {})
    assert cleaning.mended("caf\u00e9 ".encode() + b"\xe9\x80") == "caf\u00e9 \u00e9\u20ac".encode()
    nginx_line = (
        nginx("10:02", "81.2.69.142", "/x", 200, "-", f"{FIREFOX} caf?").encode().replace(b"caf?", b"caf\xe9")
    )
    assert imported(log(nginx_line, "other.log")).counted == 1


def test_another_format_than_was_named_is_refused_before_anything_is_read(
    places: Places, log: Log, imported: Run
) -> None:
    good, other = log(log_of(caddy), "a.log"), log(log_of(nginx), "b.log")
    with pytest.raises(
        reading.Unreadable, match="b.log is not in the format caddy: .* are nginx-json"
    ) as wrong:
        imported(good, other, kind="caddy")
    assert (wrong.value.code, days(places)) == (1, [])
    assert imported(good, other).counted == 12


def test_a_log_in_no_format_is_not_remembered_and_holds_up_no_other(
    places: Places, log: Log, imported: Run
) -> None:
    strange, good = log("date,path\n2026-11-02,/\n" * 9, "a.csv"), log(log_of(combined), "b.log")
    for counted in (6, 0):
        done = imported(strange, good)
        assert (done.counted, done.strange, done.holds) == (counted, [strange], False)


@pytest.mark.parametrize(
    ("said", "address"),
    [
        ("81.2.69.142:2817", "81.2.69.142"),
        ("[2a02::7]:443", "2a02::7"),
        ("2a02::7", "2a02::7"),
        ("a b", ""),
        ("-", ""),
        (None, ""),
        ("unix:", "unix:"),
    ],
)
def test_an_address_without_its_port(said: object, address: str) -> None:
    assert words.host(said) == address
