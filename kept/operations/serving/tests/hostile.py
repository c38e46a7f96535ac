"""Hostile requests, the same ones each time: every address of the site map, filled with what nobody sends in
good faith.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

CANARY = "canary7Q2"
"""In every request: what is found of it in the log, leaked."""

METHODS = (
    "GET",
    "POST",
    "POST",
    "POST",
    "HEAD",
    "PUT",
    "PATCH",
    "DELETE",
    "OPTIONS",
    "TRACE",
    "CONNECT",
    "get",
    "BREW",
    "P\xd6ST",
)
VALUES = (
    "",
    "0",
    "-1",
    "9" * 40,
    "1e309",
    "nan",
    "\x00",
    "%00",
    "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"),
    "../../etc/passwd",
    "..%2f..%2f",
    "\r\nX-Injected: 1",
    "'\"><script>",
    "{{7*7}}",
    "\u202e\u200b",
    "é" * 300,
    "x" * 5000,
    "00000000-0000-0000-0000-000000000000",
    "ffffffff-ffff-ffff-ffff-ffffffffffff",
    "FFFFFFFF-ffff-FFFF-ffff-ffffffffffff",
    "0b7c0b7c-0b7c-4b7c-8b7c-0b7c0b7c0b7c",
    "2024-02-30",
    "9999-12-31",
    "0000-00-00",
    "\uff11",
    "İ",
    "a\ud83d\ude00b".encode("utf-16", "surrogatepass").decode("utf-16"),
    "%s%n%d",
    "\\",
    ";--",
    "[",
    "]" * 50,
    "true",
    "null",
    CANARY,
)
NAMES = (
    "q",
    "next",
    "page",
    "email",
    "login",
    "password",
    "serial",
    "file",
    "proof",
    "csrfmiddlewaretoken",
    "purpose",
    "verb",
    "day",
    "id",
    "text",
    "reference",
    "code",
    "lang",
    "region",
    "from",
    "to",
    "\x00",
    "a[b][c]",
    "é",
    "x" * 300,
)
HEADERS = (
    "HTTP_ACCEPT_LANGUAGE",
    "HTTP_USER_AGENT",
    "HTTP_REFERER",
    "HTTP_ORIGIN",
    "HTTP_HOST",
    "HTTP_X_FORWARDED_FOR",
    "HTTP_IF_NONE_MATCH",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_IF_MODIFIED_SINCE",
    "HTTP_RANGE",
    "HTTP_COOKIE",
    "HTTP_AUTHORIZATION",
    "HTTP_SEC_GPC",
    "HTTP_ACCEPT",
    "HTTP_X_REQUESTED_WITH",
    "HTTP_SEC_FETCH_SITE",
    "HTTP_ACCEPT_ENCODING",
    "HTTP_X_CSRFTOKEN",
    "CONTENT_TYPE",
    "REMOTE_ADDR",
)
HEADER_VALUES = (
    *VALUES,
    "bytes=-1",
    "bytes=99-1,-",
    'W/"' + "x" * 9000,
    "Thu, 99 Foo 9999",
    "Basic \xff\xff",
    "Bearer " + CANARY,
    "en;q=9" * 900,
    "kept_session=x; kept_session=\x00",
    "kept_cookies=%%%",
    '="; a=b',
    "[::1",
    "evil.example:x",
    "*/*;q=a",
)
CHARSETS = (
    "utf-7",
    "utf-16",
    "utf-32",
    "idna",
    "punycode",
    "rot13",
    "zip",
    "base64",
    "unicode_escape",
    "raw_unicode_escape",
    "undefined",
    "mbcs",
    "hex",
    "x" * 200,
    "",
    '"utf-8',
    "utf-8;q=",
    "\x00",
    "utf_8_sig",
    "latin-1",
    "UTF-8",
    "cp037",
)
NESTED = (
    b"[" * 4000,
    b'{"a":' * 4000,
    b"[" * 4000 + b"]" * 4000,
    b'{"acknowledged": ' + b"9" * 5000 + b"}",
    b'{"acknowledged": "\\ud800"}',
    b'{"acknowledged": NaN}',
    b"\xff\xfe",
    b"",
    b"null",
    b'{"acknowledged": {"acknowledged": 1}}',
    b'"' + b"\\u0000" * 600 + b'"',
    b'{"acknowledged": "canary7Q2"}',
    b"1e999999",
    b"-" * 3000,
)


@dataclass
class Hostile:
    """One request as an environment of WSGI, without the cookies of whoever sends it."""

    environ: dict[str, Any] = field(default_factory=dict)

    @property
    def said(self) -> str:
        """For a failing test."""
        kept = ("REQUEST_METHOD", "PATH_INFO", "QUERY_STRING", "CONTENT_TYPE")
        return " ".join(f"{self.environ.get(name, '')!r:.120}" for name in kept)


def addresses() -> list[str]:
    """Every route of the site map, with ``{}`` where something is filled in."""
    return sorted(set(_below(get_resolver().url_patterns, "/")))


def _below(patterns: list[URLPattern | URLResolver], before: str) -> Iterator[str]:
    for pattern in patterns:
        route = before + _plain(str(pattern.pattern))
        if isinstance(pattern, URLResolver):
            yield from _below(pattern.url_patterns, route)
        else:
            yield route


def _plain(route: str) -> str:
    route = re.sub(r"\(\?P<\w+>(?:[^()]|\([^()]*\))*\)", "{}", route)
    return (
        re.sub(r"<[^>]+>", "{}", route).replace("^", "").replace("$", "").replace("\\", "").replace("?:", "")
    )


def requests(count: int, *, seed: int) -> Iterator[Hostile]:
    """``count`` requests over all addresses, each address about as often."""
    drawn = random.Random(seed)
    routes = addresses()
    for index in range(count):
        yield Hostile(_environ(drawn, routes[index % len(routes)]))


def _environ(drawn: random.Random, route: str) -> dict[str, Any]:
    path = re.sub(r"\{\}", lambda _: drawn.choice(VALUES), route)
    if drawn.random() < 0.1:
        path = drawn.choice(
            ("//", "/\x00", "/..", "/%", path + drawn.choice(VALUES), "", path.rstrip("/"), "/" + "a/" * 900)
        )
    kind, body = _body(drawn)
    made: dict[str, Any] = {
        "REQUEST_METHOD": drawn.choice(METHODS),
        "SCRIPT_NAME": "",
        "PATH_INFO": path.encode("utf-8", "surrogatepass").decode("latin-1"),
        "QUERY_STRING": _pairs(drawn) if drawn.random() < 0.5 else f"x={CANARY}",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": drawn.choice(("HTTP/1.0", "HTTP/1.1", "HTTP/1")),
        "HTTP_HOST": "localhost:8000",
        "HTTP_USER_AGENT": CANARY,
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_TYPE": kind,
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(body),
        "wsgi.errors": None,
        "wsgi.version": (1, 0),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name in drawn.sample(HEADERS, drawn.choice((0, 1, 1, 2))):
        made[name] = drawn.choice(HEADER_VALUES).encode("utf-8", "surrogatepass").decode("latin-1")
    return made


def _pairs(drawn: random.Random) -> str:
    pairs = [f"{drawn.choice(NAMES)}={drawn.choice(VALUES)}" for _ in range(drawn.randrange(4))]
    text = "&".join([*pairs, f"x={CANARY}"])
    return (
        drawn.choice((text, text, text.replace("=", "==="), "&" * 700, "%" * 60, "a=%ff%fe%zz"))
        .encode("utf-8", "surrogatepass")
        .decode("latin-1")
    )


def _body(drawn: random.Random) -> tuple[str, bytes]:
    """A kind, and what need not be of that kind."""
    boundary = drawn.choice(("x", "x", "", "é", '"', "b" * 300, "\x00"))
    kinds = (
        ("application/x-www-form-urlencoded", _pairs(drawn).encode("latin-1", "replace")),
        (
            f"application/x-www-form-urlencoded; charset={drawn.choice(CHARSETS)}",
            _pairs(drawn).encode("latin-1", "replace"),
        ),
        (f"multipart/form-data; boundary={boundary}", _multipart(drawn)),
        ("multipart/form-data", b"--x"),
        (f"multipart/form-data; boundary=x; charset={drawn.choice(CHARSETS)}", _multipart(drawn)),
        ("application/json", drawn.choice(NESTED)),
        (f"application/json; charset={drawn.choice(CHARSETS)}", drawn.choice(NESTED)),
        ("text/plain", drawn.choice(NESTED)),
        (
            drawn.choice(HEADER_VALUES).encode("utf-8", "surrogatepass").decode("latin-1"),
            drawn.choice(NESTED),
        ),
    )
    return drawn.choice(kinds)


def _multipart(drawn: random.Random) -> bytes:
    name, value = drawn.choice(NAMES).encode(), drawn.choice(VALUES).encode("utf-8", "surrogatepass")
    file = b'; filename="' + drawn.choice(VALUES).encode("utf-8", "surrogatepass") + b'"'
    head = (
        b'Content-Disposition: form-data; name="'
        + name
        + b'"'
        + drawn.choice((b"", file, b"; filename*=utf-7''%FF", b'; filename="'))
    )
    coding = drawn.choice(
        (
            b"",
            b"\r\nContent-Transfer-Encoding: base64",
            b"\r\nContent-Type: text/plain; charset=utf-7",
            b"\r\n" + b"A" * 2000,
        )
    )
    whole = b"--x\r\n" + head + coding + b"\r\n\r\n" + value + b"\r\n--x--\r\n"
    return drawn.choice(
        (
            whole,
            whole[: drawn.randrange(len(whole))],
            whole.replace(b"\r\n", b"\n"),
            b"--x\r\n" * 900,
            b"\x00" * 50,
            b"",
        )
    )
