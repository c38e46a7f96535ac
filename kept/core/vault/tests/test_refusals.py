"""What a sealed field must refuse: each way a value could reach the database, a query or a text in the
clear.
"""

from __future__ import annotations

import copy
import json
import pickle
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.core import serializers
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, models, transaction
from django.db.models import Case, Count, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Cast, Lower, Upper

from kept.core.vault.columns.fields import SealedField
from kept.core.vault.columns.plain_rows import KeyRow
from kept.core.vault.columns.values import ERASED
from kept.core.vault.errors import PurposeRequired, SealBroken, SealRefused
from kept.core.vault.gate import purpose
from kept.core.vault.subject_keys import keys
from kept.core.vault.tests.conftest import Matter, themselves
from kept.core.vault.tests.models import Person, Purchase, Talk, Ticket

pytestmark = pytest.mark.django_db

EXPRESSIONS = [
    Value("x"),
    F("language"),
    F("name"),
    Lower("language"),
    Case(When(language="en", then=Value("x")), default=Value("y")),
    Case(When(language="en", then=F("name"))),
    Cast(Value("x"), models.BinaryField()),
    Value(b"\x01" * 80),
]


@pytest.mark.parametrize("expression", EXPRESSIONS, ids=repr)
def test_expressions_are_refused(expression: Any, alice: Person) -> None:
    with purpose("registration", reader=themselves(alice.pk), about=alice):
        with pytest.raises(SealRefused):
            Person.objects.update(name=expression)
        with pytest.raises(SealRefused):
            Person.objects.create(id=uuid4(), name=expression, email="a@example.com")
        with pytest.raises(SealRefused):
            Person.objects.bulk_create([Person(id=alice.pk, name=expression, email="a@example.com")])
        with pytest.raises(SealRefused):
            alice.name = expression
        alice.__dict__["name"] = expression
        with pytest.raises(SealRefused):
            alice.save()
        with pytest.raises(SealRefused):
            Person.objects.bulk_update([alice], ["name"])


@pytest.mark.parametrize("expression", [*EXPRESSIONS, "Alice"], ids=repr)
def test_they_are_refused_by_the_column_too(expression: Any, alice: Person) -> None:
    """Where a model came with a manager that is not the vault's."""
    with pytest.raises(SealRefused):
        models.QuerySet(model=Person).update(name=expression)


def test_a_subquery_is_refused(alice: Person) -> None:
    with pytest.raises(SealRefused):
        Purchase.objects.update(bought=Subquery(Person.objects.filter(pk=OuterRef("person")).only("pk")))


def test_update_takes_no_plain_value(alice: Person) -> None:
    with purpose("registration", reader=themselves(alice.pk), about=alice), pytest.raises(SealRefused):
        Person.objects.update(name="Alice")


def test_update_empties_the_index_with_the_value(alice: Person) -> None:
    Person.objects.update(phone=None, language="de")
    assert Person.objects.get(pk=alice.pk).language == "de"
    assert Person.objects.filter(phone__isnull=True).exists()


@pytest.mark.parametrize(
    "value",
    [
        "'Alice Martin, in the clear and long enough for the check to pass'",
        "X'02" + "00" * 60 + "'",
        "X'0100'",
        "''",
        "X''",
    ],
)
def test_raw_sql_is_refused_by_the_database(value: str, alice: Person) -> None:
    if connection.vendor == "postgresql":
        value = value.replace("X'", "'\\x")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE vault_person SET name = {value}")


@pytest.mark.parametrize(
    "lookup",
    [
        "name",
        "name__exact",
        "name__iexact",
        "name__in",
        "name__contains",
        "name__gt",
        "name__range",
        "name__lower",
        "name__regex",
    ],
)
def test_lookups_are_refused(lookup: str) -> None:
    wanted = ["a", "b"] if lookup.endswith(("in", "range")) else "a"
    for query in (Person.objects.filter, Person.objects.exclude, Person.objects.get):
        with pytest.raises(SealRefused):
            query(**{lookup: wanted})
    with pytest.raises(SealRefused):
        Person.objects.filter(Q(language="en") | Q(**{lookup: wanted}))
    with pytest.raises(SealRefused):
        Ticket.objects.filter(**{f"person__{lookup}": wanted})
    with pytest.raises(SealRefused):
        Person.objects.filter(name=None)


def test_isnull_is_allowed() -> None:
    assert not Person.objects.filter(phone__isnull=True).exists()
    assert not Ticket.objects.filter(person__phone__isnull=False).exists()


