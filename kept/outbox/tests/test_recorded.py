"""What left is broken here in its rows, as somebody with the database would; the ledger tells it
otherwise.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from kept.core.ledger import versions
from kept.core.ledger.record import Part, record
from kept.core.register.destroying import erasing
from kept.core.register.proving import proofs
from kept.core.vault import gate
from kept.core.vault.subject_keys import keys
from kept.outbox.delivery import deliver
from kept.outbox.handing_over.carrier import carry
from kept.outbox.handing_over.corrections import correct
from kept.outbox.handing_over.transfers import disclose, follow
from kept.outbox.mail import mail
from kept.outbox.models import Disclosure, Message, Notice
from kept.outbox.tests.recipient import Recipient
from kept.testing import reader_of

pytestmark = pytest.mark.django_db(transaction=True)
ON_RECORD, NO_SALE, PASSED_ON = "outbox.on_record", "outbox.no_sale", "correction.passed_on"


def state(id: str) -> str:
    return proofs.run(id).state


@pytest.fixture
def gone(alice: Any, partner: Recipient) -> Any:
    """Alice's name is at the partner, and one mail of hers has left."""
    disclose(
        subject=alice.subject,
        recipient="service-partner",
        purpose="support",
        values={"person.name": "Alice Lambert"},
    )
    carry()
    with gate.purpose("own-data", reader=reader_of(alice), about=alice.person):
        mail(
            subject=alice.subject,
            to="alice@example.com",
            template="rights/mail/copy_ready.txt",
            context={},
            purpose="own-data",
        )
    deliver()
    assert state(ON_RECORD) == state(NO_SALE) == proofs.KEPT, proofs.run(ON_RECORD).text
    return alice


def handed_over_in_silence(alice: Any) -> None:
    now = timezone.now()
    Disclosure.objects.create(
        subject=alice.subject,
        recipient="service-partner",
        handle="x",
        purpose="support",
        queued_at=now,
        sent_at=now,
    )


def to_somebody_else(alice: Any) -> None:
    Disclosure.objects.update(recipient="survey-house")


def made_to_vanish(alice: Any) -> None:
    Disclosure.objects.all().delete()


def a_mail_nobody_sent(alice: Any) -> None:
    Message.objects.create(
        subject=alice.subject, purpose="own-data", template="x", due_at=None, delivered_at=timezone.now()
    )


def a_mail_by_somebody_else(alice: Any) -> None:
    Message.objects.update(recipient="survey-house")


BREAKINGS = [
    handed_over_in_silence,
    to_somebody_else,
    made_to_vanish,
    a_mail_nobody_sent,
    a_mail_by_somebody_else,
]


@pytest.mark.parametrize("breaking", BREAKINGS)
def test_a_row_that_differs_from_its_entry_turns_the_proof(gone: Any, breaking: Any) -> None:
    breaking(gone)
    assert state(ON_RECORD) == proofs.BROKEN


def test_an_entry_of_a_sale_turns_the_promise_though_no_row_tells_of_it(gone: Any) -> None:
    key, act = keys.key_of(gone.subject), uuid4()
    part = Part(
        key.alias,
        key.salt(act),
        {"what": "Handed over", "recipient": "a-buyer", "fields": {}, "categories": []},
    )
    record(
        "disclosed",
        purpose="support",
        role="system",
        entity="",
        about="transfer x",
        policy=1,
        parts=[part],
        act_id=act,
    )
    assert state(NO_SALE) == proofs.BROKEN and "a-buyer for support" in proofs.run(NO_SALE).text


def test_a_correction_that_was_not_passed_on_is_seen_without_its_rows(gone: Any) -> None:
    with gate.purpose("own-data", reader=reader_of(gone), about=gone.person):
        correct(gone.person, {"name": "Alice Martin"})
    assert state(PASSED_ON) == proofs.KEPT, proofs.run(PASSED_ON).text
    Notice.objects.all().delete()
    assert state(PASSED_ON) == proofs.BROKEN


def test_what_went_abroad_under_a_dead_framework_turns_the_promise_though_all_is_well_today(
    gone: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert state("outbox.transfers") == proofs.KEPT
    key, act = keys.key_of(gone.subject), uuid4()
    abroad = next(
        one for one in versions.version(1).recipients.values() if one.transfer and one.kind != "authority"
    )
    assert abroad.transfer
    before = datetime.combine(abroad.transfer.since - timedelta(days=1), time(12), UTC)
    part = Part(
        key.alias,
        key.salt(act),
        {"what": "Handed over", "recipient": abroad.id, "fields": {}, "categories": []},
    )
    record(
        "disclosed",
        purpose="support",
        role="system",
        entity="",
        about="transfer x",
        policy=1,
        parts=[part],
        act_id=act,
        at=before,
    )
    assert state("outbox.transfers") == proofs.BROKEN


FOLLOWED = "outbox.followed"


@pytest.fixture
def erased(gone: Any) -> Any:
    """Alice was erased since, and the partner was told."""
    subject, act = gone.subject, uuid4()
    key = keys.load_keys((subject,))[subject]
    part = Part(key.alias, key.salt(act), {"what": "Erased", "fields": {}, "categories": []})
    record(
        "erased",
        purpose="own-data",
        role="self",
        entity="",
        about="erasure",
        policy=1,
        parts=[part],
        act_id=act,
    )
    assert follow(subject=subject, kind="erasure") == 1
    erasing.destroy_rows(subject)
    assert state(FOLLOWED) == proofs.KEPT, "It waits to be told"
    return gone


def test_an_erasure_that_was_told_is_kept_though_nobody_is_named(erased: Any) -> None:
    carry()
    assert state(FOLLOWED) == proofs.KEPT, proofs.run(FOLLOWED).text


def notice_gone(erased: Any) -> None:
    Notice.objects.all().delete()


def notice_said_to_be_told(erased: Any) -> None:
    Notice.objects.update(sent_at=timezone.now(), acknowledged_at=timezone.now(), due_at=None)


def notice_for_another(erased: Any) -> None:
    Notice.objects.update(recipient="survey-house")


@pytest.mark.parametrize("breaking", [notice_gone, notice_said_to_be_told, notice_for_another])
def test_an_erasure_that_was_not_passed_on_is_seen_without_its_rows(erased: Any, breaking: Any) -> None:
    breaking(erased)
    assert state(FOLLOWED) == proofs.BROKEN, breaking.__name__


def test_a_told_erasure_whose_row_is_gone_since_is_still_told(erased: Any) -> None:
    carry()
    Notice.objects.all().delete()
    assert state(FOLLOWED) != proofs.BROKEN
