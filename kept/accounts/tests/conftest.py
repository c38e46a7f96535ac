"""A visitor's browser, and what a person does to get in."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.test import Client

PASSWORD = "otter lantern gravel"


def code() -> str:
    """The six figures of the newest mail that carries some."""
    for message in reversed(mail.outbox):
        found = re.search(r"\b(\d{6})\b", message.body)
        if found:
            return found[1]
    raise AssertionError("No mail carries a code.")


def said(response: Any) -> str:
    """The text of a page, tags and doubled blanks taken away."""
    text = re.sub(r"<(script|style)\b.*?</\1>", " ", response.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text)).replace("&#x27;", "'")


@pytest.fixture
def visitor(policy: Any) -> Client:
    return Client(headers={"user-agent": "Mozilla/5.0 (Windows NT 10.0; rv:130.0) Gecko/20100101 Firefox/130.0"})


@pytest.fixture
def sign_up(visitor: Client) -> Callable[..., Any]:
    """sign_up(email=…) fills the form in and sends it; the answer is the response."""

    def send(email: str = "alice@example.com", **fields: str) -> Any:
        return visitor.post("/account/signup/", {"name": "Alice Example", "email": email, "password1": PASSWORD, **fields})

    return send


@pytest.fixture
def newcomer(sign_up: Callable[..., Any], visitor: Client) -> Client:
    """A browser in which Alice has just made her ID and confirmed it."""
    sign_up()
    visitor.post("/account/confirm-email/", {"code": code()})
    return visitor


def again(client: Client, password: str = PASSWORD) -> None:
    """Prove once more that it is you."""
    client.post("/account/reauthenticate/?next=/account/", {"password": password})