@pytest.mark.parametrize(
    "order", ["name", "-name", F("name"), F("name").desc(), Lower("name"), "purchases__bought", "name__lower"]
)
def test_ordering_is_refused(order: Any) -> None:
    with pytest.raises(SealRefused):
        list(Person.objects.order_by(order))
    with pytest.raises(SealRefused):
        list(Ticket.objects.order_by("person__name"))


def test_grouping_and_distinct_are_refused() -> None:
    for query in (
        lambda: Person.objects.values("name"),
        lambda: Person.objects.values("name").annotate(n=Count("pk")),
        lambda: Person.objects.values_list("email", flat=True),
        lambda: Person.objects.values(),
        lambda: Person.objects.values(x=Upper("name")),
        lambda: Ticket.objects.values("person__name"),
        lambda: Person.objects.distinct("name"),
        lambda: Purchase.objects.dates("bought", "month"),
        lambda: Purchase.objects.values_list("person__email"),
    ):
        with pytest.raises(SealRefused):
            list(query())


def test_counting_by_row_is_allowed(alice: Person) -> None:
    assert Person.objects.annotate(n=Count("purchases")).get().n == 0
    assert Person.objects.values_list("language", flat=True).get() == "en"


@pytest.mark.parametrize("option", ["unique", "db_index", "primary_key"])
def test_a_column_is_neither_unique_nor_indexed(option: str) -> None:
    for make in (
        lambda: SealedField(
            models.CharField(max_length=9),
            of="self",
            field_id="test.x",
            category="identity.name",
            **{option: True},
        ),
        lambda: SealedField(
            models.CharField(max_length=9, **{option: True}),
            of="self",
            field_id="test.x",
            category="identity.name",
        ),
    ):
        with pytest.raises(SealRefused):
            make()


def test_sealed_bytes_are_not_assigned(alice: Person, charlie: Person) -> None:
    sealed = charlie.__dict__["name"]
    for value in (sealed, sealed.raw, bytearray(sealed.raw), memoryview(sealed.raw), b"anything", ERASED):
        with pytest.raises(SealRefused):
            alice.name = value


def test_a_value_moved_to_another_row_does_not_open(
    alice: Person, charlie: Person, bob: Any, matter: Matter
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE vault_person SET name = (SELECT name FROM vault_person WHERE id = %s)", [_id(charlie)]
        )
    with purpose("support", reader=bob, about=matter):
        assert Person.objects.get(pk=charlie.pk).name == "Charlie Noor"
        with pytest.raises(SealBroken):
            Person.objects.get(pk=alice.pk).name


def test_a_value_moved_to_another_column_does_not_open(alice: Person, bob: Any, matter: Matter) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE vault_person SET email = name")
    with purpose("support", reader=bob, about=matter), pytest.raises(SealBroken):
        Person.objects.get(pk=alice.pk).email


@pytest.mark.parametrize("place", [1, 4, 7, 12, 30, -1])
def test_one_changed_byte_is_found(place: int, alice: Person, bob: Any, matter: Matter) -> None:
    raw = bytearray(Person.objects.get(pk=alice.pk).__dict__["name"].raw)
    raw[place] ^= 1
    with connection.cursor() as cursor:
        cursor.execute("UPDATE vault_person SET name = %s", [bytes(raw)])
    with purpose("support", reader=bob, about=matter), pytest.raises(Exception) as refused:
        Person.objects.get(pk=alice.pk).name
    assert type(refused.value).__name__ in {"SealBroken", "DoesNotExist"}


def test_a_row_that_was_given_away_is_not_saved(alice: Person, charlie: Person) -> None:
    with purpose("registration", reader=themselves(alice.pk), about=alice):
        bought = Purchase.objects.create(person=alice, serial="1", bought=date(2026, 1, 1))
    found = Purchase.objects.get(pk=bought.pk)
    found.person = charlie
    for save in (
        found.save,
        lambda: found.save(update_fields=["person"]),
        lambda: Purchase.objects.bulk_update([found], ["person"]),
    ):
        with pytest.raises(SealRefused):
            save()
    with pytest.raises(SealRefused):
        Purchase.objects.filter(pk=bought.pk).update(person=charlie)
    twin = Purchase.objects.get(pk=bought.pk)
    twin.pk = uuid4()
    with pytest.raises(SealRefused):
        twin.save()
    with pytest.raises(SealRefused):
        Purchase.objects.bulk_create([twin])


