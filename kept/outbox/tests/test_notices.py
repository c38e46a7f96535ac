"""Corrections, erasures and restrictions follow to whoever had something, until they say that they have done
it.
"""

from __future__ import annotations

import json
from datetime import timedelta
from threading import Thread
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError
from django.test import Client
from django.utils import timezone

from kept.core.consent import choices
from kept.core.ledger.models import Act
from kept.core.register.destroying import erasing
from kept.core.register.hooks.stalled_jobs import standing_still
from kept.core.vault import gate
from kept.core.vault.history import timeline
from kept.core.vault.subject_keys import keys
from kept.outbox import send_rules
from kept.outbox.handing_over import transfers
from kept.outbox.handing_over.carrier import carry
from kept.outbox.handing_over.disclosures import GIVE_UP, REMIND_AFTER
from kept.outbox.handing_over.transfers import disclose, follow
from kept.outbox.models import Disclosure, Handle, Notice
from kept.outbox.proofs import followed
from kept.outbox.tests.recipient import Recipient
from kept.testing import reader_of

pytestmark = pytest.mark.django_db(transaction=True)
NEW = {"person.phone": "+3229999999"}


def hand(
    user: Any, recipient: str = "service-partner", purpose: str = "support", **values: Any
) -> Disclosure:
    return disclose(
        subject=user.subject,
        recipient=recipient,
        purpose=purpose,
        values=values or {"person.name": "Alice", "person.phone": "+3221234567"},
    )


def correct(user: Any, values: Any = None, **more: Any) -> int:
    with gate.purpose("account", reader=reader_of(user), about=user.person), transaction.atomic():
        return follow(subject=user.subject, kind="correction", values=values or NEW, **more)


def happened(user: Any) -> list[Any]:
    with gate.purpose("own-data", reader=reader_of(user), about=user.person):
        return timeline(user.subject)


def due(days: int = 0) -> None:
    Notice.objects.filter(acknowledged_at=None).exclude(due_at=None).update(due_at=timezone.now())


def test_a_correction_reaches_whoever_had_the_value(alice: Any, partner: Recipient) -> None:
    row = hand(alice)
    carry()
    assert correct(alice) == 1
    assert carry() == 1
    assert partner.known[row.handle] == {"person.name": "Alice", **NEW}
    notice = Notice.objects.get()
    assert notice.acknowledged_at and notice.values is None and notice.due_at is None
    entry = happened(alice)[0]
    assert (
        entry.kind == "disclosed"
        and entry.detail["notice"] == "correction"
        and set(entry.detail["fields"]) == {"person.phone"}
    )


def test_nobody_else_hears_of_it(alice: Any, charlie: Any, partner: Recipient) -> None:
    hand(charlie)
    hand(alice, **{"person.name": "Alice"})
    carry()
    assert correct(alice) == 0, "The partner never had her phone number"
    assert correct(alice, categories=["identity.name"]) == 0
    assert correct(alice, values={"person.name": "Alice L."}) == 1


def test_what_has_not_left_yet_leaves_corrected(alice: Any, partner: Recipient) -> None:
    hand(alice)
    assert correct(alice) == 0
    carry()
    assert partner.messages[0]["values"] == {"person.name": "Alice", **NEW}


def test_a_correction_never_overtakes_what_it_corrects(alice: Any, partner: Recipient) -> None:
    row = hand(alice)
    partner.mood = "fails"
    carry()
    correct(alice)
    correct(alice, values={"person.phone": "+3228888888"})
    partner.mood = "acknowledges"
    assert carry() == 0, "The disclosure goes first, and is not due yet"
    Disclosure.objects.update(due_at=timezone.now())
    due()
    while carry():
        due()
    assert [message["kind"] for message in partner.messages] == ["disclosure", "correction", "correction"]
    assert partner.known[row.handle]["person.phone"] == "+3228888888"


