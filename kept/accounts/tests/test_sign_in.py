"""Signing in and out: /account/login/, and what too many tries do."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from kept.accounts.models import Session, User
from kept.accounts.tests.conftest import PASSWORD, code, letters, said

pytestmark = pytest.mark.django_db


def sign_in(client: Any, email: str = "alice@example.com", password: str = PASSWORD, **fields: str) -> Any:
    return client.post("/account/login/", {"login": email, "password": password, **fields})


def test_it_works(newcomer: Any) -> None:
    browser = Client()
    assert sign_in(browser).url == "/me/"
    assert browser.get("/account/").status_code == 200


def test_it_takes_the_address_however_it_is_typed(newcomer: Any) -> None:
    assert sign_in(Client(), "  ALICE@example.com ").status_code == 302


def test_a_wrong_password_and_an_unknown_address_say_the_same(newcomer: Any) -> None:
    sentence = "The e-mail address or the password is not right. Check both, or reset your password."
    known, unknown = sign_in(Client(), password="wrong wrong wrong"), sign_in(Client(), "nobody@example.com")
    assert sentence in said(known) and sentence in said(unknown)


def test_the_eleventh_try_has_to_wait(newcomer: Any) -> None:
    browser = Client()
    for _ in range(10):
        assert "is not right" in said(sign_in(browser, password="wrong wrong wrong"))
    assert (
        "Too many tries. Wait 15 minutes or reset your password. A code from your mail and a passkey both"
        " work at once." in said(sign_in(Client()))
    )


def test_an_address_that_was_never_confirmed_gets_a_new_code(
    sign_up: Any, visitor: Any, settings: Any
) -> None:
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "confirm_email": None}
    sign_up()
    browser = Client()
    assert sign_in(browser).url == "/account/confirm-email/"
    assert browser.post("/account/confirm-email/", {"code": code()}).url == "/me/"


def test_it_is_closed_by_default(visitor: Any) -> None:
    response = visitor.get("/account/sessions/")
    assert response.status_code == 302 and response.url == "/account/login/?next=/account/sessions/"


def test_it_goes_nowhere_else_afterwards(newcomer: Any) -> None:
    response = Client().post(
        "/account/login/?next=https://evil.example/", {"login": "alice@example.com", "password": PASSWORD}
    )
    assert response.url == "/me/"


def test_signing_out_ends_the_row(newcomer: Any) -> None:
    assert Session.objects.filter(user=User.objects.get()).count() == 1
    newcomer.post("/account/logout/")
    assert not Session.objects.filter(user=User.objects.get()).exists()
    assert newcomer.get("/account/").status_code == 302


def test_a_forgotten_password(newcomer: Any) -> None:
    browser = Client()
    assert (
        browser.post("/account/password/reset/", {"email": "alice@example.com"}).url
        == "/account/password/reset/confirm/"
    )
    assert letters()[-1].subject == "Your code to choose a new password"
    response = browser.post("/account/password/reset/confirm/", {"code": code()})
    assert response.url == "/account/password/reset/complete/"
    browser.post(response.url, {"password1": "gravel otter lantern"})
    assert letters()[-1].subject == "Your password was reset"
    assert sign_in(Client(), password="gravel otter lantern").url == "/me/"
    assert "is not right" in said(sign_in(Client()))
    assert newcomer.get("/account/").status_code == 302


def test_a_stranger_gets_no_mail_and_the_same_screen(newcomer: Any) -> None:
    letters().clear()
    known, stranger = Client(), Client()
    pages = []
    for browser, email in ((known, "alice@example.com"), (stranger, "nobody@example.com")):
        answer = browser.post("/account/password/reset/", {"email": email}, follow=True)
        pages.append(said(answer).replace(email, ""))
    assert pages[0] == pages[1]
    assert [message.to for message in letters()] == [["alice@example.com"]]