def test_a_row_may_be_given_away_with_its_values(
    alice: Person, charlie: Person, bob: Any, matter: Matter
) -> None:
    with purpose("registration", reader=themselves(alice.pk), about=alice):
        bought = Purchase.objects.create(person=alice, serial="1", bought=date(2026, 1, 1))
    found = Purchase.objects.get(pk=bought.pk)
    found.person, found.bought = charlie, date(2026, 1, 1)
    with purpose("registration", reader=themselves(charlie.pk), about=charlie):
        found.save()
        assert Purchase.objects.get(pk=bought.pk).bought == date(2026, 1, 1)


@pytest.mark.parametrize(
    "use",
    [str, "{}".format, "%s".__mod__, json.dumps, pickle.dumps],
    ids=["str", "format", "percent", "json", "pickle"],
)
def test_an_unopened_value_is_no_text(use: Any, alice: Person) -> None:
    sealed = Person.objects.get(pk=alice.pk).__dict__["name"]
    with pytest.raises((SealRefused, TypeError)):
        use(sealed)
    assert repr(sealed) == "<sealed>"


def test_a_row_is_not_pickled_but_copies(alice: Person, bob: Any, matter: Matter) -> None:
    with pytest.raises(SealRefused):
        pickle.dumps(alice)
    with pytest.raises(SealRefused):
        pickle.dumps(Person.objects.all())
    with purpose("support", reader=bob, about=matter):
        assert copy.copy(alice).name == copy.deepcopy(alice).name == "Alice Martin"


def test_a_row_names_no_one(alice: Person) -> None:
    assert str(alice) == f"person {str(alice.pk)[:8]}"
    assert "Alice" not in repr(alice) and "Alice" not in repr(list(Person.objects.all()))


def test_a_dump_is_refused_and_not_silent(alice: Person, bob: Any, matter: Matter) -> None:
    for model in (Person, KeyRow):
        with pytest.raises((PurposeRequired, SealRefused)):
            serializers.serialize("json", model.objects.all())
    with purpose("support", reader=bob, about=matter), pytest.raises(SealRefused):
        serializers.serialize("json", Person.objects.all())
    with purpose("registration", reader=themselves(alice.pk), about=alice):
        Purchase.objects.create(person=alice, serial="1", bought=date(2026, 1, 1))
        with pytest.raises(SealRefused):
            serializers.serialize("json", Purchase.objects.all())


def test_a_fixture_is_not_loaded(alice: Person) -> None:
    person = Person(id=alice.pk, name="Alice", email="a@example.com")
    with purpose("registration", reader=themselves(alice.pk), about=alice), pytest.raises(SealRefused):
        person.save_base(raw=True)


def test_too_long_is_refused_before_it_is_sealed(alice: Person) -> None:
    with purpose("registration", reader=themselves(alice.pk), about=alice), pytest.raises(ValidationError):
        Person.objects.create(id=alice.pk, name="a" * 201, email="a@example.com")


def test_cleaning_leaves_what_is_sealed(alice: Person) -> None:
    Person.objects.get(pk=alice.pk).full_clean()
    alice.email = "no address"
    with pytest.raises(ValidationError):
        alice.full_clean()


def test_merging_rows_is_refused(alice: Person) -> None:
    row = Person(id=alice.pk, name="a", email="a@example.com")
    with purpose("registration", reader=themselves(alice.pk), about=alice):
        for options in (
            {"ignore_conflicts": True},
            {"update_conflicts": True, "update_fields": ["name"], "unique_fields": ["id"]},
        ):
            with pytest.raises(SealRefused):
                Person.objects.bulk_create([row], **options)


def test_an_opened_key_is_not_pickled(alice: Person) -> None:
    with pytest.raises(Exception, match="never leaves"):
        pickle.dumps(keys.key_of(alice.pk))


def test_what_a_seal_hangs_on_may_lie_further_away(alice: Person) -> None:
    with purpose("registration", reader=themselves(alice.pk), about=alice):
        bought = Purchase.objects.create(person=alice, serial="1", bought=date(2026, 1, 1))
    with purpose("support", reader=themselves(alice.pk), about=alice):
        talk = Talk.objects.create(purchase=bought, text="It hums.")
        assert Talk.objects.get(pk=talk.pk).text == "It hums."


def _id(row: models.Model) -> Any:
    return row.pk.hex if connection.vendor == "sqlite" else row.pk