def test_whoever_may_have_nothing_more_learns_that_it_is_wrong_and_no_more(
    alice: Any, partner: Recipient, monkeypatch: Any
) -> None:
    hand(alice)
    carry()
    correct(alice)
    choices.restrict(alice.subject, "support")
    assert carry() == 1
    assert "values" not in partner.messages[-1] and partner.messages[-1]["fields"] == ["person.phone"]
    assert Notice.objects.get().withheld == "NotAllowed"
    correct(alice)
    choices.lift(alice.subject, "support")
    monkeypatch.setattr(send_rules, "recipient_state", lambda recipient, at: "The contract ended.")
    assert carry() == 1 and "values" not in partner.messages[-1]
    assert Notice.objects.latest("queued_at").withheld == "DoorClosed"


def test_an_erasure_carries_the_handle_alone_and_outlives_the_key(alice: Any, partner: Recipient) -> None:
    row = hand(alice)
    carry()
    correct(alice)
    with transaction.atomic():
        assert follow(subject=alice.subject, kind="erasure") == 1
        keys.destroy(alice.subject)
        Disclosure.objects.filter(subject=alice.subject).delete()
        Handle.objects.filter(subject=alice.subject).delete()
    notice = Notice.objects.get(kind="erasure")
    assert notice.subject is None and notice.values is None
    assert carry() == 1
    assert (
        partner.messages[-1]["kind"] == "erasure"
        and partner.messages[-1]["handle"] == row.handle
        and "values" not in partner.messages[-1]
    )
    assert partner.known == {} and [message["kind"] for message in partner.messages] == [
        "disclosure",
        "erasure",
    ]
    notice.refresh_from_db()
    assert notice.acknowledged_at and notice.handle == "", "Nothing is left that anybody could be found by"
    assert b'"recipient":"service-partner"' in bytes(Act.objects.latest("at").packed)


def test_a_whole_erasure_leaves_the_notice_and_nothing_else(alice: Any, partner: Recipient) -> None:
    row = hand(alice)
    carry()
    correct(alice)
    with transaction.atomic():
        follow(subject=alice.subject, kind="erasure")
        erasing.destroy_rows(alice.subject)
    assert erasing.left_of(alice.subject) == {}
    assert not Disclosure.objects.exists() and not Handle.objects.exists()
    assert [notice.kind for notice in Notice.objects.all()] == ["erasure"]
    carry()
    assert partner.messages[-1]["kind"] == "erasure" and partner.messages[-1]["handle"] == row.handle


def test_the_database_itself_keeps_an_erasure_from_naming_anybody(alice: Any, partner: Recipient) -> None:
    hand(alice)
    carry()
    follow(subject=alice.subject, kind="erasure")
    with pytest.raises(IntegrityError):
        Notice.objects.update(subject=alice.subject)


def test_what_waits_is_taken_back_by_an_erasure(alice: Any, partner: Recipient) -> None:
    hand(alice)
    assert follow(subject=alice.subject, kind="erasure") == 0, "Nobody had anything yet"
    assert carry() == 0 and partner.calls == []
    assert Disclosure.objects.get().values is None


def test_what_may_have_left_is_followed_and_not_overtaken(alice: Any, partner: Recipient) -> None:
    """A carrier holds a lease, and may be sending this moment: the erasure waits until that lease is over."""
    row = hand(alice)
    held = Disclosure.claim(timezone.now())
    assert held
    assert follow(subject=alice.subject, kind="erasure") == 1
    notice = Notice.objects.get()
    assert notice.due_at == held.due_at and notice.handle == row.handle
    assert carry() == 0
    held.arrived(acknowledged=True)
    due()
    assert carry() == 1 and partner.messages[-1]["kind"] == "erasure"


def test_nothing_slips_out_beside_an_erasure(alice: Any, partner: Recipient, monkeypatch: Any) -> None:
    """A carrier that reaches for a row while she is being erased waits, and finds nothing; it must not send
    what nobody would follow.
    """
    hand(alice)
    taken: list[Any] = []

    def reach() -> None:
        taken.append(Disclosure.claim(timezone.now()))
        connection.close()

    carrier, take_back = Thread(target=reach), transfers._take_back

    def meanwhile(subject: Any) -> None:
        carrier.start()
        carrier.join(0.4)
        take_back(subject)

    monkeypatch.setattr(transfers, "_take_back", meanwhile)
    with transaction.atomic():
        assert follow(subject=alice.subject, kind="erasure") == 0
        assert taken == []
    carrier.join(20)
    assert taken == [None]


