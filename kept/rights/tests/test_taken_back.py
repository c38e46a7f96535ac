"""What cannot be undone is named: a copy that left, pages that were opened, a request in her name."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from kept.accounts.recovery.throwing_out import ENDINGS
from kept.accounts.tests.conftest import again
from kept.core.vault import gate
from kept.rights.requests.flows import receive
from kept.testing import reader_of

pytestmark = pytest.mark.django_db


def recovered(alice: Any, hours: int = 72) -> list[str]:
    return [str(one) for one in ENDINGS["seen"](alice, timezone.now() - timedelta(hours=hours))]


def test_what_cannot_be_undone_says_so(alice: Any, client_of: Any) -> None:
    thief = client_of(alice)
    again(thief)
    thief.get("/me/")
    assert thief.post("/me/copy/", {"scope": "all"}).status_code == 200
    told = recovered(alice)
    assert any("A copy of your data left on" in one and "cannot be called back" in one for one in told)
    assert any("Your pages were opened" in one and "cannot be taken back" in one for one in told)


def test_a_request_in_her_name_is_named(alice: Any) -> None:
    with gate.purpose("own-data", reader=reader_of(alice), about=alice.person):
        receive(
            kind="question",
            text="Who has my address?",
            channel="site",
            reader=reader_of(alice),
            person=alice.person,
            language="en",
        )
    told = recovered(alice)
    assert any("asked in your name" in one for one in told), told


def test_who_did_nothing_is_told_nothing(alice: Any) -> None:
    assert recovered(alice) == []
