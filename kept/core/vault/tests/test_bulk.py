"""Many sealed rows at once: stored as one by one, refused as one by one."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import F, Value
from django.db.models.functions import Upper
from django.test.utils import CaptureQueriesContext

from kept.core.prepared import insert_many
from kept.core.vault.columns.sealed import Sealed
from kept.core.vault.errors import NotAllowed, PurposeRequired, SealRefused
from kept.core.vault.gate import purpose
from kept.core.vault.sealing import seal
from kept.core.vault.sealing.cards import CardNumberRefused, refuse_card_numbers
from kept.core.vault.tests.conftest import themselves
from kept.core.vault.tests.models import Person, Purchase

pytestmark = pytest.mark.django_db


def _purchases(alice: Person, many: int = 5, **more: Any) -> list[Purchase]:
    return [
        Purchase(person=alice, serial=str(number), bought=date(2026, 1, number), **more)
        for number in range(1, many + 1)
    ]


def test_they_are_stored_in_one_statement_and_open_again(alice: Person) -> None:
    with (
        purpose("registration", reader=themselves(alice.pk), about=alice),
        CaptureQueriesContext(
            connection,
        ) as asked,
    ):
        Purchase.objects.bulk_create(_purchases(alice))
        stored = [one["sql"] for one in asked if "vault_purchase" in one["sql"]]
        assert len(stored) == 1
        found = Purchase.objects.order_by("serial")
        assert [(row.serial, row.bought.day) for row in found] == [(str(n), n) for n in range(1, 6)]


def test_each_has_a_nonce_of_its_own(alice: Person) -> None:
    with purpose("registration", reader=themselves(alice.pk), about=alice):
        rows = Purchase.objects.bulk_create(_purchases(alice))
    sealed = [row.__dict__["bought"] for row in rows]
    assert all(type(one) is Sealed for one in sealed)
    assert len({seal_nonce(one.raw) for one in sealed}) == len(rows)
    drawn = seal.nonces(1000)
    assert len(set(drawn)) == 1000 and {len(one) for one in drawn} == {12}


def seal_nonce(raw: bytes) -> bytes:
    at = 11 + raw[9] + raw[10]
    return raw[at : at + 12]


def test_an_expression_in_a_plain_column_is_left_to_the_database(alice: Person) -> None:
    with purpose("registration", reader=themselves(alice.pk), about=alice):
        rows = [
            Purchase(person=alice, serial=Upper(Value("abc")), bought=date(2026, 1, 1)),
            Purchase(person=alice, serial="2", bought=date(2026, 1, 2)),
        ]
        Purchase.objects.bulk_create(rows)
        assert {row.serial for row in Purchase.objects.all()} == {"ABC", "2"}


def test_nothing_is_stored_where_one_is_an_expression(alice: Person) -> None:
    rows = _purchases(alice)
    rows[-1].serial = F("serial")  # type: ignore[assignment]
    fields = [Purchase._meta.get_field("serial")]
    assert insert_many(Purchase, rows, fields, "default") is False
    assert not Purchase._base_manager.exists()


def test_a_value_in_the_clear_is_refused_by_the_column(alice: Person) -> None:
    rows = _purchases(alice)
    with pytest.raises(SealRefused, match="in the clear"):
        insert_many(Purchase, rows, Purchase._meta.concrete_fields, "default")
    assert not Purchase._base_manager.exists()


def test_a_key_that_is_taken_refuses_all_of_them(alice: Person) -> None:
    same = uuid4()
    with purpose("registration", reader=themselves(alice.pk), about=alice):
        with pytest.raises(IntegrityError), transaction.atomic():
            Purchase.objects.bulk_create(_purchases(alice, 2, id=same))
        assert not Purchase._base_manager.exists()
        assert Purchase.objects.bulk_create(_purchases(alice, 2))


def test_a_card_number_among_many_refuses_all_of_them(alice: Person) -> None:
    with purpose("registration", reader=themselves(alice.pk), about=alice):
        people = [
            Person(id=alice.pk, name="Alice", email="a@example.com", phone=said)
            for said in ("+32 4", "4111 1111 1111 1111")
        ]
        with pytest.raises(CardNumberRefused):
            Person.objects.bulk_create(people)
    refuse_card_numbers([b"4111 1111", b"1111 1111", b"1234567890123456"])
    with pytest.raises(CardNumberRefused):
        refuse_card_numbers([b"fine", b"4111111111111111"])


def test_somebody_elses_rows_are_refused_among_ones_own(alice: Person, charlie: Person) -> None:
    rows = [*_purchases(alice, 2), *_purchases(charlie, 1)]
    with (
        purpose("registration", reader=themselves(alice.pk), about=alice),
        pytest.raises(NotAllowed),
    ):
        Purchase.objects.bulk_create(rows)
    with pytest.raises(PurposeRequired):
        Purchase.objects.bulk_create(_purchases(alice))
    assert not Purchase._base_manager.exists()
