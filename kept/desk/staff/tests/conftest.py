"""Dana at the desk, and whoever is to come."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from kept.accounts.models import StaffMember, User
from kept.outbox.delivery import deliver

NEW = {"name": "Noor Vale", "email": "noor.vale@example.org", "role": "support", "entity": "cet-power"}
ANOTHER = "a heron over the weir"


def letters(to: str) -> list[Any]:
    """Everything that arrived at an address, oldest first."""
    deliver()
    return [message for message in mail.outbox if message.to == [to]]


def link(to: str = NEW["email"]) -> str:
    """The path of the newest invitation's link."""
    found = re.findall(r"(/account/invitation/[\w-]+/)", letters(to)[-1].body)
    return str(found[-1])


def post_of(user: User) -> StaffMember:
    post = user.post()
    assert post is not None
    return post


@pytest.fixture
def at_desk(dana: User, client_of: Callable[[User], Client]) -> Client:
    return client_of(dana)


@pytest.fixture
def invited(at_desk: Client) -> str:
    """Noor is invited. The path of her link."""
    answer = at_desk.post("/desk/staff/invitation/", NEW)
    assert answer.status_code == 302
    return link()
