"""Whoever takes their ID back stands where they stood: no yes of a thief counts, and no limit of theirs is
gone.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.utils import timezone

from kept.accounts.recovery.throwing_out import ENDINGS
from kept.core.consent.consent_state import standing
from kept.rights.choices import proofs
from kept.rights.choices.tests.test_choices import choose, diary

pytestmark = pytest.mark.django_db


@pytest.fixture
def hers(alice: Any, client_of: Any) -> Any:
    return client_of(alice)


def recovered(alice: Any, since: datetime) -> list[str]:
    return [str(one) for one in ENDINGS["choices"](alice, since)]


@pytest.fixture
def came(hers: Any) -> datetime:
    """When the thief came. Before that she had said yes to news, and restricted support."""
    choose(hers, "news", "yes")
    choose(hers, "support", "restrict")
    return timezone.now()


def test_a_yes_of_the_thief_ends_and_the_restriction_is_back(hers: Any, alice: Any, came: datetime) -> None:
    choose(hers, "research", "yes")
    choose(hers, "support", "lift")
    choose(hers, "registration", "restrict")
    told = recovered(alice, came)
    now = standing(alice.subject)
    assert now.consents == {"news"} and now.restrictions == {"support"}
    assert len(told) == 3 and "say yes again" in told[0]
    assert any("put back as your address was taken back" in line for line in diary(alice))
    assert [one for one in recovered(alice, came) if "again, as it was" in one or "is lifted" in one] == [], (
        "once"
    )
    assert proofs.as_said().kept, "the ledger tells the same"


def test_what_only_she_can_say_is_named(hers: Any, alice: Any, came: datetime) -> None:
    choose(hers, "news", "no")
    (told,) = recovered(alice, came)
    assert "Your yes to" in told and "News" in told and standing(alice.subject).consents == frozenset()


def test_who_chose_nothing_meanwhile_is_told_nothing(hers: Any, alice: Any, came: datetime) -> None:
    assert recovered(alice, came) == [] and standing(alice.subject).consents == {"news"}
