"""Everything declared about a person comes back: complete, theirs alone, and by the open act."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from kept.core.register import holdings as holdings_module
from kept.core.register.holdings import Withheld, holdings, rows_of
from kept.core.register.inventory import Kind, tables
from kept.core.vault import gate
from kept.core.vault.columns.values import ERASED
from kept.core.vault.errors import PurposeRequired
from kept.core.vault.subject_keys import keys
from kept.testing import reader_of


def values_of(user: Any, purpose: str = "own-data") -> dict[str, Any]:
    """{field id: value} over all rows about somebody, read by themselves."""
    with gate.purpose(purpose, reader=reader_of(user), about=user.subject):
        return {
            column.field_id: value
            for holding in holdings(user.subject)
            for row in holding.rows()
            for column, value in zip(holding.columns, row.values, strict=True)
        }


def test_what_is_sealed_and_what_is_plain_both_come(alice: Any) -> None:
    found = values_of(alice)
    assert found["person.name"].startswith("Alice")
    assert found["person.email"] == "alice@example.com"
    assert found["accounts_user.email"] == "alice@example.com"


def test_nobody_elses_rows_come(alice: Any, charlie: Any) -> None:
    assert not {
        value for value in values_of(alice).values() if isinstance(value, str) and "charlie" in value.lower()
    }


def test_every_declared_personal_column_has_its_place(db: None) -> None:
    declared = {
        column.field_id
        for table in tables()
        if table.holds
        for column in table.columns
        if column.kind in (Kind.SEALED, Kind.PLAIN)
    }
    shown = {column.field_id for holding in holdings(uuid4()) for column in holding.columns}
    assert shown == declared


def test_every_path_leads_to_a_person(db: None) -> None:
    for table in tables():
        if table.holds:
            assert rows_of(table, uuid4()).count() == 0


def test_nothing_opens_outside_an_act(alice: Any) -> None:
    person = next(
        holding for holding in holdings(alice.subject) if holding.title and holding.table == "people_person"
    )
    with pytest.raises(PurposeRequired):
        list(person.rows())


def test_what_the_act_may_not_open_is_withheld_with_its_clause(alice: Any) -> None:
    name = values_of(alice, purpose="auditing")["person.name"]
    assert isinstance(name, Withheld)
    assert name.clause == "4.9"
    assert name.reason


def test_an_erased_person_leaves_rows_that_say_so(alice: Any) -> None:
    keys.destroy(alice.subject)
    assert values_of(alice)["person.name"] == ERASED


def test_counting_is_one_query_and_agrees_with_each_table(alice: Any, django_assert_num_queries: Any) -> None:
    holdings_module.counted(alice.subject)
    with django_assert_num_queries(1):
        found = holdings_module.counted(alice.subject)
    assert {one.table: one.known for one in found} == {
        one.table: one.count() for one in holdings(alice.subject)
    }
    assert any(one.known for one in found)


def test_few_rows_and_many_are_read_alike(alice: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """At once by the worded statement, or in chunks: the same rows in the same order."""

    def read() -> list[tuple[str, str, tuple[str, ...]]]:
        with gate.purpose("own-data", reader=reader_of(alice), about=alice.subject):
            return [
                (one.table, str(row.instance.pk), tuple(str(value) for value in row.values))
                for one in holdings_module.held(alice.subject)
                for row in one.rows()
            ]

    at_once = read()
    monkeypatch.setattr(holdings_module, "CHUNK", 1)
    assert read() == at_once and at_once


def test_few_rows_of_all_tables_ask_for_their_keys_once(
    alice: Any, django_assert_max_num_queries: Any
) -> None:
    with gate.purpose("own-data", reader=reader_of(alice), about=alice.subject):
        found = holdings_module.held(alice.subject)
        with django_assert_max_num_queries(1):
            assert (
                sum(1 for one in found for row in one.rows() for value in row.values if value is not None) > 5
            )


def test_somebody_erased_is_shown_as_erased_in_a_copy_of_many_tables(alice: Any) -> None:
    with gate.purpose("own-data", reader=reader_of(alice), about=alice.subject):
        found = holdings_module.held(alice.subject)
        keys.destroy(alice.subject)
        values = [value for one in found for row in one.rows() for value in row.values]
    assert ERASED in values and "Alice" not in " ".join(map(str, values))
