"""Each mail to one room, once; what must not be let in by a machine waits for somebody, and nothing is
lost.

"""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from django.utils import timezone

from kept.core.vault.errors import VaultError
from kept.mailroom import distribution
from kept.mailroom.judging import name_lookups
from kept.mailroom.judging.name_lookups import NoAnswerNow
from kept.mailroom.models import GIVE_UP, REMEMBERED, ReceivedMail
from kept.mailroom.reading import mail_parser
from kept.mailroom.receiving import spool
from kept.mailroom.receiving.spool import Envelope
from kept.mailroom.takers import TAKERS, Claim, Mail, Strength, Taker
from kept.mailroom.tests.letters import mail, signed, zone_of
from kept.outbox.delivery import message_id
from kept.outbox.models import Message
from kept.outbox.return_addresses import return_address
from kept.rights.asking.mail.intake import NOT_PROVEN
from kept.rights.asking.models import Unsorted
from kept.rights.requests.models import Request

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("policy")]


@pytest.fixture(autouse=True)
def names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(name_lookups, "txt_records", zone_of())


def arrives(raw: bytes, *, to: tuple[str, ...] = ("privacy@example.com",), **more: Any) -> UUID:
    id, file = spool.begin("lmtp", sender="eve@mail.example", recipients=to, **more)
    file.write(raw)
    file.finish()
    return id


def row_of(id: UUID) -> ReceivedMail:
    return ReceivedMail.objects.get(pk=id)


def due() -> None:
    ReceivedMail.objects.filter(ended_at=None, held_at=None).update(due_at=timezone.now())


def asked() -> Request:
    """An open request that came by mail."""
    arrives(mail())
    distribution.distribute()
    return Request.objects.get()


def test_a_mail_becomes_a_question_and_nothing_of_it_stays_here() -> None:
    id = arrives(mail())
    assert distribution.distribute() > 0
    assert Request.objects.get().channel == "email"
    assert (row_of(id).outcome, row_of(id).taker) == ("taken", "requests")
    assert not spool.is_there(id)
    assert distribution.distribute() == 0


def test_the_same_mail_by_two_ways_is_one_question() -> None:
    arrives(mail())
    distribution.distribute()
    again = arrives(b"Received: by other; Sun, 29 Nov 2026 10:00:00 +0000\r\n" + mail())
    distribution.distribute()
    assert Request.objects.count() == 1
    assert row_of(again).outcome == "same" and spool.there() == []


def test_another_mail_under_the_same_name_is_not_lost() -> None:
    arrives(mail())
    arrives(mail("Something else."))
    distribution.distribute()
    assert Request.objects.count() == 2


def test_an_answer_that_is_proven_joins_its_request() -> None:
    request = asked()
    arrives(signed(mail("More.", Subject=f"Re: {request.reference}", Message_ID="<2@mail.example>")))
    distribution.distribute()
    assert Request.objects.count() == 1 and request.steps.filter(what__contains="signed by").exists()


