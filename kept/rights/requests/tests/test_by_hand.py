"""A letter without an e-mail address is confirmed at the desk, also when somebody asks for another."""

from __future__ import annotations

from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.test import Client

from kept.accounts.models import User
from kept.core.vault import gate
from kept.core.vault.history import timeline
from kept.rights.requests.tests.conftest import unknown
from kept.testing import reader_of

pytestmark = pytest.mark.django_db
POST = {
    "channel": "letter",
    "kind": "access",
    "email": "",
    "answer_by": "post",
    "address": {"street": "Rue Haute 1", "city": "Liège", "country": "BE"},
}
GIVEN = {"by-hand-email": "alice@example.com", "by-hand-asker": "self", "by-hand-check": "post-code"}
LAWYER = {**GIVEN, "by-hand-asker": "lawyer", "by-hand-check": "authority", "by-hand-note": "Power of attorney of 3 May 2026"}


@pytest.mark.parametrize(("given", "told"), [(GIVEN, "you asked"), (LAWYER, "lawyer or other authorised person may ask for you")])
def test_it_works(alice: User, dana: User, client_of: Callable[[User], Client], given: dict[str, str], told: str) -> None:
    request = unknown(**POST).request
    client_of(dana).post(f"/desk/requests/{request.pk}/checking/", given)
    request.refresh_from_db()
    assert request.person == alice.person and request.steps.filter(kind="checked", role="controller").exists()
    with gate.purpose("own-data", reader=reader_of(alice), about=alice.person):
        assert any(told in str(one.detail.get("what")) for one in timeline(alice.person.pk, limit=20))
    assert "Carry it out" in unescape(client_of(dana).get(f"/desk/requests/{request.pk}/").content.decode())


@pytest.mark.parametrize("more", [{"by-hand-email": "nobody@example.com"}, {"by-hand-asker": "parent"}, {"by-hand-email": ""}])
def test_what_is_not_shown_is_not_sure(alice: User, dana: User, client_of: Any, more: dict[str, str]) -> None:
    request = unknown(**POST).request
    assert client_of(dana).post(f"/desk/requests/{request.pk}/checking/", {**GIVEN, **more}).status_code == 422
    request.refresh_from_db()
    assert request.person is None and not request.steps.filter(kind="checked").exists()
