"""A touchpoint's own kinds of acts: known to the ledger, and found in the timeline where they belong."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from kept.core.ledger import act_kinds
from kept.core.ledger.record import KINDS, record
from kept.rights.access import person_timeline


@pytest.fixture(autouse=True)
def _as_before() -> Any:
    kinds, added = set(KINDS), dict(act_kinds._ADDED)
    yield
    KINDS.intersection_update(kinds)
    act_kinds._ADDED.clear()
    act_kinds._ADDED.update(added)


def test_its_groups_are_the_filters() -> None:
    assert set(act_kinds.GROUPS) == set(person_timeline._OF_FILTER)


@pytest.mark.parametrize("name", ["read", "", "Lent", "lent out", 'lent"', "lent-", "lent_out", "lent\n"])
def test_what_is_no_new_word_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="cannot be a kind of act"):
        act_kinds.act_kind(name, group="changed")


def test_an_unknown_group_is_refused_and_nothing_is_added() -> None:
    with pytest.raises(ValueError, match="no group of the timeline"):
        act_kinds.act_kind("lent", group="own")
    with pytest.raises(ValueError, match="is not a kind of act"):
        record("lent", purpose="registration", role="self", entity="", policy=1, parts=[])


def test_it_stands_under_its_filter_and_under_everything_and_nowhere_else() -> None:
    act_kinds.act_kind("lent", group="changed")
    lent: Any = SimpleNamespace(kind="lent", role="self")
    shown = {only for only in person_timeline.FILTERS if person_timeline.of([lent], only)}
    assert shown == {"all", "changed"}
