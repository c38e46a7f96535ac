"""A visitor's browser, and what a person does to get in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from playwright.sync_api import Browser, Page

from kept.outbox.delivery import deliver

PASSWORD = "otter lantern gravel"


def letters() -> list[Any]:
    """Everything that has arrived, oldest first."""
    deliver()
    return mail.outbox


def code() -> str:
    """The six figures of the newest mail that carries some."""
    for message in reversed(letters()):
        found = re.search(r"code is (\d{6})\b", message.body)
        if found:
            return found[1]
    raise AssertionError("No mail carries a code.")


def said(response: Any) -> str:
    """The text of a page, tags and doubled blanks taken away."""
    text = re.sub(r"<(script|style)\b.*?</\1>", " ", response.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text)).replace("&#x27;", "'")


@pytest.fixture
def visitor(policy: Any) -> Client:
    return Client(
        headers={"user-agent": "Mozilla/5.0 (Windows NT 10.0; rv:130.0) Gecko/20100101 Firefox/130.0"}
    )


@pytest.fixture
def page(chromium: Browser, policy: Any, live_server: Any) -> Iterator[Page]:
    """A page that fails the test on anything the headers forbid or a script throws, with a device that holds
    passkeys.
    """
    page = chromium.new_context(base_url=live_server.url).new_page()
    trouble: list[str] = []
    page.on("console", lambda message: trouble.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: trouble.append(str(error)))
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    abilities = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
    }
    device.send(
        "WebAuthn.addVirtualAuthenticator", {"options": {**abilities, "automaticPresenceSimulation": True}}
    )
    yield page
    page.context.close()
    assert trouble == []


def type_in_a_new_id(page: Page) -> None:
    """Sign up with a password, and type the code that came by mail."""
    page.goto("/account/signup/")
    page.get_by_label("Your name").fill("Alice Example")
    page.get_by_label("E-mail address").fill("alice@example.com")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Make my ID").click()
    page.get_by_label("Code").fill(code())
    page.get_by_role("button", name="Confirm").click()


@pytest.fixture
def sign_up(visitor: Client) -> Callable[..., Any]:
    """sign_up(email=…) fills the form in and sends it; the answer is the response."""

    def send(email: str = "alice@example.com", **fields: str) -> Any:
        return visitor.post(
            "/account/signup/", {"name": "Alice Example", "email": email, "password1": PASSWORD, **fields}
        )

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