def test_a_restriction_reaches_those_of_its_purposes(alice: Any, partner: Recipient) -> None:
    hand(alice)
    carry()
    assert follow(subject=alice.subject, kind="restriction", purposes=["sales"]) == 0
    choices.restrict(alice.subject, "support")
    assert follow(subject=alice.subject, kind="restriction", purposes=["support", "sales"]) == 1
    carry()
    assert partner.messages[-1]["kind"] == "restriction" and partner.messages[-1]["purposes"] == ["support"]
    assert follow(subject=alice.subject, kind="lifting", purposes=["support"]) == 1
    carry()
    assert partner.messages[-1]["kind"] == "lifting"
    assert happened(alice)[0].detail["purposes_told"] == ["support"]
    with pytest.raises(ValueError, match="The kinds are"):
        follow(subject=alice.subject, kind="gossip")


def test_who_answers_late_does_so_at_an_address_of_its_own(alice: Any, partner: Recipient) -> None:
    partner.mood = "stores"
    hand(alice)
    carry()
    correct(alice)
    assert carry() == 1
    notice = Notice.objects.get()
    assert notice.sent_at and notice.acknowledged_at is None and notice.values is None
    told, client = partner.messages[-1]["acknowledge"], Client(enforce_csrf_checks=True)
    address = told["url"].removeprefix("http://localhost:8000")

    def say(word: Any, path: str = address) -> int:
        return client.post(
            path, json.dumps({"acknowledged": word}), content_type="application/json"
        ).status_code

    assert (
        say("guess") == 404 and say(told["token"], address.replace(str(notice.pk), str(alice.subject))) == 404
    )
    assert say(7) == 400 and client.post(address, b"\xff", content_type="text/plain").status_code == 400
    assert client.post(address, b"[" * 5000, content_type="text/plain").status_code == 400
    assert client.get(address).status_code == 405
    assert Notice.objects.get().acknowledged_at is None
    assert say(told["token"]) == 200 and say(told["token"]) == 200
    assert Notice.objects.get().acknowledged_at and Notice.objects.get().due_at is None


def test_who_does_not_answer_is_reminded_and_then_told_by_people(alice: Any, partner: Recipient) -> None:
    partner.mood = "stores"
    hand(alice)
    carry()
    correct(alice)
    carry()
    assert followed().kept is True
    row = Notice.objects.get()
    assert row.due_at and row.due_at > timezone.now() + REMIND_AFTER - timedelta(minutes=1)
    for number in (1, 2, 3):
        due()
        assert carry() == 1
        assert partner.messages[-1]["reminder"] == number and "values" not in partner.messages[-1]
        assert partner.calls[-1][0]["Idempotency-Key"] == f'"{row.pk}.{number}"'
    due()
    assert carry() == 0
    row.refresh_from_db()
    assert row.by_hand and row.matter_open and row.trouble == "Unacknowledged" and row.reminders == 3
    Notice.objects.update(queued_at=timezone.now() - timedelta(days=31))
    assert followed().kept is False and "people have not told" in followed().text


def test_a_machine_that_is_down_for_two_days_is_told_by_people(alice: Any, partner: Recipient) -> None:
    hand(alice)
    carry()
    correct(alice)
    partner.mood = "fails"
    carry()
    assert Notice.objects.get().by_hand is False
    Notice.objects.update(queued_at=timezone.now() - GIVE_UP)
    due()
    carry()
    assert Notice.objects.get().by_hand and Notice.objects.get().values is not None


def test_the_proof_turns_when_one_is_lost_or_stands_still(alice: Any, partner: Recipient) -> None:
    assert followed().kept is None
    hand(alice)
    carry()
    correct(alice)
    assert followed().kept is True and followed().figure == "0 of 1 acknowledged"
    Notice.objects.update(due_at=timezone.now() - timedelta(hours=2))
    assert followed().kept is False and standing_still(timezone.now()) == {
        "Disclosures and notices to recipients": 1
    }
    Notice.objects.update(due_at=None)
    assert followed().kept is False and "1 that nobody is working on" in followed().text
    Notice.objects.update(due_at=timezone.now())
    carry()
    assert followed().figure == "1 of 1 acknowledged"
