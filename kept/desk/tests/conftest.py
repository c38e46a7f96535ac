"""Bob at the desk, with a matter open."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from kept.accounts.models import User
from kept.core.vault import gate
from kept.desk.models import Matter
from kept.testing import reader_of

OPENING = {"channel": "phone", "purpose": "support", "text": "The fan of her rectifier hums."}


def said(response: Any) -> str:
    """The words of a page, tags and doubled blanks taken away."""
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode())))


def tell(user: User, **values: Any) -> None:
    """Something a customer says of herself in her profile."""
    with gate.purpose("registration", reader=reader_of(user), about=user.person, source="your profile"):
        for field, value in values.items():
            user.person.correct(field, value)


@pytest.fixture
def desk(bob: User, client_of: Callable[[User], Client]) -> Client:
    return client_of(bob)


@pytest.fixture
def matter(desk: Client) -> Matter:
    """Open, and about nobody yet."""
    desk.post("/desk/matters/", OPENING)
    return Matter.objects.latest("opened_at")


@pytest.fixture
def hers(desk: Client, matter: Matter, alice: User) -> Matter:
    """Open, and about Alice."""
    desk.post(f"/desk/matters/{matter.pk}/person/", {"person": str(alice.person_id)})
    return Matter.objects.get(pk=matter.pk)