@pytest.mark.parametrize("author", ["a..b@evil.example", "a b@evil.example", '"a"b@evil.example'])
def test_a_signature_over_from_does_not_vouch_for_reply_to(
    author: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody could be written to at that From, so an answer would go to Reply-To: to anybody's address."""
    monkeypatch.setattr(name_lookups, "txt_records", zone_of("evil.example"))
    request = asked()
    raw = mail(
        "Erase it all.",
        Subject=f"Re: {request.reference}",
        Message_ID="<2@mail.example>",
        From=author,
        Reply_To="eve@mail.example",
    )
    arrives(signed(raw, "evil.example"))
    distribution.distribute()
    assert request.steps.count() == 1 and not request.steps.filter(what__contains="signed by").exists()


def test_an_answer_that_is_not_proven_waits_for_somebody() -> None:
    request = asked()
    id = arrives(mail("More.", Subject=f"Re: {request.reference}", Message_ID="<2@mail.example>"))
    distribution.distribute()
    (waits,) = Unsorted.objects.all()
    assert waits.why == str(NOT_PROVEN) and row_of(id).outcome == "taken"
    assert Request.objects.count() == 1 and request.steps.count() == 1


def test_a_room_that_asks_for_proof_gets_it_or_somebody_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    got: list[bool] = []

    def take(one: Any, settle: Any) -> None:
        with transaction.atomic():
            got.append(one.looked)
            settle()

    joins = Claim(Strength.MATTER, joins=True, matter="S-1")
    monkeypatch.setitem(TAKERS, "test", Taker("test", "Test", ("support",), lambda one: joins, take))
    id = arrives(mail())
    arrives(signed(mail("Two.", Message_ID="<2@mail.example>")))
    distribution.distribute()
    row = row_of(id)
    assert got == [False] and row.held_at and (row.taker, row.why) == ("test", str(distribution.NOT_PROVEN))
    assert spool.is_there(id) and distribution.distribute() == 0, "it is not tried again by itself"
    distribution.give(row, distribution.opened(row, looked=True), TAKERS["test"], role="support")
    assert got == [False, True] and row_of(id).role == "support" and not spool.is_there(id)
    with pytest.raises(distribution.EndedMeanwhile):
        distribution.give(row, mail_of(row), TAKERS["test"])


def test_an_answer_is_known_by_the_mail_it_answers() -> None:
    """Whatever became of the subject: the name of our mail leads to the request it was about."""
    request = asked()
    ours = Message.objects.get(about=request.reference)
    raw = mail(
        "More.", Subject="Re: your mail", Message_ID="<2@mail.example>", In_Reply_To=message_id(ours.pk)
    )
    arrives(signed(raw))
    distribution.distribute()
    assert Request.objects.count() == 1 and request.steps.count() == 2


def test_name_servers_that_are_away_are_asked_again_and_not_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(name: str) -> list[str]:
        raise NoAnswerNow

    monkeypatch.setattr(name_lookups, "txt_records", away)
    id = arrives(signed(mail()))
    distribution.distribute()
    assert row_of(id).due_at > timezone.now() and Request.objects.count() == 0
    ReceivedMail.objects.update(received_at=timezone.now() - distribution.NAMES_FOR)
    due()
    distribution.distribute()
    assert row_of(id).verdict == "unproven" and Request.objects.count() == 1


def test_a_report_marks_the_mail_that_came_back(settings: Any) -> None:
    settings.KEPT_MAIL_BOUNCES = "bounces@portal.example.com"
    asked()
    ours = Message.objects.get()
    id = arrives(report("5.1.1", "failed"), to=(return_address(ours.pk),))
    distribution.distribute()
    ours.refresh_from_db()
    assert ours.came_back == "5.1.1" and ours.came_back_at and row_of(id).outcome == "returned"
    assert Request.objects.count() == 1


def test_a_report_to_no_address_of_its_own_is_known_by_what_it_quotes() -> None:
    asked()
    ours = Message.objects.get()
    arrives(report("5.2.2", "failed", quoted=message_id(ours.pk)))
    distribution.distribute()
    ours.refresh_from_db()
    assert ours.came_back == "5.2.2"


def test_a_report_that_was_fetched_from_a_mailbox_is_known_by_its_head(settings: Any) -> None:
    settings.KEPT_MAIL_BOUNCES = "bounces@portal.example.com"
    asked()
    ours = Message.objects.get()
    raw = report("5.1.1", "failed").replace(b"x@example.com", return_address(ours.pk).encode())
    arrives(raw, to=())
    distribution.distribute()
    ours.refresh_from_db()
    assert ours.came_back == "5.1.1"


def test_a_report_of_a_delay_is_no_return() -> None:
    asked()
    ours = Message.objects.get()
    arrives(report("4.4.1", "delayed", quoted=message_id(ours.pk)))
    distribution.distribute()
    ours.refresh_from_db()
    assert ours.came_back_at is None


def test_nobody_can_say_of_a_mail_of_ours_that_it_came_back(settings: Any) -> None:
    settings.KEPT_MAIL_BOUNCES = "bounces@portal.example.com"
    asked()
    ours = Message.objects.get()
    real = return_address(ours.pk)
    made_up = real[:40] + ("0" if real[40] != "0" else "1") + real[41:]
    arrives(report("5.1.1", "failed"), to=(made_up,))
    distribution.distribute()
    ours.refresh_from_db()
    assert ours.came_back_at is None and Unsorted.objects.count() == 1


def test_an_automatic_reply_is_answered_by_nobody() -> None:
    id = arrives(mail("Away.", Auto_Submitted="auto-replied"))
    distribution.distribute()
    assert Unsorted.objects.count() == 1 and Request.objects.count() == 0 and row_of(id).outcome == "taken"
    assert Message.objects.count() == 0


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (mail(From=""), "sender"),
        (mail("", Subject=""), "says nothing"),
        (b"Received: by x\r\n" * 80 + mail(), "circles"),
    ],
    ids=["no sender", "nothing said", "circles"],
)
def test_what_no_room_can_take_waits_with_its_reason(raw: bytes, why: str) -> None:
    id = arrives(raw)
    distribution.distribute()
    assert why in row_of(id).why and spool.is_there(id)


