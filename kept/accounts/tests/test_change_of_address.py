"""Changing the sign-in address: the new one confirms, the old one hears of it twice and can take it back."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from kept.accounts.models import User
from kept.accounts.second_factors.events import AddressChange
from kept.accounts.tests.conftest import PASSWORD, again, code, letters, said
from kept.core.vault import gate
from kept.core.vault.readers import Job, SystemReader

pytestmark = pytest.mark.django_db

NEW = "alice.new@example.com"


@pytest.fixture
def asked(newcomer: Any) -> Client:
    """Alice asked for another address, and has not confirmed it."""
    again(newcomer)
    letters().clear()
    newcomer.post("/account/email/", {"action_add": "1", "email": NEW})
    return newcomer


@pytest.fixture
def undo(asked: Any) -> str:
    """The way back that the old address got."""
    asked.post("/account/confirm-email/", {"code": code()})
    return re.search(r"http://localhost:8000(/account/email/undo/\S+)", letters()[-1].body)[1]


def test_it_asks_whether_it_is_you(newcomer: Any) -> None:
    response = newcomer.post("/account/email/", {"action_add": "1", "email": NEW})
    assert response.url.startswith("/account/reauthenticate/")


def test_the_old_address_is_told_at_once_and_keeps_working(asked: Any) -> None:
    told = {message.to[0]: message.subject for message in letters()}
    assert told == {
        "alice@example.com": "A change of your e-mail address was asked for",
        NEW: "Your code to confirm your new e-mail address",
    }
    assert User.objects.get().email == "alice@example.com"


def test_the_new_address_counts_once_it_is_confirmed(asked: Any, undo: str) -> None:
    assert User.objects.get().email == NEW
    assert letters()[-1].to == ["alice@example.com"]
    assert NEW not in letters()[-1].body
    assert Client().post("/account/login/", {"login": NEW, "password": PASSWORD}).url == "/me/"


def test_a_taken_address_shows_the_same_screen_and_changes_nothing(
    newcomer: Any, client: Any, settings: Any
) -> None:
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "confirm_email": None}
    client.post(
        "/account/signup/", {"name": "Charlie", "email": "charlie@example.com", "password1": PASSWORD}
    )
    again(newcomer)
    letters().clear()
    response = newcomer.post(
        "/account/email/", {"action_add": "1", "email": "charlie@example.com"}, follow=True
    )
    assert "We sent a message to charlie@example.com" in said(response)
    assert [(message.to, message.subject) for message in letters()] == [
        (["charlie@example.com"], "You already have an ID"),
        (["alice@example.com"], "A change of your e-mail address was asked for"),
    ]
    assert User.objects.filter(email="alice@example.com").exists()


def contact(client: Any) -> str:
    """Where Alice is written to, as she sees it herself."""
    request = client.get("/account/").wsgi_request
    with gate.purpose("account", reader=request.reader, about=request.person):
        return str(request.person.email)


def test_where_she_is_written_to_follows(asked: Any, undo: str) -> None:
    assert contact(asked) == NEW


def test_the_link_alone_changes_nothing(undo: str) -> None:
    page = Client().get(undo)
    assert page.status_code == 200 and "Take it back" in said(page)
    assert User.objects.get().email == NEW


def test_the_old_address_takes_it_back(asked: Any, undo: str) -> None:
    assert Client().post(undo).url == "/account/password/reset/"
    user = User.objects.get()
    assert user.email == "alice@example.com" and not user.has_usable_password()
    assert asked.get("/account/").status_code == 302
    assert letters()[-1].subject == "Your e-mail address is back"
    assert Client().post(undo).status_code == 410
    with gate.purpose("security", reader=SystemReader(job="test"), about=Job("test")):
        assert user.person.email == "alice@example.com"


def test_after_72_hours_it_is_too_late(undo: str) -> None:
    AddressChange.objects.update(until=timezone.now() - timedelta(seconds=1))
    page = Client().get(undo)
    assert page.status_code == 410 and "This link was used or has expired." in said(page)


def test_a_guessed_link_opens_nothing(policy: Any) -> None:
    assert Client().get("/account/email/undo/guess/").status_code == 410


def test_an_address_that_somebody_took_meanwhile_stays_theirs(undo: str, client: Any) -> None:
    client.post("/account/signup/", {"name": "Charlie", "email": "alice@example.com", "password1": PASSWORD})
    User.objects.get(email="alice@example.com").confirm()
    assert Client().post(undo).status_code == 409
    assert User.objects.filter(email=NEW).exists()


def test_whoever_only_typed_the_old_address_does_not_keep_it(undo: str, client: Any) -> None:
    """A thief signs up with it, so that it could not be taken back: nobody proved that it is theirs."""
    client.post("/account/signup/", {"name": "Charlie", "email": "alice@example.com", "password1": PASSWORD})
    thief = User.objects.get(email="alice@example.com")
    assert Client().post(undo).status_code == 302
    owner = User.objects.get(email="alice@example.com")
    assert owner.pk != thief.pk and owner.confirmed_at
    assert (
        client.post("/account/confirm-email/", {"code": code()}).status_code == 302
        and not User.objects.get(pk=thief.pk).confirmed_at
    )
