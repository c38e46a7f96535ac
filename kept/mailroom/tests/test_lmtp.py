"""LMTP: 250 says that the mail lies here sealed and whole; whatever else is answered, nothing of it does."""

from __future__ import annotations

import errno
import os
import smtplib
import socket
import time
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from kept.mailroom.environment import Door
from kept.mailroom.receiving import lmtp_server, spool
from kept.mailroom.tests.server import Serving, deliver, dotted, serving
from kept.outbox import sockets
from kept.outbox.sockets import WayRefused
from kept.testing import free_port

MAIL = b"From: Eve <eve@example.org>\r\nSubject: canary\r\n\r\nPlease tell me.\r\n"
NOWHERE = ("127.0.0.1", 9)


def lying() -> list[bytes]:
    return [b"".join(spool.pieces_of(id)) for id in spool.there()]


def left_behind(home: Path) -> list[str]:
    return [path.name for path in (home / "mailroom").glob("*") if path.suffix != ".mail"]


def test_what_was_taken_lies_here_whole_and_sealed(lmtp: Serving, home: Path) -> None:
    assert lmtp.send(MAIL, to=["privacy@example.com", "press@example.com"]) == [250, 250]
    (id,) = spool.there()
    assert lying() == [MAIL]
    envelope = spool.envelope_of(id)
    assert (envelope.way, envelope.sender) == ("lmtp", "eve@example.org")
    assert envelope.recipients == ("privacy@example.com", "press@example.com")
    raw = spool.place_of(id).read_bytes()
    assert b"canary" not in raw and b"eve@" not in raw and b"press@" not in raw
    assert spool.place_of(id).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "body",
    [
        b".\r\n..\r\n.a\r\n",
        b"x" * 200_000 + b"\r\nlast\r\n",
        b"bare\nlines\rhere\r\n",
        b"\xff\x00\xfe\r\n",
        b"a" * 65_536,
    ],
    ids=["dots", "a line without end", "bare line ends", "any bytes", "one chunk"],
)
def test_every_byte_is_the_one_that_was_sent(lmtp: Serving, body: bytes) -> None:
    raw = b"Subject: x\r\n\r\n" + body
    assert lmtp.send(raw) == [250]
    (whole,) = lying()
    assert whole == raw + (b"" if raw.endswith(b"\r\n") else b"\r\n")


def test_the_limit_is_said_before_a_byte_is_sent(lmtp: Serving, settings: Any) -> None:
    settings.KEPT_MAIL_LIMIT = 1_000_000
    with lmtp.client() as said:
        assert said.esmtp_features["size"] == "1000000"
        code, answer = said.mail("eve@example.org", ["SIZE=60000000"])
        assert code == 552, answer


def test_a_mail_beyond_the_limit_is_refused_when_it_is_all_there(
    lmtp: Serving, settings: Any, home: Path
) -> None:
    settings.KEPT_MAIL_LIMIT = 1_000_000
    with lmtp.client() as said:
        assert deliver(said, b"Subject: x\r\n\r\n" + b"y" * 76 * 20_000, to=["a@b.example"]) == [552]
        # The connection goes on, and the next mail is taken.
        assert deliver(said, MAIL, to=["a@b.example"]) == [250]
    assert len(spool.there()) == 1 and left_behind(home) == []


def test_a_client_that_leaves_in_the_middle_leaves_nothing(lmtp: Serving, home: Path) -> None:
    with lmtp.client() as said:
        said.mail("eve@example.org")
        said.rcpt("privacy@example.com")
        said.putcmd("data")
        said.getreply()
        said.send(MAIL * 3000)
        assert _soon(lambda: left_behind(home) != [])
        said.sock.shutdown(socket.SHUT_RDWR)
        said.sock = None
    assert _soon(lambda: left_behind(home) == []) and spool.there() == []


