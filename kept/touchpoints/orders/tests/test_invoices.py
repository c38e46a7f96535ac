"""Invoices: numbered without a gap, kept by tax law alone after an erasure, and gone on their day."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from kept.accounts.models import User
from kept.core.ledger import versions
from kept.core.vault import gate
from kept.core.vault.errors import NotAllowed
from kept.core.vault.readers import Job, SystemReader
from kept.rights.erasure import flows as erasure
from kept.rights.erasure import legal_holds
from kept.rights.erasure.models import LawHold
from kept.rights.erasure.preview import preview
from kept.testing import reader_of
from kept.touchpoints.orders.models import Attempt, Invoice, Order
from kept.touchpoints.orders.tests.conftest import ordered, practise

pytestmark = pytest.mark.django_db
BOOKS, TODAY = SystemReader(job="books"), Job("books")


@pytest.fixture
def invoice(hers: Client) -> Invoice:
    practise(hers, ordered(hers), "pay")
    return Invoice.objects.get()


def read(invoice: Invoice, purpose: str) -> Any:
    with gate.purpose(purpose, reader=BOOKS, about=TODAY):
        return Invoice.objects.get(pk=invoice.pk).address["city"]


def test_the_preview_says_until_when_tax_law_keeps_it(alice: User, invoice: Invoice) -> None:
    with gate.purpose("own-data", reader=reader_of(alice), about=alice.person):
        (stays,) = preview(alice.person.pk, versions.current().policy).stays
    assert (stays.rows, stays.article) == (1, "Belgian VAT Code, Art. 60")
    assert stays.until == invoice.counts_from.replace(year=invoice.year + 10)


def test_after_an_erasure_the_invoice_alone_is_left_for_the_law_alone(alice: User, invoice: Invoice) -> None:
    erasure.ask(subject=alice.person.pk, controller="cet-power", reader=reader_of(alice), wait=timedelta(0))
    erasure.work_due()
    assert not Order.objects.exists() and not Attempt.objects.exists()
    assert read(invoice, "accounting") == "Liège"
    for other in ("own-data", "orders"):
        with pytest.raises(NotAllowed):
            read(invoice, other)
    until = LawHold.objects.get().until
    assert legal_holds.let_go(until) == 0
    assert legal_holds.let_go(until + timedelta(days=1)) == 1 and not Invoice.objects.exists()


def test_numbers_follow_each_other(hers: Client) -> None:

    for _time in range(3):
        practise(hers, ordered(hers), "pay")
        numbers = sorted(Invoice.objects.values_list("serial", flat=True))
    assert numbers == [1, 2, 3]
