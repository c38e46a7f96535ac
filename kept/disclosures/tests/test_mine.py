"""/me/disclosures/: which company got which field of mine, by name; and the same in the copy's table."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from kept.core.register.holdings import known
from kept.disclosures.tests.test_disclose import hand
from kept.outbox.handing_over.carrier import carry
from kept.outbox.models import Disclosure
from kept.outbox.tests.recipient import Recipient

pytestmark = pytest.mark.django_db(transaction=True)


def test_it_says_who_got_what_and_why(client_of: Any, alice: Any, carrier: Recipient) -> None:
    hand(alice)
    carry()
    text = client_of(alice).get("/me/disclosures/").content.decode()
    assert "1 company, 2 fields, 1 time." in text
    assert "Carrier, Europe (demo)" in text and "Order 4711 was dispatched" in text
    assert "clause 4.6" in text and "Held back" in text
    assert "does not let it go there: Email." in text


def test_what_was_denied_says_so(client_of: Any, alice: Any, carrier: Recipient) -> None:
    hand(alice)
    carry()
    Disclosure.objects.get().deny(Disclosure.objects.get().sent_at)
    assert "They say they do not have it" in client_of(alice).get("/me/disclosures/").content.decode()


def test_it_is_mine_alone(client_of: Any, alice: Any, charlie: Any, carrier: Recipient) -> None:
    hand(alice)
    carry()
    text = client_of(charlie).get("/me/disclosures/").content.decode()
    assert "Nothing of yours was handed to anybody" in text and "Carrier" not in text
    assert Client().get("/me/disclosures/").status_code == 302


def test_it_rejects_post(client_of: Any, alice: Any) -> None:
    assert client_of(alice).post("/me/disclosures/").status_code == 405


def test_your_data_leads_there_and_holds_it(client_of: Any, alice: Any, carrier: Recipient) -> None:
    hand(alice)
    assert 'href="/me/disclosures/"' in client_of(alice).get("/me/").content.decode()
    tables = {holding.table for holding in known(alice.subject)}
    assert Disclosure._meta.db_table in tables