def test_a_full_disk_is_said_and_the_mail_stays_where_it_is(
    lmtp: Serving, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", full)
        assert lmtp.send(MAIL) == [452]
    assert spool.there() == [] and left_behind(home) == []
    assert lmtp.send(MAIL) == [250]


def test_a_missing_master_key_sends_nothing_back(
    lmtp: Serving, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*given: Any, **named: Any) -> Any:
        raise RuntimeError("eve@example.org")

    monkeypatch.setattr(spool, "begin", broken)
    with lmtp.client() as said:
        said.mail("eve@example.org")
        said.rcpt("privacy@example.com")
        code, answer = said.docmd("data")
        assert code == 451 and b"eve" not in answer


def test_a_large_mail_takes_little_memory(lmtp: Serving) -> None:
    raw = b"Subject: x\r\n\r\n" + (b"z" * 76 + b"\r\n") * 100_000
    with lmtp.client() as said:
        said.mail("eve@example.org")
        said.rcpt("privacy@example.com")
        said.docmd("data")
        tracemalloc.start()
        for at in range(0, len(raw), 1 << 16):
            said.sock.sendall(raw[at : at + (1 << 16)])
        said.sock.sendall(b"\r\n.\r\n")
        assert said.getreply()[0] == 250
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 2_000_000, f"{peak:,} bytes for a mail of {len(raw):,}"


def test_no_recipient_no_mail(lmtp: Serving) -> None:
    with lmtp.client() as said:
        said.mail("eve@example.org")
        assert said.docmd("data")[0] == 503


def test_a_hundred_recipients_and_no_more(lmtp: Serving, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lmtp_server, "MOST_RECIPIENTS", 2)
    with lmtp.client() as said:
        said.mail("eve@example.org")
        assert [said.rcpt(f"a{n}@example.com")[0] for n in range(3)] == [250, 250, 452]


def test_so_many_connections_and_no_more(lmtp: Serving, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lmtp_server, "MOST_CONNECTIONS", 1)
    with lmtp.client(), pytest.raises((smtplib.SMTPException, OSError)), lmtp.client() as second:
        assert second.mail("eve@example.org")[0] == 421
    assert _soon(lambda: lmtp.send(MAIL) == [250])


def test_it_is_lmtp_and_nothing_else(lmtp: Serving) -> None:
    with smtplib.SMTP(lmtp.host, lmtp.port) as said:
        assert said.helo("test.example")[0] == 500 and said.docmd("EHLO test.example")[0] == 500


def test_a_socket_file_takes_the_place_of_one_that_was_left(home: Path) -> None:
    door = Door(str(home / "lmtp"), 0)
    for _ in range(2):
        with serving(door) as up, smtplib.LMTP(up.host) as said:
            said.ehlo("test.example")
            assert deliver(said, MAIL, to=["privacy@example.com"]) == [250]
    assert len(spool.there()) == 2


def test_a_guarded_process_listens_there_and_nowhere_else(monkeypatch: pytest.MonkeyPatch) -> None:
    here = Door("127.0.0.1", free_port())
    sockets.install()
    monkeypatch.setattr(sockets._State, "process", "mail")
    monkeypatch.setattr(sockets._State, "tell", None)
    door = lmtp_server.bound(here)
    door.close()
    with socket.socket() as made, pytest.raises(WayRefused):
        made.bind(("127.0.0.1", 0))
    token = sockets._LISTENING.set(NOWHERE)
    with socket.socket() as made, pytest.raises(WayRefused):
        made.connect(NOWHERE)
    sockets._LISTENING.reset(token)
    with pytest.raises(WayRefused, match="belongs to"), lmtp_server.LISTENING.listen(*NOWHERE):
        pass


def _soon(holds: Any) -> bool:
    for _ in range(200):
        if holds():
            return True
        time.sleep(0.02)
    return False


def test_dots_are_doubled_by_the_test_itself() -> None:
    assert dotted(b".a\r\n.b") == b"..a\r\n..b\r\n.\r\n"
