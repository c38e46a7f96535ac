"""Greeted by first name: after a yes alone, on this device alone, in no cache, and gone with one click."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import signing
from django.http import HttpResponse
from django.test import Client

from kept.portal.visitors import greeting
from kept.rights.cookies.tests.conftest import browser, names, press
from kept.rights.erasure import flows as erasure
from kept.testing import PASSWORD, customer, reader_of

pytestmark = pytest.mark.django_db
NOT_ME = "/privacy/cookies/greeting/"


def sign_in(client: Client, email: str = "alice@example.com") -> Any:
    answer = client.post("/account/login/", {"login": email, "password": PASSWORD})
    assert answer.status_code == 302, answer.content
    return client.get("/me/")


def bar(client: Client) -> str:
    page = client.get("/").content.decode()
    return page[page.index("<header>") : page.index("</header>")]


def remembering(name: str) -> Client:
    """A signed-out browser that remembers a first name."""
    client = browser()
    press(client, "yes")
    client.cookies[greeting.COOKIE] = greeting.seal(name)
    return client


def test_it_is_kept_at_sign_in_after_a_yes_and_used_after_sign_out(alice: Any) -> None:
    client = browser()
    press(client, "yes")
    sign_in(client)
    cookie = client.cookies[greeting.COOKIE]
    assert cookie["httponly"] and cookie["max-age"] > 180 * 86_400 and "lambert" not in cookie.value.lower()
    assert "this browser to remember your first name" in client.get("/account/logout/").content.decode()
    client.post("/account/logout/")
    shown = bar(client)
    assert "<span>Hello <b>Alice</b></span>" in shown and "Not Alice?" in shown and "Sign in" in shown


@pytest.mark.parametrize("answer", ["no", ""])
def test_without_a_yes_it_is_not_kept(alice: Any, answer: str) -> None:
    client = browser()
    if answer:
        press(client, answer)
    sign_in(client)
    assert greeting.COOKIE not in names(client)


def test_who_says_yes_while_signed_in_is_remembered_from_there(alice: Any) -> None:
    client = browser()
    sign_in(client)
    press(client, "yes")
    assert greeting.COOKIE in names(client)
    press(client, "no")
    assert greeting.COOKIE not in names(client)


def test_not_alice_takes_it_away_and_leads_back(alice: Any) -> None:
    client = remembering("Alice")
    answer = client.post(NOT_ME, {"next": "/products/"})
    assert answer.status_code == 302 and answer.url == "/products/" and names(client) == {"kept_choices"}
    assert "Hello" not in bar(client)
    assert client.get(NOT_ME).status_code == 405
    assert Client(headers={"sec-fetch-site": "cross-site"}).post(NOT_ME).status_code == 403


def test_the_next_one_to_sign_in_is_greeted_instead(alice: Any, charlie: Any) -> None:
    client = remembering("Alice")
    sign_in(client, "charlie@example.com")
    client.post("/account/logout/")
    assert "Charlie" in bar(client) and "Alice" not in bar(client)


def test_markup_is_text(policy: Any) -> None:
    shown = bar(remembering("<script>alert(1)</script>"))
    assert "&lt;script&gt;" in shown and "<script>alert" not in shown


def test_a_name_with_markup_is_text_from_the_start(policy: Any) -> None:
    customer("<b>Eve</b> X", "alice@example.com")
    client = browser()
    press(client, "yes")
    sign_in(client)
    client.post("/account/logout/")
    assert "Hello <b>&lt;b&gt;Eve&lt;/b&gt;</b>" in bar(client)


def test_no_name_is_a_plain_hello(policy: Any) -> None:
    shown = bar(remembering(""))
    assert "<span>Hello</span>" in shown and "Not you?" in shown


@pytest.mark.parametrize(
    "text", ["Alice", "", "x:y", "A" * 65_536, '"Alice":x', "wrong kind", "another salt"]
)
def test_a_cookie_that_is_not_ours_greets_nobody(policy: Any, text: str) -> None:
    if text == "wrong kind":
        text = signing.Signer(salt="kept.greeting.1").sign_object({"name": "Alice"})
    if text == "another salt":
        text = signing.Signer(salt="elsewhere").sign_object("Alice")
    client = remembering("Alice")
    client.cookies[greeting.COOKIE] = text
    assert "Hello" not in bar(client)


def test_a_page_that_greets_is_in_no_cache(policy: Any) -> None:
    client = remembering("Alice")
    client.get("/")  # her yes is confirmed there
    for address in ("/", "/products/", "/privacy/", "/nothing-here/"):
        assert client.get(address)["Cache-Control"] == "private, no-store", address


def test_a_page_that_says_it_is_public_is_hers_all_the_same(
    policy: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def public(request: Any) -> HttpResponse:
        answer = HttpResponse("<p>Hello</p>")
        answer["Cache-Control"] = "public, max-age=600"
        return answer

    public.login_required = False  # type: ignore[attr-defined]
    monkeypatch.setattr(
        "django.core.handlers.base.BaseHandler.resolve_request", lambda self, request: (public, (), {})
    )
    assert remembering("Alice").get("/")["Cache-Control"] == "private, no-store"


def test_who_asks_to_be_erased_is_forgotten_on_this_device(alice: Any) -> None:
    client = browser()
    press(client, "yes")
    sign_in(client)
    assert greeting.COOKIE in names(client)
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    client.post("/me/erasure/", {"understood": "on"})
    waiting = erasure.of(alice.subject)
    assert waiting is not None
    assert greeting.COOKIE not in names(client)
    client.get("/me/")
    assert greeting.COOKIE not in names(client)
    erasure.undo(erasure=waiting, reader=reader_of(alice))
    client.get("/me/")
    assert greeting.COOKIE in names(client)
