"""An answer that follows her ID: if she wants that, and not otherwise."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from kept.core.consent import choices
from kept.core.consent.consent_state import standing
from kept.core.policy.model import Policy
from kept.rights.cookies import account_sync
from kept.rights.cookies.tests.conftest import CHOICE, PAGE, browser, names, said
from kept.rights.cookies.tests.test_greeting import sign_in
from kept.rights.receipts.models import Receipt

pytestmark = pytest.mark.django_db
BOTH = {"answer": "save", "preference": "yes", "measurement": "no"}


@pytest.fixture
def hers(wider: Policy, alice: Any) -> Client:
    client = browser()
    sign_in(client)
    return client


def test_it_stays_on_this_device_unless_she_wants_more(hers: Client, alice: Any) -> None:
    assert "Keep this with my CE+T Power ID as well" in hers.get(PAGE).content.decode()
    hers.post(CHOICE, BOTH)
    assert not choices.history(alice.subject)
    other = browser()
    sign_in(other)
    assert said(other).kinds == {}


def test_it_follows_her_where_she_signs_in_next(hers: Client, alice: Any) -> None:
    hers.post(CHOICE, {**BOTH, "follow": "on"})
    past = {one.purpose: one for one in choices.history(alice.subject)}
    assert {purpose: one.answer for purpose, one in past.items()} == {
        "greeting": "yes",
        "filling-in": "yes",
        "visits": "no",
    }
    assert {one.source for one in past.values()} == {account_sync.SOURCE}
    # One for the device, and one for each of the three that stand with her ID.
    assert Receipt.objects.count() == 4
    other = browser()
    page = sign_in(other)
    assert dict(said(other).kinds) == {"preference": True, "measurement": False} and said(other).receipt == ""
    assert said(other).notice in {one.notice.hash for one in past.values()}
    assert 'id="cookies-banner"' not in page.content.decode() and "kept_greeting" in names(other)


def test_what_a_device_was_told_comes_first_there(hers: Client, alice: Any) -> None:
    hers.post(CHOICE, {**BOTH, "follow": "on"})
    other = browser()
    other.post(CHOICE, {"answer": "save", "preference": "no", "measurement": "yes"})
    sign_in(other)
    assert dict(said(other).kinds) == {"preference": False, "measurement": True}


def test_a_no_at_her_choices_takes_it_off_this_device(hers: Client, alice: Any) -> None:
    hers.post(CHOICE, {**BOTH, "follow": "on"})
    assert "kept_greeting" in names(hers)
    hers.post("/me/choices/", {"purpose": "greeting", "verb": "no"})
    assert said(hers).preference is False and "kept_greeting" not in names(hers)


def test_all_of_it_is_written_or_nothing(hers: Client, alice: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*args: Any, **more: Any) -> None:
        raise RuntimeError("no receipt")

    monkeypatch.setattr("kept.rights.cookies.flows.receipts.give", fails)
    with pytest.raises(RuntimeError):
        hers.post(CHOICE, {**BOTH, "follow": "on"})
    assert not choices.history(alice.subject) and not standing(alice.subject).consents


def test_a_stranger_has_no_id_it_could_follow(wider: Policy) -> None:
    client = browser()
    assert "Keep this with my" not in client.get(PAGE).content.decode()
    client.post(CHOICE, {**BOTH, "follow": "on"})
    assert said(client).preference is True and not choices.Choice.objects.exists()
