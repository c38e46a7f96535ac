"""kept mail: a process of its own takes mail in; the keys mail is signed with are made and changed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from kept.__main__ import main
from kept.mailroom import configuration
from kept.mailroom.environment import Door, Mailbox, imap, lmtp
from kept.mailroom.judging import name_lookups
from kept.mailroom.receiving import spool
from kept.mailroom.tests.server import Serving
from kept.outbox import dkim_keys, sockets
from kept.outbox.models import DkimKey
from kept.testing import free_port

MAIL = b"From: Eve <eve@example.org>\r\nSubject: x\r\n\r\nPlease tell me.\r\n"


def started(settings: Any, *arguments: str, **env: str) -> subprocess.Popen[str]:
    """As `kept run` starts it: with no database in its environment."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("KEPT_", "DJANGO"))}
    own = {"KEPT_HOME": str(settings.KEPT_HOME), "KEPT_MASTER_KEY_FILE": str(settings.KEPT_MASTER_KEY_FILE)}
    return subprocess.Popen(
        [sys.executable, "-m", "kept", "mail", *arguments],
        env={**clean, **own, **env},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_it_takes_mail_in_without_a_database_and_ends_when_told(home: Path, settings: Any) -> None:
    port = free_port()
    process = started(settings, "serve", "fetch", "--configured", KEPT_LMTP=f"127.0.0.1:{port}")
    try:
        assert process.stdout is not None
        assert "taken in at" in process.stdout.readline()
        assert Serving("127.0.0.1", port).send(MAIL) == [250]
    finally:
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=30)
    assert process.returncode == 0, said
    assert [b"".join(spool.pieces_of(id)) for id in spool.there()] == [MAIL]
    assert not (home / "kept.sqlite3").exists(), "no database was made or asked"


@pytest.mark.parametrize(
    ("env", "said"),
    [
        ({}, "Neither KEPT_LMTP nor KEPT_IMAP is set"),
        ({"KEPT_LMTP": "0.0.0.0:8024"}, "may not be open to strangers"),
        ({"KEPT_IMAP": "imap://a:b@mail.example.org"}, "in the clear"),
        ({"KEPT_IMAP": "imaps://a@mail.example.org"}, "no password"),
    ],
    ids=["nothing", "open to all", "in the clear", "no password"],
)
def test_half_a_configuration_is_refused_with_a_sentence(
    home: Path, settings: Any, env: dict[str, str], said: str
) -> None:
    process = started(settings, "serve", "fetch", "--configured", **env)
    _, wrong = process.communicate(timeout=60)
    assert process.returncode in {1, 2} and said in wrong and "Traceback" not in wrong


@pytest.mark.parametrize(
    ("more", "number"),
    [
        ({"KEPT_IMAP": Mailbox("imaps", "mail.example", 993, "a", "")}, 1),
        ({"KEPT_IMAP": Mailbox("imap", "mail.example", 143, "a", "b")}, 2),
        ({"KEPT_MAIL_BOUNCES": "bounces@example.com"}, 3),
        ({"KEPT_LMTP": Door("127.0.0.1", 8000)}, 4),
        ({"KEPT_LMTP": Door("/nowhere/at/all/lmtp", 0)}, 5),
    ],
)
def test_each_half_is_a_finding_of_the_check(settings: Any, more: dict[str, Any], number: int) -> None:
    for name, value in more.items():
        setattr(settings, name, value)
    assert [one.id for one in configuration.mail_is_set_whole()] == [f"mailroom.E00{number}"]


def test_a_whole_one_is_none(settings: Any) -> None:
    settings.KEPT_LMTP = Door("127.0.0.1", 8024)
    settings.KEPT_IMAP = imap("imaps://a%40b.c:p%2Fw@mail.example")
    settings.KEPT_MAIL_BOUNCES = "bounces@example.com"
    assert configuration.mail_is_set_whole() == []
    assert (settings.KEPT_IMAP.user, settings.KEPT_IMAP.password) == ("a@b.c", "p/w")
    assert "p/w" not in repr(settings.KEPT_IMAP)


@pytest.mark.parametrize("text", ["8024", "example.com:8024", "127.0.0.1", "8.8.8.8:25", "unix:lmtp"])
def test_what_is_no_place_for_lmtp_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="Write "):
        lmtp(text)


@pytest.fixture
def unguarded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sockets, "guard", lambda process: None)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("policy", "unguarded")
def test_a_key_is_made_published_used_and_followed_by_another(
    monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    published: list[str] = []
    monkeypatch.setattr(name_lookups, "txt_records", lambda name: published)
    assert main(["mail", "dkim"]) == 1 and "is not signed" in capsys.readouterr().out
    assert main(["mail", "dkim", "--new"]) == 0
    first = DkimKey.objects.get()
    said = capsys.readouterr().out
    assert dkim_keys.record_name(first) in said and first.public[:60] in said and "PRIVATE" not in said
    assert main(["mail", "dkim", "--use", first.selector]) == 1
    assert "does not have the record" in capsys.readouterr().err
    assert dkim_keys.signing_key(first.domain) is None
    published.append(dkim_keys.record_text(first))
    assert main(["mail", "dkim", "--use", first.selector]) == 0
    second = dkim_keys.make_key(first.domain)
    assert second.selector != first.selector
    assert main(["mail", "dkim", "--use", second.selector, "--unchecked"]) == 0
    assert "may go after" in capsys.readouterr().out
    assert dkim_keys.signing_key(first.domain) == second


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("policy")
def test_a_key_that_signs_no_more_is_destroyed_after_its_mail_has_arrived() -> None:
    old, new = dkim_keys.make_key("example.com"), dkim_keys.make_key("example.com")
    dkim_keys.use_key(old)
    dkim_keys.use_key(new)
    old.refresh_from_db()
    assert old.ended_at is not None and dkim_keys.forget_old() == 0
    assert dkim_keys.forget_old(now=old.ended_at + dkim_keys.STAYS * 2) == 1
    old.refresh_from_db()
    assert old.private is None and dkim_keys.signing_key("example.com") == new
