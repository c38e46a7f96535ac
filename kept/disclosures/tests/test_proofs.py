"""The proofs look at what left, and each turns when the promise is broken."""

from __future__ import annotations

from typing import Any

import pytest

from kept.disclosures.models import Refused
from kept.disclosures.proofs import minimal, never_sold
from kept.disclosures.tests.test_disclose import hand
from kept.outbox import send_rules
from kept.outbox.handing_over.carrier import carry
from kept.outbox.handing_over.transfers import disclose
from kept.outbox.models import Disclosure
from kept.outbox.send_rules import DoorClosed
from kept.outbox.tests.recipient import Recipient

pytestmark = pytest.mark.django_db(transaction=True)


def test_what_the_task_needs_keeps_it(alice: Any, carrier: Recipient) -> None:
    assert minimal().kept is None
    hand(alice)
    carry()
    assert minimal().kept is True and minimal().figure == "1 of 1"


def test_too_much_breaks_it(alice: Any, carrier: Recipient, monkeypatch: Any) -> None:
    """As if the door had forgotten to look: the ledger says what went, and the proof reads it."""
    with monkeypatch.context() as broken:
        broken.setattr(send_rules, "check_kinds", lambda *named, **more: None)
        disclose(
            subject=alice.subject,
            recipient="carrier-europe",
            purpose="orders",
            values={"person.email": "alice@example.com"},
        )
        assert carry() == 1
    assert carrier.messages[0]["values"] == {"person.email": "alice@example.com"}
    assert minimal().kept is False
    assert "E-mail address is not allowed for “Your purchase” to Carrier, Europe (demo)" in minimal().text


def test_other_bytes_than_the_ledger_names_break_it(alice: Any, carrier: Recipient) -> None:
    hand(alice)
    carry()
    Disclosure.objects.update(sha256="0" * 64)
    assert minimal().kept is False and "other bytes" in minimal().text


def test_attempts_to_sell_are_refused_counted_and_told(alice: Any, carrier: Recipient) -> None:
    for purpose in ("list-rental", "list rental", "curiosity"):
        with pytest.raises(DoorClosed):
            hand(alice, purpose=purpose)
    assert Refused.objects.get(what="sale").count == 2
    assert never_sold().kept is True
    assert never_sold().text == "2 of 3 refused disclosures would have sold or rented."


def test_something_that_is_to_leave_for_money_breaks_it(alice: Any, carrier: Recipient) -> None:
    hand(alice)
    Disclosure.objects.update(purpose="list-rental")
    assert never_sold().kept is False and "list-rental" in never_sold().text
