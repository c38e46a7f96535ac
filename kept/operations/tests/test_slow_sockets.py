"""Strangers who wait, against a real ``kept run``: hundreds of sockets that send next to nothing change nobody's answer."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from uuid import uuid4

import pytest

from kept.operations.tests.test_run import Running, running

ACKNOWLEDGEMENT = f"/privacy/acknowledgements/{uuid4()}/"
BEGUN = {
    "bodies": f"POST {ACKNOWLEDGEMENT} HTTP/1.1\r\nHost: {{host}}\r\nContent-Length: 4000\r\n\r\n{{{{",
    "chunks": f"POST {ACKNOWLEDGEMENT} HTTP/1.1\r\nHost: {{host}}\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n",
    "unknown": "PUT /nowhere HTTP/1.1\r\nHost: {host}\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: 4000000\r\n\r\n--",
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
        assert [portal.get(path).status for path in ("/health/live", "/health/ready", "/", "/privacy/")] == [200] * 4


def test_what_is_not_read_is_not_taken_for_the_next_request(portal: Running) -> None:
    """A body where none belongs, and one that is too large: one answer, and the connection ends."""
    hidden = b"GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n"
    for head in (f"GET / HTTP/1.1\r\nContent-Length: {len(hidden)}", "POST / HTTP/1.1\r\nContent-Length: 99000000"):
        with begun(portal, f"{head}\r\nHost: {{host}}\r\n\r\n") as stranger:
            stranger.sendall(hidden)
            said = _all(stranger)
        assert said.count(b"HTTP/1.1 ") == 1
        assert b"connection: close" in said.lower()
