"""A real mail server hands mail in: over SMTP to Postfix, over LMTP to here; and what is not taken stays
with it, or goes back to its sender.
"""

from __future__ import annotations

import smtplib
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from kept.mailroom import distribution
from kept.mailroom.environment import Door
from kept.mailroom.judging import name_lookups
from kept.mailroom.judging.authenticity import PROVEN, judge
from kept.mailroom.models import ReceivedMail
from kept.mailroom.receiving import spool
from kept.mailroom.tests.letters import mail, signed, zone, zone_of
from kept.mailroom.tests.mail_servers import Server, postfix, send
from kept.mailroom.tests.server import serving
from kept.outbox import dkim_keys
from kept.outbox.delivery import deliver, message_id
from kept.outbox.mail import Thread
from kept.outbox.mail import mail as write
from kept.outbox.models import Message
from kept.outbox.return_addresses import message_of
from kept.rights.requests.models import Request
from kept.testing import free_port

PORT = free_port()
HERE = Door("127.0.0.1", PORT)
TO = "privacy@portal.example.com"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("postfix")
    with postfix(folder, hands_to=PORT, refuses="gone@elsewhere.example") as up:
        yield up


def there() -> list[bytes]:
    return [b"".join(spool.pieces_of(id)) for id in spool.there()]


def test_a_signed_mail_comes_through_as_it_was_signed(server: Server, home: Path) -> None:
    with serving(HERE):
        send(server, signed(mail("Über .\n.\n..dots")), to=TO)
        assert _soon(lambda: len(there()) == 1)
    (raw,) = there()
    (id,) = spool.there()
    assert judge(raw, zone_of()).result == PROVEN
    assert spool.envelope_of(id).recipients == (TO,) and spool.envelope_of(id).sender == "eve@mail.example"
    assert raw.count(b"Received: ") >= 1


def test_while_nobody_listens_it_waits_at_the_mail_server(server: Server, home: Path) -> None:
    send(server, mail(), to=TO)
    time.sleep(1)
    assert there() == []
    with serving(HERE):
        assert _soon(lambda: len(there()) == 1)


def test_what_is_too_large_here_goes_back_and_is_not_sent_again(
    server: Server, home: Path, settings: Any
) -> None:
    settings.KEPT_MAIL_LIMIT = 1_000_000
    with serving(HERE):
        send(server, mail("x" * 70 + "\n" * 1) + b"y" * 70 + (b"z" * 70 + b"\r\n") * 20_000, to=TO, sender=TO)
        # The report goes to whoever sent it, and in this test that is us.
        assert _soon(lambda: len(there()) == 1)
        report = there()[0]
        time.sleep(2)
        assert len(there()) == 1
    assert b"multipart/report" in report and b"5.3.4" in report


@pytest.fixture
def outward(server: Server, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Server:
    """Our own mail leaves by this Postfix."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.KEPT_MAIL_FROM = "Support <privacy@portal.example.com>"
    settings.KEPT_MAIL_BOUNCES = "bounces@portal.example.com"
    return server


def ours(alice: Any, to: str, **thread: Any) -> Message:
    return write(
        subject=alice.subject,
        to=to,
        template="rights/mail/copy_ready.txt",
        context={"address": "http://localhost/x", "until": timezone.now()},
        purpose="own-data",
        thread=Thread(**thread) if thread else None,
    )


@pytest.mark.django_db(transaction=True)
def test_our_mail_leaves_signed_threaded_and_with_a_return_address(outward: Server, alice: Any) -> None:
    key = dkim_keys.make_key("portal.example.com")
    dkim_keys.use_key(key)
    row = ours(alice, "alice@portal.example.com", about="S-1", answers=["<a@x.example>", "<b@x.example>"])
    with serving(HERE):
        assert deliver() == 1
        assert _soon(lambda: len(there()) == 1)
    (raw,) = there()
    (id,) = spool.there()
    known = zone({dkim_keys.record_name(key): dkim_keys.record_text(key)})
    assert judge(raw, known).result == PROVEN
    assert judge(raw.replace(b"Your copy", b"Our copy"), known).result != PROVEN
    assert message_of(spool.envelope_of(id).sender) == row.pk
    head = raw.partition(b"\r\n\r\n")[0]
    assert b"In-Reply-To: <b@x.example>" in head and b"References: <a@x.example> <b@x.example>" in head
    assert b"Auto-Submitted: auto-generated" in head and message_id(row.pk).encode() in head
    assert b"From: Support <privacy@portal.example.com>" in head


@pytest.mark.django_db(transaction=True)
def test_what_a_person_wrote_is_not_said_to_be_a_machines(outward: Server, alice: Any) -> None:
    ours(alice, "alice@portal.example.com", by_hand=True)
    with serving(HERE):
        deliver()
        assert _soon(lambda: len(there()) == 1)
    assert b"Auto-Submitted" not in there()[0] and b"DKIM-Signature" not in there()[0]


@pytest.mark.django_db(transaction=True)
def test_what_cannot_be_delivered_comes_back_to_the_mail_it_was(outward: Server, alice: Any) -> None:
    row = ours(alice, "gone@elsewhere.example")
    with serving(HERE):
        deliver()
        assert _soon(lambda: len(there()) == 1), "the report of Postfix"
    assert distribution.distribute() > 0
    row.refresh_from_db()
    assert row.came_back == "5.1.1" and row.came_back_at
    assert ReceivedMail.objects.get().outcome == "returned" and there() == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("policy")
def test_a_question_its_answer_and_what_is_said_to_that(
    outward: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The whole way: SMTP to Postfix, LMTP to here, a request; our mail out over SMTP; the reply threads
    back.
    """
    monkeypatch.setattr(name_lookups, "txt_records", zone_of("portal.example.com"))
    eve = {"From": "Eve <eve@portal.example.com>", "To": TO}
    with serving(HERE):
        send(outward, signed(mail("Who has my address?", **eve), "portal.example.com"), to=TO)
        assert _soon(lambda: len(there()) == 1)
        distribution.distribute()
        request = Request.objects.get()
        assert deliver() == 1
        assert _soon(lambda: len(there()) == 1), "what she gets"
        (id,) = spool.there()
        answer = there()[0]
        assert spool.envelope_of(id).recipients == ("eve@portal.example.com",)
        spool.remove(id)
        name = next(line for line in answer.split(b"\r\n") if line.startswith(b"Message-ID: "))[12:].decode()
        reply = mail("One more thing.", Subject="Re: hello", In_Reply_To=name, Message_ID="<2@eve>", **eve)
        send(outward, signed(reply, "portal.example.com"), to=TO)
        assert _soon(lambda: len(there()) == 1)
        distribution.distribute()
    assert Request.objects.count() == 1
    assert request.steps.filter(what__contains="signed by the domain").count() == 1


def test_a_mail_server_hears_what_it_may_send(server: Server, home: Path) -> None:
    with serving(HERE) as up, smtplib.LMTP(up.host, up.port) as said:
        said.ehlo("test.example")
        assert said.esmtp_features["size"] == "35000000" and "8bitmime" in said.esmtp_features


def _soon(holds: Any) -> bool:
    for _ in range(600):
        if holds():
            return True
        time.sleep(0.05)
    return False
