"""Making an ID: /account/signup/ and the code that confirms it."""

from __future__ import annotations

from typing import Any

import pytest

from kept.accounts.models import User
from kept.accounts.tests.conftest import PASSWORD, code, letters, said
from kept.core.consent import choices
from kept.core.consent.consent_state import standing
from kept.core.vault import gate

pytestmark = pytest.mark.django_db


def test_it_works(sign_up: Any, visitor: Any) -> None:
    response = sign_up()
    assert response.status_code == 302 and response.url == "/account/confirm-email/"
    assert letters()[-1].subject == "Your code to confirm your e-mail address"
    assert "alice" not in letters()[-1].subject.lower()
    response = visitor.post("/account/confirm-email/", {"code": code()})
    assert response.url == "/me/"
    user = User.objects.get()
    assert user.email == "alice@example.com" and user.confirmed_at and user.person_id
    assert visitor.get("/account/").status_code == 200


def test_it_makes_one_person_who_knows_what_was_shown(newcomer: Any) -> None:
    user = User.objects.get()
    reader = newcomer_reader(newcomer)
    with gate.purpose("account", reader=reader, about=user.subject):
        assert user.person.name == "Alice Example" and user.person.email == "alice@example.com"
    assert [(choice.purpose, choice.answer) for choice in choices.history(user.subject)] == [
        ("account", "acknowledged")
    ]
    assert standing(user.subject).consents == frozenset()


def newcomer_reader(client: Any) -> Any:
    """The reader of the browser's own next request."""
    return client.get("/account/").wsgi_request.reader


def test_news_is_a_choice_nobody_makes_for_you(visitor: Any, sign_up: Any) -> None:
    assert "checked" not in visitor.get("/account/signup/").content.decode()
    sign_up(news="on")
    user = User.objects.get()
    assert standing(user.subject).consents == {"news"}
    assert "news" in {choice.purpose for choice in choices.history(user.subject)}


def test_each_field_says_why(visitor: Any) -> None:
    page = visitor.get("/account/signup/")
    assert page.content.decode().count('class="why"') == 4
    assert "So that you can sign in" in said(page)


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("name", "", "Enter your name"),
        ("email", "", "Enter your e-mail address"),
        (
            "email",
            "alice.example.com",
            "Enter an e-mail address in the correct format, like name@example.com",
        ),
        ("email", f"{'a' * 250}@example.com", "E-mail address must be 254 characters or fewer"),
        ("password1", "", "Enter a password"),
        ("password1", "otter bay", "Your password has 9 characters. Use at least 15, or add a passkey."),
        ("password1", "password12345678", "This password appears in lists of stolen passwords."),
    ],
)
def test_it_rejects(sign_up: Any, field: str, typed: str, sentence: str) -> None:
    response = sign_up(**{"email": "alice@example.com", field: typed})
    assert sentence in said(response)
    assert response.status_code == 200 and not User.objects.exists() and not letters()
    assert "Alice Example" in response.content.decode() or field == "name"


@pytest.mark.parametrize("name", ["O", "D'Arcy-Ó Súilleabháin", "陳大文", "Муравьёва"])
def test_it_takes_any_name(sign_up: Any, name: str) -> None:
    sign_up(name=name)
    assert User.objects.count() == 1


def test_it_asks_once_about_a_slip_of_the_finger(sign_up: Any) -> None:
    response = sign_up(email="alice@homtail.com")
    assert "Did you mean alice@hotmail.com?" in said(response)
    assert 'name="sure" value="alice@homtail.com"' in response.content.decode()
    assert f'value="{PASSWORD}"' in response.content.decode()
    assert sign_up(email="alice@homtail.com", sure="alice@homtail.com").status_code == 302


def test_a_taken_address_is_not_given_away(newcomer: Any, client: Any, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "confirm_email": None}
    first = client.post("/account/signup/", {"name": "X", "email": "new@example.com", "password1": PASSWORD})
    new_screen = said(client.get(first.url)).replace("new@example.com", "")
    letters().clear()
    client.cookies.clear()
    second = client.post(
        "/account/signup/", {"name": "X", "email": "Alice@Example.com", "password1": PASSWORD}
    )
    assert (second.status_code, second.url) == (first.status_code, first.url)
    taken_screen = said(client.get(second.url)).replace("alice@example.com", "")
    assert taken_screen == new_screen
    assert [message.subject for message in letters()] == ["You already have an ID"]
    assert User.objects.count() == 2


def test_a_wrong_code_can_be_tried_again_and_three_end_it(sign_up: Any, visitor: Any) -> None:
    sign_up()
    right = code()
    wrong = "000000" if right != "000000" else "111111"
    assert "That code is not right." in said(visitor.post("/account/confirm-email/", {"code": wrong}))
    visitor.post("/account/confirm-email/", {"code": wrong})
    assert visitor.post("/account/confirm-email/", {"code": wrong}).url == "/account/login/"
    assert visitor.post("/account/confirm-email/", {"code": right}).url == "/account/login/"
    assert User.objects.get().confirmed_at is None


def test_a_code_works_once_and_for_ten_minutes(sign_up: Any, visitor: Any, monkeypatch: Any) -> None:
    sign_up()
    present = __import__("time").time()
    monkeypatch.setattr("allauth.account.internal.flows.code_verification.time.time", lambda: present + 601)
    response = visitor.post("/account/confirm-email/", {"code": code()}, follow=True)
    assert "This code was used or has expired." in said(response)


def test_a_new_code_waits_half_a_minute(sign_up: Any, visitor: Any) -> None:
    sign_up()
    before = len(letters())
    response = visitor.post("/account/confirm-email/", {"action": "resend"})
    assert response.status_code in {302, 429} and len(letters()) == before