def test_a_mail_left_in_the_mailbox_is_told_of() -> None:
    id = arrives(mail(), left_there=60_000_000)
    distribution.distribute()
    assert row_of(id).why == str(distribution.TOO_LARGE)


def test_a_room_that_fails_is_asked_again_and_others_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = arrives(mail()), arrives(mail("Two.", Message_ID="<2@mail.example>"))
    monkeypatch.setitem(TAKERS, "requests", failing(mail_id=first))
    distribution.distribute()
    assert row_of(first).trouble == "VaultError" and spool.is_there(first) and row_of(second).ended_at
    ReceivedMail.objects.filter(pk=first).update(received_at=timezone.now() - GIVE_UP)
    due()
    distribution.distribute()
    assert row_of(first).why == str(distribution.REFUSED) and spool.is_there(first)


def test_a_mail_that_kills_its_reader_is_not_read_for_ever() -> None:
    id = arrives(mail())
    distribution._adopt()
    ReceivedMail.objects.update(attempts=distribution.TRIES + 1)
    distribution.distribute()
    assert row_of(id).why == str(distribution.UNREADABLE)


def test_a_file_that_was_altered_waits_and_stays() -> None:
    id = arrives(mail())
    raw = bytearray(spool.place_of(id).read_bytes())
    raw[40] ^= 1
    spool.place_of(id).write_bytes(raw)
    distribution.distribute()
    assert row_of(id).why == str(distribution.BROKEN) and spool.is_there(id)
    assert row_of(id).taker in TAKERS, "it waits on somebody's list"


def test_a_file_that_is_gone_is_said() -> None:
    id = arrives(mail())
    distribution._adopt()
    spool.remove(id)
    distribution.distribute()
    assert row_of(id).outcome == "lost"


def test_what_is_over_is_forgotten_after_its_time() -> None:
    arrives(mail())
    distribution.distribute()
    assert distribution.forget_old() == 0
    assert distribution.forget_old(now=timezone.now() + REMEMBERED + timedelta(days=1)) == 1


def test_rows_hold_nothing_of_anybody() -> None:
    arrives(mail("canary"))
    distribution.distribute()
    said = str(list(ReceivedMail.objects.values()))
    assert "eve" not in said and "canary" not in said and "mail.example" not in said


def mail_of(row: ReceivedMail) -> Mail:
    letter = mail_parser.read(mail(), now=timezone.now())
    return Mail(row.pk, Envelope("lmtp"), letter, proven=False)


def failing(*, mail_id: UUID) -> Any:
    real = TAKERS["requests"]

    def take(one: Any, settle: Any) -> None:
        if one.id == mail_id:
            raise VaultError("eve@mail.example")
        real.take(one, settle)

    return type(real)(real.id, real.title, real.roles, real.claims, take)


def report(status: str, action: str, *, quoted: str = "<9@other.example>") -> bytes:
    """As Postfix writes it (RFC 3464)."""
    lines = f"""From: MAILER-DAEMON@mx.example
To: x@example.com
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Message-ID: <{status}@mx.example>
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="B"

--B
Content-Type: text/plain

I could not deliver it.

--B
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; eve@mail.example
Action: {action}
Status: {status}

--B
Content-Type: text/rfc822-headers

Message-ID: {quoted}
Subject: We have your question

--B--
"""
    return lines.replace("\n", "\r\n").encode()
