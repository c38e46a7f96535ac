"""Strangers who wait, against a real ``kept run``: hundreds of sockets that send next to nothing change
nobody's answer.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from functools import partial
from pathlib import Path
from uuid import uuid4

import pytest

from kept.operations.tests.test_run import Running, running

ACKNOWLEDGEMENT = f"/privacy/acknowledgements/{uuid4()}/"
BEGUN = {
    "bodies": f"POST {ACKNOWLEDGEMENT} HTTP/1.1\r\nHost: {{host}}\r\nContent-Length: 4000\r\n\r\n{{{{",
    "chunks": (
        f"POST {ACKNOWLEDGEMENT} HTTP/1.1\r\nHost: {{host}}\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n"
    ),
    "unknown": (
        "PUT /nowhere HTTP/1.1\r\nHost: {host}\r\nContent-Type: multipart/form-data;"
        " boundary=x\r\nContent-Length: 4000000\r\n\r\n--"
    ),
    "headers": "GET / HTTP/1.1\r\nHost: {host}\r\nX-A",
    "nothing": "",
    "unread": "GET /privacy/ HTTP/1.1\r\nHost: {host}\r\n\r\n" * 20,
}
HUNDRED = 100


@pytest.fixture(scope="module")
def portal(demo: Path) -> Iterator[Running]:
    with running(demo) as it:
        yield it


def begun(it: Running, text: str) -> socket.socket:
    stranger = socket.create_connection(("127.0.0.1", it.port), timeout=10)
    stranger.sendall(text.format(host=f"localhost:{it.port}").encode())
    return stranger


def _all(stranger: socket.socket) -> bytes:
    """Until the other side closes. A reset after the answer is what closing on unread bytes looks like."""
    said = b""
    try:
        while piece := stranger.recv(65536):
            said += piece
    except ConnectionResetError:
        pass
    return said


@pytest.mark.parametrize("kind", BEGUN)
def test_strangers_who_wait_change_nothing_for_others(portal: Running, kind: str) -> None:
    with ExitStack() as strangers:
        # Those who read nothing have pages made for them, which is work and no wait: of those a few.
        for _ in range(5 if kind == "unread" else HUNDRED):
            strangers.enter_context(begun(portal, BEGUN[kind]))
        assert [portal.get(path).status for path in ("/health/live", "/health/ready", "/", "/privacy/")] == [
            200
        ] * 4


CANARY = b"canary-7Q2"
HOST = b"Host: localhost\r\n"
GET = b"GET /" + CANARY + b" HTTP/1.1\r\n" + HOST
POST = b"POST /privacy/ask/?" + CANARY + b" HTTP/1.1\r\n" + HOST
RAW = (
    b"\r\n\r\n",
    CANARY + b"\r\n\r\n",
    b"GET /" + CANARY + b"\r\n\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01",
    GET + b"A: " + CANARY * 90_000 + b"\r\n\r\n",
    GET + b"A: x\r\n" * 300 + b"\r\n",
    GET + b"A\x00: " + CANARY + b"\r\n\r\n",
    GET + b"A: \x00\x01\r\n\r\n",
    GET + b"A: \xe9\xff\r\nCookie: \xff=" + CANARY + b"\r\n\r\n",
    GET + b"Folded: a\r\n b\r\n\r\n",
    b"GET /%00" + CANARY + b" HTTP/1.0\r\n\r\n",
    b"GET /%ff%fe/%2e%2e/%2e%2e/" + CANARY + b" HTTP/1.1\r\n" + HOST + b"\r\n",
    b"GET /\xff" + CANARY + b" HTTP/1.1\r\n" + HOST + b"\r\n",
    b"GET http://evil.example/" + CANARY + b" HTTP/1.1\r\n\r\n",
    b"GET //evil.example/" + CANARY + b"/ HTTP/1.1\r\n" + HOST + b"\r\n",
    b"OPTIONS * HTTP/1.1\r\n" + HOST + b"\r\n",
    b"CONNECT evil.example:443 HTTP/1.1\r\n" + HOST + b"\r\n",
    b"BREW /" + CANARY + b" HTTP/1.1\r\n" + HOST + b"\r\n",
    b"GET /" + CANARY * 9_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n",
    b"GET / HTTP/1.1\r\nHost: " + CANARY + b"\r\n\r\n",
    b"GET / HTTP/1.1\r\n" + HOST + b"Host: evil.example\r\n\r\n",
    b"GET / HTTP/1.1\r\n\r\n",
    b"GET / HTTP/9.9\r\n" + HOST + b"\r\n",
    GET + b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: x\r\nSec-WebSocket-Version:"
    b" 13\r\n\r\n",
    GET + b"Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings:"
    b" AAMAAABkAARAAAAAAAIAAAAA\r\n\r\n",
    POST + b"Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcde",
    POST + b"Content-Length: +4\r\n\r\nabcd",
    POST + b"Content-Length: 0x4\r\n\r\nabcd",
    POST + b"Content-Length: " + b"9" * 30 + b"\r\n\r\nabcd",
    POST + b"Content-Length: 99999999\r\n\r\n" + CANARY,
    POST + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    POST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n" + CANARY,
    POST + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    POST + b"Transfer-Encoding: identity\r\n\r\n" + CANARY,
    POST + b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n" + CANARY,
    POST + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabcd",
    POST + b"Content-Type: multipart/form-data; boundary=\xff\r\nContent-Length: 10\r\n\r\n" + CANARY,
    POST
    + b"Content-Type: application/x-www-form-urlencoded; charset=utf-7\r\nContent-Length: 10\r\n\r\n"
    + CANARY,
    POST + b"Expect: 100-continue\r\nContent-Length: 99999999\r\n\r\n",
    POST + b"Expect: " + CANARY + b"\r\nContent-Length: 0\r\n\r\n",
)


def test_no_bytes_on_a_socket_break_anything(demo: Path) -> None:
    """Every answer is one of the stranger's own mistakes, or none at all; and no byte of it stands in what
    the portal prints.
    """
    with running(demo) as it:
        # One after the other would wait for each that waits.
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(partial(_sent, it), RAW))
        assert it.get("/health/live").status == 200
        it.roof.terminate()
        said, _ = it.roof.communicate(timeout=30)
    assert [(raw[:60], got[:20]) for raw, got in zip(RAW, answers, strict=True) if got[9:10] == b"5"] == []
    assert sum(got.startswith(b"HTTP/1.") for got in answers) > len(RAW) - 8
    assert CANARY.decode() not in said and "Traceback" not in said


def _sent(it: Running, raw: bytes) -> bytes:
    """What comes back first; b"" for a connection that ends without a word, or waits for the rest."""
    with socket.create_connection(("127.0.0.1", it.port), timeout=4) as stranger, suppress(OSError):
        stranger.sendall(raw)
        return stranger.recv(65536)
    return b""


def test_what_is_not_read_is_not_taken_for_the_next_request(portal: Running) -> None:
    """A body where none belongs, and one that is too large: one answer, and the connection ends."""
    hidden = b"GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n"
    for head in (
        f"GET / HTTP/1.1\r\nContent-Length: {len(hidden)}",
        "POST / HTTP/1.1\r\nContent-Length: 99000000",
    ):
        with begun(portal, f"{head}\r\nHost: {{host}}\r\n\r\n") as stranger:
            stranger.sendall(hidden)
            said = _all(stranger)
        assert said.count(b"HTTP/1.1 ") == 1
        assert b"connection: close" in said.lower()
