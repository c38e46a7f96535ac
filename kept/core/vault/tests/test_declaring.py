"""Declaring sealed models: what cannot hold is refused when the class is made or the system is checked, and
migrations tell no secret.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.apps.registry import Apps
from django.db import models
from django.db.migrations.writer import MigrationWriter
from hypothesis import given
from hypothesis import strategies as st

from kept.core.vault.columns.codec import codec
from kept.core.vault.columns.fields import BlindIndex, SealedField, SealedModel, casefold
from kept.core.vault.errors import SealBroken, SealRefused
from kept.core.vault.sealing import header, seal
from kept.core.vault.sealing.header import Header
from kept.core.vault.tests.models import ALL, Person

# Apart from the test company, whose models have tables.
registry = Apps()


def sealed(**options: Any) -> SealedField:
    return SealedField(
        models.CharField(max_length=20),
        **{"of": "self", "field_id": "test.any", "category": "identity.name", **options},
    )


def test_the_test_company_is_sound() -> None:
    assert [
        message for model in ALL for message in model.check() if message.id and message.id.startswith("vault")
    ] == []


def test_checks_find_what_needs_the_database_to_look_inside() -> None:
    class Wrong(SealedModel):
        name = sealed()
        text_ix = BlindIndex("text")
        objects = models.Manager()

        class Meta:
            app_label, apps = "vault", registry
            ordering = ("-name",)
            constraints = (models.UniqueConstraint(fields=("name",), name="wrong"),)

    assert [message.id for message in Wrong.check() if message.id and message.id.startswith("vault")] == [
        "vault.E001",
        "vault.E002",
        "vault.E003",
    ]


def test_one_row_has_one_owner() -> None:
    with pytest.raises(SealRefused, match="one owner"):

        class Torn(SealedModel):
            person_id = models.UUIDField()
            name = sealed()
            other = sealed(of="person_id", field_id="test.other")

            class Meta:
                app_label, apps = "vault", registry


@pytest.mark.parametrize("field_id", ["", "Person.Name", "person name", "x" * 101, "né"])
def test_a_field_id_is_a_plain_name(field_id: str) -> None:
    with pytest.raises(SealRefused):
        sealed(field_id=field_id)


@pytest.mark.parametrize("source", ["", "alice@example.com", "a" * 65, "né", "line\nbreak"])
def test_a_source_is_a_few_plain_words(source: str) -> None:
    with pytest.raises(SealRefused):
        Header("person.name", 1, date(2026, 1, 1), source).pack()


def test_a_migration_carries_the_field_and_no_code() -> None:
    text, imports = MigrationWriter.serialize(Person._meta.get_field("name"))
    assert (
        "kept.core.vault.columns.fields.SealedField(models.CharField(max_length=200)" in text
        and "field_id='test.person.name'" in text
    )
    assert "import kept.core.vault.columns.fields" in imports
    text, _ = MigrationWriter.serialize(Person._meta.get_field("email_ix"))
    assert text == "kept.core.vault.columns.fields.BlindIndex('email')"
    twin = Person._meta.get_field("name").clone()
    assert isinstance(twin, SealedField) and (twin.field_id, twin.of, twin.inner.max_length) == (
        "test.person.name",
        "self",
        200,
    )


def test_a_form_asks_as_the_inner_field_does() -> None:
    field = Person._meta.get_field("email")
    assert isinstance(field, SealedField)
    assert type(field.formfield()).__name__ == "EmailField" and field.formfield().label == "Email"


VALUES = [
    (models.CharField(max_length=9), st.text()),
    (models.BinaryField(), st.binary()),
    (models.IntegerField(), st.integers()),
    (models.BooleanField(), st.booleans()),
    (
        models.DecimalField(max_digits=30, decimal_places=9),
        st.decimals(allow_nan=False, allow_infinity=False),
    ),
    (models.DateField(), st.dates()),
    (models.DateTimeField(), st.datetimes(timezones=st.just(UTC))),
    (models.TimeField(), st.times()),
    (models.UUIDField(), st.uuids()),
    (
        models.JSONField(),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(),
            lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        ),
    ),
]


@pytest.mark.parametrize(("inner", "values"), VALUES, ids=lambda value: type(value).__name__)
def test_every_kind_of_value_comes_back(inner: Any, values: Any) -> None:
    encode, decode = codec(inner)

    @given(values)
    def back(value: Any) -> None:
        assert decode(encode(value)) == value

    back()


def test_durations_come_back() -> None:
    encode, decode = codec(models.DurationField())
    for value in (timedelta(days=3, microseconds=1), timedelta(seconds=-5)):
        assert decode(encode(value)) == value
    assert codec(models.DateTimeField())[1](
        datetime(2026, 1, 1, tzinfo=UTC).isoformat().encode()
    ) == datetime(2026, 1, 1, tzinfo=UTC)
    assert codec(models.TimeField())[1](time(1, 2).isoformat().encode()) == time(1, 2)
    assert codec(models.DecimalField(max_digits=3, decimal_places=1))[1](b"1.0") == Decimal("1.0")


@given(st.binary(max_size=200), st.binary(max_size=40), st.integers(0, 2**32 - 1), st.dates())
def test_seal_and_open(plain: bytes, bound: bytes, policy: int, day: date) -> None:
    key = seal.cipher(seal.new_key())
    head = Header("person.name", policy, day, "sign-up")
    raw = seal.seal_value(key, head.pack(), bound, plain)
    assert seal.open_value(key, raw, bound) == plain and header.read(raw) == head
    assert len(raw) >= header.SHORTEST and header.length(raw) == len(head.pack())
    with pytest.raises(SealBroken):
        seal.open_value(key, raw, bound + b"x")
    with pytest.raises(SealBroken):
        seal.open_value(seal.cipher(seal.new_key()), raw, bound)


@given(st.binary(max_size=120))
def test_no_garbage_reads_as_a_header_and_crashes(raw: bytes) -> None:
    assert header.looks_sealed(raw) in (True, False)


def test_two_seals_of_one_value_differ() -> None:
    key = seal.cipher(seal.new_key())
    head = Header("person.name", 1, date(2026, 1, 1), "x").pack()
    bound = uuid4().bytes
    assert seal.seal_value(key, head, bound, b"Alice") != seal.seal_value(key, head, bound, b"Alice")
    assert casefold("A") == "a"
