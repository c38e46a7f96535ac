"""The first name in the bar: read once a session, on the record, and only where the policy allows it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from kept.core.ledger import history
from kept.core.policy.verdict import Refused
from kept.core.vault import gate
from kept.core.vault.errors import NotAllowed
from kept.core.vault.subject_keys import keys

pytestmark = pytest.mark.django_db


def bar(client: Client) -> str:
    page = client.get("/").content.decode()
    return page[page.index("<header>") : page.index("</header>")]


def test_whoever_is_signed_in_is_welcomed_by_first_name(
    alice: Any, client_of: Callable[[Any], Client]
) -> None:
    assert "<b>Alice</b>" in bar(client_of(alice))


def test_the_name_is_read_once_a_session(alice: Any, client_of: Callable[[Any], Client]) -> None:
    client = client_of(alice)
    bar(client)
    written = len(history.entries_of(keys.alias(alice.subject)))
    bar(client)
    assert len(history.entries_of(keys.alias(alice.subject))) == written


def test_where_the_policy_does_not_allow_it_nobody_is_named(
    alice: Any, client_of: Callable[[Any], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: Any, **kwargs: Any) -> None:
        raise NotAllowed(Refused("1.1", "Names are not used here.", "the privacy officer"))

    monkeypatch.setattr(gate, "purpose", refuse)
    shown = bar(client_of(alice))
    assert "Alice" not in shown and "<b>Your ID</b>" in shown
