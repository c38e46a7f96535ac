"""Every link and code of ours in a mail, and each act that must end it (docs/decisions/0025)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from kept.accounts.models import AddressChange, Session, User
from kept.accounts.signing_in.adapter import AccountAdapter
from kept.accounts.signing_up import address_changes
from kept.accounts.tests.conftest import PASSWORD, again, code, letters, said
from kept.operations.setting_up.ids import one_time_link

pytestmark = pytest.mark.django_db

HERS, FIRST, SECOND = "alice@example.com", "thief.one@example.net", "thief.two@example.net"
ANOTHER = "gravel otter lantern"


@pytest.fixture(autouse=True)
def _no_waiting(settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "confirm_email": None}


def move(browser: Client, to: str) -> None:
    """Change the sign-in address, with the code from the new letter box."""
    again(browser)
    browser.post("/account/email/", {"action_add": "1", "email": to})
    browser.post("/account/confirm-email/", {"code": code()})
    assert User.objects.filter(email=to).exists()


def way_back(address: str) -> str:
    """The newest way back that this address got."""
    for letter in reversed(letters()):
        found = re.search(r"(/account/email/undo/\S+)", letter.body)
        if found and letter.to == [address]:
            return found[1]
    raise AssertionError(f"{address} got no way back.")


def signed_in(email: str = HERS, password: str = PASSWORD) -> Client:
    browser = Client()
    assert browser.post("/account/login/", {"login": email, "password": password}).status_code == 302
    return browser


def waiting_for_a_password(email: str) -> Client:
    """A browser in which a new password was asked for, and the code was typed in."""
    browser = Client()
    browser.post("/account/password/reset/", {"email": email})
    assert browser.post("/account/password/reset/confirm/", {"code": code()}).url.endswith("/complete/")
    return browser


def chooses(browser: Client, password: str = ANOTHER) -> bool:
    """Whether this browser could choose a password."""
    browser.post("/account/password/reset/complete/", {"password1": password})
    return any(user.check_password(password) for user in User.objects.all())


# The way back -----------------------------------------------------------------------------------------------


def test_the_oldest_way_back_ends_the_thief_s_own(newcomer: Client) -> None:
    move(newcomer, FIRST)
    move(newcomer, SECOND)
    hers, thiefs = way_back(HERS), way_back(FIRST)
    letters().clear()
    assert Client().post(hers).status_code == 302
    assert {letter.to[0]: letter.subject for letter in letters()} == {
        HERS: "Your e-mail address is back",
        FIRST: "This address no longer belongs to an ID",
        SECOND: "This address no longer belongs to an ID",
    }
    assert Client().get(thiefs).status_code == 410 and Client().post(thiefs).status_code == 410
    assert User.objects.get().email == HERS and not AddressChange.open_of(User.objects.get()).exists()


def test_a_later_way_back_leaves_the_oldest(newcomer: Client) -> None:
    move(newcomer, FIRST)
    move(newcomer, SECOND)
    assert Client().post(way_back(FIRST)).status_code == 302 and User.objects.get().email == FIRST
    assert Client().post(way_back(HERS)).status_code == 302 and User.objects.get().email == HERS


def test_there_and_back_again_leaves_the_thief_no_way_back(newcomer: Client) -> None:
    move(newcomer, FIRST)
    letters().clear()
    move(newcomer, HERS)
    told = [letter for letter in letters() if letter.to == [FIRST] and "was changed" in letter.subject]
    assert told and not any("/email/undo/" in letter.body for letter in told)
    assert not AddressChange.open_of(User.objects.get()).exists()


def test_two_links_at_once_are_one_after_the_other(newcomer: Client) -> None:
    """The thief's request has read its link when the owner's way back is taken: under the lock it is over."""
    move(newcomer, FIRST)
    move(newcomer, SECOND)
    oldest, newest = AddressChange.objects.order_by("asked_at")
    address_changes.take_back(change=oldest)
    with pytest.raises(address_changes.WayBackOver):
        address_changes.take_back(change=newest)


@pytest.mark.parametrize("act", ["password", "everywhere"])
def test_no_act_of_a_session_ends_the_way_back(newcomer: Client, act: str) -> None:
    move(newcomer, FIRST)
    again(newcomer)
    if act == "password":
        newcomer.post("/account/password/change/", {"oldpassword": PASSWORD, "password1": ANOTHER})
        assert User.objects.get().check_password(ANOTHER)
    else:
        newcomer.post("/account/sessions/ending/")
    assert Client().post(way_back(HERS)).status_code == 302


# Codes and links for a new password -------------------------------------------------------------------------


def leave(user: User) -> None:
    user.closed_at = timezone.now()
    user.save(update_fields=["closed_at"])


ENDS: dict[str, Callable[[Client], Any]] = {
    "another password": lambda hers: hers.post(
        "/account/password/change/", {"oldpassword": PASSWORD, "password1": "lantern gravel otter"}
    ),
    "another address": lambda hers: move(hers, FIRST),
    "signed out everywhere": lambda hers: hers.post("/account/sessions/ending/"),
}


@pytest.mark.parametrize("act", ENDS)
def test_a_code_for_a_password_ends_with(newcomer: Client, act: str) -> None:
    thief = waiting_for_a_password(HERS)
    again(newcomer)
    ENDS[act](newcomer)
    assert not chooses(thief)


@pytest.mark.parametrize("act", [*ENDS, "the ID", "its use", "three days"])
def test_a_link_for_a_password_ends_with(newcomer: Client, act: str, monkeypatch: pytest.MonkeyPatch) -> None:
    link = one_time_link(User.objects.get()).removeprefix("http://localhost:8000")
    again(newcomer)
    thief = Client()
    opened = thief.get(link).url
    if act in ENDS:
        ENDS[act](newcomer)
    elif act == "the ID":
        leave(User.objects.get())
    elif act == "its use":
        other = Client()
        other.post(other.get(link).url, {"password1": "lantern gravel otter"})
    else:
        late = timezone.now().replace(tzinfo=None) + timedelta(days=4)
        monkeypatch.setattr("kept.accounts.second_factors.capabilities.LinkTokens._now", lambda self: late)
    thief.post(opened, {"password1": ANOTHER})
    assert not User.objects.get().check_password(ANOTHER) and Client().get(link).status_code == 410


def test_what_the_thief_s_address_was_sent_ends_when_it_is_taken_back(newcomer: Client) -> None:
    move(newcomer, FIRST)
    thief, link = (
        waiting_for_a_password(FIRST),
        one_time_link(User.objects.get()).removeprefix("http://localhost:8000"),
    )
    unsure = Client()
    unsure.post("/account/password/reset/", {"email": FIRST})
    late = code()
    assert Client().post(way_back(HERS)).status_code == 302
    assert not chooses(thief) and Client().get(link).status_code == 410
    unsure.post("/account/password/reset/confirm/", {"code": late})
    assert not chooses(unsure)


def test_a_code_for_another_address_ends_when_it_is_taken_back(newcomer: Client) -> None:
    move(newcomer, FIRST)
    again(newcomer)
    newcomer.post("/account/email/", {"action_add": "1", "email": SECOND})
    late = code()
    assert Client().post(way_back(HERS)).status_code == 302
    newcomer.post("/account/confirm-email/", {"code": late})
    assert User.objects.get().email == HERS


@pytest.mark.parametrize("verb", ["set_password", "confirm_email"])
def test_a_request_under_way_is_overtaken(
    newcomer: Client, monkeypatch: pytest.MonkeyPatch, verb: str
) -> None:
    """The thief's request has read ID and session; the way back is taken before it writes."""
    move(newcomer, FIRST)
    if verb == "set_password":
        thief, where, typed = (
            waiting_for_a_password(FIRST),
            "/account/password/reset/complete/",
            {"password1": ANOTHER},
        )
    else:
        again(newcomer)
        newcomer.post("/account/email/", {"action_add": "1", "email": SECOND})
        thief, where, typed = newcomer, "/account/confirm-email/", {"code": code()}
    change, write = AddressChange.objects.get(), getattr(AccountAdapter, verb)

    def late(self: AccountAdapter, *args: Any) -> Any:
        address_changes.take_back(change=change)
        return write(self, *args)

    monkeypatch.setattr(AccountAdapter, verb, late)
    assert thief.post(where, typed).url == "/account/login/"
    assert "what was begun here no longer counts" in said(thief.get("/account/login/"))
    user = User.objects.get()
    assert (
        user.email == HERS
        and not user.has_usable_password()
        and not Session.objects.filter(user=user).exists()
    )


# Others -----------------------------------------------------------------------------------------------------


def test_a_closed_id_gets_no_password(newcomer: Client) -> None:
    leave(User.objects.get())
    thief = Client()
    thief.post("/account/password/reset/", {"email": HERS})
    assert not chooses(thief)


def test_a_browser_that_waits_is_known_by_whom_it_waits_for(newcomer: Client) -> None:
    browser = waiting_for_a_password(HERS)
    waiting = Session.objects.get(about=User.objects.get())
    assert waiting.user_id is None and browser.session.mark == waiting.mark
    assert (
        "Firefox" in said(newcomer.get("/account/sessions/"))
        and Session.objects.filter(user=User.objects.get()).count() == 1
    )
