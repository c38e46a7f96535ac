"""The why mark's answers come from the policy, so they change when it does."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kept.core.policy.model import Policy
from kept.core.register.explanations import NothingToExplain, explain
from kept.core.register.roles import in_words


def test_a_field_is_explained_by_its_category_and_purpose(folder: Policy) -> None:
    told = explain("person.phone", "support", folder)
    assert told.title == "Phone number"
    assert told.why == "So that the people who help you know who you are and which product it is about."
    assert told.who == ["Support staff"]
    assert (told.keep, told.until) == ("3 years", "3 years after your case is closed")
    assert (told.clause, told.clause_url) == ("4.2", "/privacy/#c4-2")
    assert "Mail provider (demo)" in told.recipients
    assert (told.basis, told.choice) == ("needed for what you asked for", "none")


def test_a_category_does_as_well(folder: Policy) -> None:
    assert explain("contact.phone", "support", folder) == explain("person.phone", "support", folder)


def test_another_policy_explains_it_otherwise(edited: Callable[..., Policy]) -> None:
    shorter = edited(
        "purposes.toml", r'keep = "P3Y"\nfrom = "case.closed"', 'keep = "P6M"\nfrom = "case.closed"'
    )
    assert explain("contact.phone", "support", shorter).until == "6 months after your case is closed"


def test_where_no_staff_may_read_it_says_so(folder: Policy) -> None:
    assert explain("identity.account", "account", folder).who == ["Only you"]


def test_what_the_policy_does_not_name_is_not_explained(folder: Policy) -> None:
    with pytest.raises(NothingToExplain, match="category for person.shoe-size"):
        explain("person.shoe-size", "support", folder)
    with pytest.raises(NothingToExplain, match="purpose gossip"):
        explain("contact.phone", "gossip", folder)


def test_it_goes_by_the_version_in_force(policy: object) -> None:
    assert explain("contact.phone", "support").clause == "4.2"
    assert in_words("controller") == "The data controller"
    assert in_words("a role of long ago") == "A role of long ago"
