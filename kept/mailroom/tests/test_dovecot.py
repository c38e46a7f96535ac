"""A real mailbox: what comes in is stored here first, then deleted there; whatever the server does
meanwhile.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kept.mailroom.environment import Mailbox
from kept.mailroom.receiving import imap_client, spool
from kept.mailroom.receiving.imap_client import Fetcher, connected
from kept.mailroom.tests.letters import mail
from kept.mailroom.tests.mail_servers import PASSWORD, USER, Server, dovecot, fill


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with dovecot(tmp_path_factory.mktemp("dovecot")) as up:
        yield up


@pytest.fixture
def mailbox(server: Server, home: Path) -> Mailbox:
    """Empty, and visited once."""
    box = Mailbox("imap", "127.0.0.1", server.port, USER, PASSWORD)
    with connected(box) as client:
        client.select_folder("INBOX")
        if found := client.search():
            client.delete_messages(found)
            client.expunge()
    Fetcher(box).once()
    return box


def number(n: int) -> bytes:
    return mail(f"Mail {n}", Message_ID=f"<{n}@mail.example>")


def there() -> list[bytes]:
    return [b"".join(spool.pieces_of(id)) for id in spool.there()]


def left(box: Mailbox) -> dict[int, tuple[bytes, ...]]:
    """What lies in the mailbox, with its flags."""
    with connected(box) as client:
        client.select_folder("INBOX", readonly=True)
        found = client.search()
        return {id: said[b"FLAGS"] for id, said in client.fetch(found, ["FLAGS"]).items()} if found else {}


def test_it_works(server: Server, mailbox: Mailbox) -> None:
    fill(server, number(1), number(2))
    assert Fetcher(mailbox).once() == 2
    assert [one.endswith((b"Mail 1\r\n", b"Mail 2\r\n")) for one in there()] == [True, True]
    assert left(mailbox) == {} and Fetcher(mailbox).once() == 0


def test_kept_it_is_marked_and_fetched_once(server: Server, mailbox: Mailbox, settings: Any) -> None:
    settings.KEPT_IMAP_AFTER = "keep"
    fill(server, number(1))
    assert Fetcher(mailbox).once() == 1 and Fetcher(mailbox).once() == 0
    assert [b"\\Seen" in flags for flags in left(mailbox).values()] == [True]


def test_what_lay_there_before_is_left_alone_until_it_is_asked_for(
    server: Server, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    (spool.folder() / imap_client.STATE).unlink()
    fill(server, *(number(n) for n in range(30)))
    assert Fetcher(mailbox).once() == 0 and len(left(mailbox)) == 30
    fill(server, number(30))
    assert Fetcher(mailbox).once() == 1 and len(left(mailbox)) == 30
    assert Fetcher(mailbox, older=True).once() == 30 and left(mailbox) == {}


def test_a_mail_beyond_the_limit_stays_there_and_is_told_of_here(
    server: Server, mailbox: Mailbox, settings: Any
) -> None:
    settings.KEPT_MAIL_LIMIT = 1_000_000
    fill(server, number(1).rstrip() + b"\r\n" + (b"x" * 76 + b"\r\n") * 20_000, number(2))
    assert Fetcher(mailbox).once() == 2
    sizes = sorted(spool.envelope_of(id).left_there for id in spool.there())
    assert sizes[0] == 0 and sizes[1] > 1_500_000 and all(len(one) < 5_000 for one in there())
    assert [b"\\Flagged" in flags for flags in left(mailbox).values()] == [True]
    assert Fetcher(mailbox).once() == 0, "and it is not asked for again"


def test_a_large_mail_comes_in_pieces_and_is_whole(server: Server, mailbox: Mailbox) -> None:
    body = b"".join(b"%070d\r\n" % n for n in range(50_000))
    fill(server, number(1) + body)
    Fetcher(mailbox).once()
    assert there()[0].endswith(body)


def test_killed_before_it_was_marked_it_is_fetched_again(
    server: Server, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twice here, and known as the same: none lost, and the worker takes one in."""
    fill(server, number(1))

    class Died(BaseException):
        pass

    def dies(*given: Any) -> None:
        raise Died

    with monkeypatch.context() as broken, pytest.raises(Died):
        broken.setattr(imap_client.IMAPClient, "delete_messages", dies)
        Fetcher(mailbox).once()
    assert len(there()) == 1 and len(left(mailbox)) == 1
    assert Fetcher(mailbox).once() == 1 and len(there()) == 2 and left(mailbox) == {}


def test_a_disk_that_is_full_leaves_it_in_the_mailbox(
    server: Server, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(server, number(1))

    def full(self: Any) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken, pytest.raises(OSError, match="space"):
        broken.setattr(imap_client.spool.Spooled, "finish", full)
        Fetcher(mailbox).once()
    assert there() == [] and len(left(mailbox)) == 1
    assert Fetcher(mailbox).once() == 1


def test_a_wrong_password_is_said_and_not_tried_again_at_once(
    server: Server, home: Path, caplog: Any
) -> None:
    fetcher = Fetcher(Mailbox("imap", "127.0.0.1", server.port, USER, "wrong"))
    thread = threading.Thread(target=fetcher.run)
    thread.start()
    assert _soon(lambda: "refuses the name or the password" in caplog.text)
    fetcher.stop.set()
    thread.join(5)
    assert not thread.is_alive() and "wrong" not in caplog.text.replace("password", "")


def test_it_stays_and_hears_of_each_and_outlives_its_server(
    server: Server, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    monkeypatch.setattr(imap_client, "FIRST_WAIT", 0.2)
    monkeypatch.setattr(imap_client, "LONGEST_WAIT", 0.5)
    fetcher = Fetcher(mailbox)
    thread = threading.Thread(target=fetcher.run)
    thread.start()
    try:
        fill(server, number(1))
        assert _soon(lambda: len(there()) == 1), "it is told of new mail while it waits"
        fill(server, number(2))
        assert _soon(lambda: len(there()) == 2)
        server.stop()
        assert _soon(lambda: "cannot be read" in caplog.text)
        time.sleep(1.5)
        assert caplog.text.count("cannot be read") <= 2, "an hour is no reason to say it at each try"
        server.start()
        fill(server, number(3))
        assert _soon(lambda: len(there()) == 3), "it comes back by itself"
    finally:
        fetcher.stop.set()
        thread.join(15)
    assert not thread.is_alive()


def test_a_mailbox_that_was_made_anew_is_read_from_where_it_was(server: Server, mailbox: Mailbox) -> None:
    fill(server, number(1))
    Fetcher(mailbox).once()
    bookmark = imap_client.bookmark_of(mailbox)
    bookmark.validity -= 1
    bookmark.next = 9_999
    imap_client.put_bookmark(mailbox, bookmark)
    fill(server, number(2))
    assert Fetcher(mailbox).once() == 1 and len(there()) == 2


def test_the_bookmark_names_nobody(mailbox: Mailbox) -> None:
    said = (spool.folder() / imap_client.STATE).read_text()
    assert "portal" not in said and "127.0.0.1" not in said


def _soon(holds: Any) -> bool:
    for _ in range(600):
        if holds():
            return True
        time.sleep(0.05)
    return False
