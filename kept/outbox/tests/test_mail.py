"""Mail: sealed until it leaves, delivered at least once under one name, on the record first, destroyed
after.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from smtplib import SMTPServerDisconnected
from typing import Any

import pytest
from django.core import mail as letters
from django.core.mail import EmailMessage
from django.db import connection
from django.utils import timezone

from kept.core.ledger import fold, versions
from kept.core.policy import loader
from kept.core.vault import gate
from kept.core.vault.history import timeline
from kept.core.vault.subject_keys import keys
from kept.outbox import send_rules
from kept.outbox.delivery import deliver
from kept.outbox.mail import mail
from kept.outbox.models import GIVE_UP, LONGEST_WAIT, Message
from kept.outbox.proofs import no_sale, transfers
from kept.testing import default_policy, reader_of

pytestmark = pytest.mark.django_db(transaction=True)
CONTEXT = {"address": "http://localhost/x", "until": timezone.now()}


def write(user: Any) -> Message:
    return mail(
        subject=user.subject,
        to=user.email,
        template="rights/mail/copy_ready.txt",
        context=CONTEXT,
        purpose="own-data",
    )


def broken(*args: Any, **given: Any) -> None:
    raise SMTPServerDisconnected("alice@example.com was refused")


def due() -> None:
    Message.objects.filter(delivered_at=None, given_up_at=None).update(due_at=timezone.now())


@pytest.mark.parametrize(
    ("language", "address", "there"),
    [
        ("fr", "/me/copy/", "/fr/me/copy/"),
        ("fr", "/fr/me/copy/", "/fr/me/copy/"),
        ("nl", "/france/", "/nl/france/"),
        ("en", "/me/copy/", "/me/copy/"),
    ],
)
def test_its_links_lead_to_pages_in_its_language(
    alice: Any, settings: Any, language: str, address: str, there: str
) -> None:
    settings.KEPT_SITE = "https://portal.example"
    mail(
        subject=alice.subject,
        to=alice.email,
        template="rights/mail/copy_ready.txt",
        context={**CONTEXT, "address": settings.KEPT_SITE + address},
        purpose="own-data",
        language=language,
    )
    assert deliver() == 1
    assert re.findall(r"https://portal\.example(/\S+copy/|/\S*france/)", letters.outbox[0].body) == [there]


def test_it_is_delivered_once_and_destroyed(alice: Any) -> None:
    row = write(alice)
    assert deliver() == 1 and deliver() == 0
    (letter,) = letters.outbox
    assert (
        letter.subject == "Your copy is ready"
        and letter.to == ["alice@example.com"]
        and "http://localhost/x" in letter.body
    )
    row = Message.objects.get(pk=row.pk)
    assert row.delivered_at and row.due_at is None and row.recipient == "mail-provider"
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT "to", heading, body FROM {Message._meta.db_table}')
        assert cursor.fetchone() == (None, None, None)


def test_nothing_of_it_lies_in_the_clear(alice: Any) -> None:
    write(alice)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {Message._meta.db_table}")
        assert not re.search(rb"alice|Your copy|localhost/x", repr(cursor.fetchall()).encode())


def test_it_comes_from_the_address_the_policy_publishes(alice: Any, settings: Any) -> None:
    write(alice)
    deliver()
    settings.KEPT_MAIL_FROM = "portal@example.net"
    write(alice)
    deliver()
    assert [letter.from_email for letter in letters.outbox] == [
        default_policy().company.published_email,
        "portal@example.net",
    ]


def test_it_carries_the_latest_checkpoint(alice: Any) -> None:
    fold.fold()
    write(alice)
    deliver()
    assert (
        "a later ledger that does not contain it was rewritten" in letters.outbox[0].body
        and "—" in letters.outbox[0].body
    )


def test_it_is_on_her_timeline_before_it_leaves(alice: Any, monkeypatch: Any) -> None:
    write(alice)
    seen = []

    def look(letter: EmailMessage) -> int:
        with gate.purpose("own-data", reader=reader_of(alice), about=alice.person):
            seen.append(timeline(alice.subject)[0].kind)
        return 1

    monkeypatch.setattr(EmailMessage, "send", look)
    deliver()
    assert seen == ["sent"]


def test_a_failure_is_tried_again_later_under_the_same_name(alice: Any, monkeypatch: Any) -> None:
    row = write(alice)
    with monkeypatch.context() as patched:
        patched.setattr(EmailMessage, "send", broken)
        assert deliver() == 0
    failed = Message.objects.get(pk=row.pk)
    assert (
        failed.trouble == "SMTPServerDisconnected"
        and timezone.now() < failed.due_at < timezone.now() + LONGEST_WAIT
    )
    assert deliver() == 0
    due()
    assert deliver() == 1
    assert letters.outbox[0].extra_headers["Message-ID"] == f"<{row.pk}@localhost>"


def test_after_two_days_it_is_given_up_and_destroyed(alice: Any, monkeypatch: Any) -> None:
    write(alice)
    monkeypatch.setattr(EmailMessage, "send", broken)
    Message.objects.update(queued_at=timezone.now() - GIVE_UP)
    deliver()
    row = Message.objects.get()
    assert row.given_up_at and row.due_at is None and row.to is None


def test_a_postman_who_dies_leaves_it_due_again(alice: Any) -> None:
    write(alice)
    assert Message.claim(timezone.now()) and Message.claim(timezone.now()) is None
    assert Message.claim(timezone.now() + timedelta(minutes=3))


def test_who_was_erased_gets_none(alice: Any) -> None:
    write(alice)
    keys.destroy(alice.subject)
    assert deliver() == 0
    row = Message.objects.get()
    assert row.trouble == "KeyErased" and row.given_up_at and row.due_at is None


def without(purpose: str, category: str) -> Any:
    files = dict(default_policy().files)
    before, mark, after = files["purposes.toml"].partition(f"\n[{purpose}]")
    assert f'"{category}"' in after.split("\n[")[0]
    files["purposes.toml"] = before + mark + re.sub(rf'"{category}"(, )?', "", after, count=1)
    return loader.from_files(files)


def test_one_that_may_not_be_sent_any_more_holds_up_nobody(alice: Any, charlie: Any) -> None:
    write(alice)
    mail(
        subject=charlie.subject,
        to=charlie.email,
        template="rights/mail/copy_ready.txt",
        context=CONTEXT,
        purpose="account",
    )
    versions.publish(without("own-data", "message.content"), effective=timezone.localdate(), by="Dana")
    assert deliver() == 1
    assert [letter.to for letter in letters.outbox] == [["charlie@example.com"]]
    assert Message.objects.get(delivered_at=None).trouble == "NotAllowed"


def test_the_door_is_closed_to_strangers_and_dead_contracts(policy: Any) -> None:
    known, today = default_policy(), timezone.localdate()
    assert send_rules.check(known, "mail-provider", purpose="account", at=today).id == "mail-provider"
    for recipient, purpose in (
        ("data-broker", "account"),
        ("mail-provider", "no-such"),
        ("mail-provider", "log.lookup"),
    ):
        with pytest.raises(send_rules.DoorClosed):
            send_rules.check(known, recipient, purpose=purpose, at=today)
    with pytest.raises(send_rules.DoorClosed, match="Nothing goes to"):
        send_rules.check(
            known,
            "mail-provider",
            purpose="account",
            at=known.recipients["mail-provider"].contract.since - timedelta(days=1),
        )  # type: ignore[union-attr]


def test_a_closed_door_keeps_the_mail_waiting(alice: Any, monkeypatch: Any) -> None:
    write(alice)
    monkeypatch.setattr("kept.outbox.delivery.PROVIDER", "data-broker")
    assert deliver() == 0 and letters.outbox == []
    row = Message.objects.get()
    assert row.trouble == "DoorClosed" and row.due_at and row.recipient == ""


def test_proofs_hold_and_can_break(policy: Any, alice: Any, monkeypatch: Any) -> None:
    assert no_sale().kept is True and transfers().kept is True
    row = write(alice)
    Message.objects.filter(pk=row.pk).update(recipient="data-broker")
    assert no_sale().kept is False and "data-broker for own-data" in no_sale().text
    ruling = versions.current()
    monkeypatch.setattr(
        "kept.outbox.proofs.recipient_state", lambda one, at: "Its framework was struck down."
    )
    monkeypatch.setattr(versions, "current", lambda: replace(ruling))
    assert transfers().kept is False
