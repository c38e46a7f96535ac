"""A thief with a session and the password cannot keep the ID; whoever lost every factor has a way in."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client
from django.utils import timezone

from kept.accounts import jobs
from kept.accounts.models import AddressChange, FactorLoss, Session, SetAside, User
from kept.accounts.recovery import lost_factors, throwing_out
from kept.accounts.tests.conftest import PASSWORD, again, code, letters, said
from kept.accounts.tests.test_capabilities import ANOTHER, FIRST, HERS, SECOND, move, signed_in, way_back
from kept.operations.commands import accounts as command
from kept.outbox import deferred_work

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_waiting(settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "confirm_email": None}


def add_app(user: User, *, hours: int = 0) -> Authenticator:
    """An authenticator app and recovery codes, added so many hours ago."""
    made = TOTP.activate(user, generate_totp_secret()).instance
    RecoveryCodes.activate(user)
    Authenticator.objects.filter(user=user).update(created_at=timezone.now() - timedelta(hours=hours))
    return made


def link(subject: str, to: str = HERS) -> str:
    """The path of the first link in the newest mail of this subject to this address."""
    letter = next(letter for letter in reversed(letters()) if letter.subject == subject and letter.to == [to])
    return next(
        word.removeprefix("http://localhost:8000")
        for word in letter.body.split()
        if word.startswith("http://localhost:8000/")
    )


# The way back -----------------------------------------------------------------------------------------------


def test_a_thief_with_session_and_password_does_not_keep_the_id(newcomer: Client) -> None:
    """They prepare before they change the address, change it twice, choose a password, and begin an erasure
    and a copy.
    """
    thief, user = newcomer, User.objects.get()
    add_app(user, hours=70)
    move(thief, FIRST)
    again(thief)
    thief.post("/account/password/change/", {"oldpassword": PASSWORD, "password1": ANOTHER})
    thief.post("/account/reauthenticate/", {"password": ANOTHER})
    thief.post("/me/erasure/", {"silence": "on"})
    hers, theirs = way_back(HERS), None
    AddressChange.objects.update(asked_at=timezone.now() - timedelta(hours=71))
    assert Client().post(hers).status_code == 302 and theirs is None
    user = User.objects.get()
    assert user.email == HERS and not user.has_usable_password()
    assert (
        not Authenticator.objects.filter(user=user).exists()
        and not Session.objects.filter(user=user).exists()
    )
    assert thief.get("/account/").status_code == 302
    for password in (PASSWORD, ANOTHER):
        assert thief.post("/account/login/", {"login": FIRST, "password": password}).status_code == 200
    owner = comes_back()
    page = said(owner.get("/account/recovery/"))
    assert (
        "Authenticator app, added on" in page
        and "Recovery codes" in page
        and FIRST in page
        and "Firefox on Windows" in page
    )
    assert "Your erasure, asked for on" in page and "Your erasure is undone" not in page


def comes_back() -> Client:
    owner = Client()
    owner.post("/account/password/reset/", {"email": HERS})
    owner.post("/account/password/reset/confirm/", {"code": code()})
    owner.post("/account/password/reset/complete/", {"password1": "lantern gravel otter"})
    return signed_in(HERS, "lantern gravel otter")


def test_what_is_older_stays(newcomer: Client) -> None:
    made = add_app(User.objects.get(), hours=80)
    move(newcomer, FIRST)
    Client().post(way_back(HERS))
    assert (
        Authenticator.objects.filter(pk=made.pk).exists()
        and not SetAside.objects.filter(kind="factor").exists()
    )


def test_a_factor_is_taken_in_again_by_whoever_proved_themselves(newcomer: Client) -> None:
    secret = add_app(User.objects.get()).wrap()
    was = Authenticator.objects.get(type="totp").created_at
    move(newcomer, FIRST)
    Client().post(way_back(HERS))
    owner, row = (
        comes_back(),
        next(row for row in SetAside.objects.filter(kind="factor") if row.factor["type"] == "totp"),
    )
    keep = f"/account/recovery/{row.pk}/keeping/"
    assert owner.post(keep).url.startswith("/account/reauthenticate/") and not Authenticator.objects.exists()
    owner.post("/account/reauthenticate/", {"password": "lantern gravel otter"})
    assert "It works again" in said(owner.post(keep, follow=True))
    made = Authenticator.objects.get()
    assert made.created_at == was and secret and made.wrap()
    assert (
        "Your 14 days" not in said(owner.get("/account/recovery/"))
        and not SetAside.objects.filter(pk=row.pk).exists()
    )
    assert "its 14 days are over" in said(owner.post(keep, follow=True))


def test_nobody_takes_in_what_is_somebody_else_s(newcomer: Client, client_of: Any, charlie: User) -> None:
    add_app(User.objects.get(email=HERS))
    move(newcomer, FIRST)
    Client().post(way_back(HERS))
    his = client_of(charlie)
    his.post("/account/reauthenticate/", {"password": PASSWORD})
    his.post(f"/account/recovery/{SetAside.objects.filter(kind='factor')[0].pk}/keeping/")
    assert not Authenticator.objects.exists()


def test_what_was_cut_off_is_ended_by_the_worker(newcomer: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[str] = []
    move(newcomer, FIRST)
    monkeypatch.setattr(throwing_out, "ENDINGS", {"broken": lambda user, since: 1 / 0})
    with pytest.raises(ZeroDivisionError):
        Client().post(way_back(HERS))
    assert User.objects.get().email == HERS
    monkeypatch.setattr(
        throwing_out, "ENDINGS", {"test": lambda user, since: ended.append(user.email) or ["Something"]}
    )
    assert jobs.recover() == 1 and jobs.recover() == 0 and ended == [HERS]
    assert SetAside.objects.filter(kind="connected").count() == 1


def test_what_breaks_in_one_room_leaves_no_thief_in_the_others(
    newcomer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ended(user: User, since: Any) -> list[str]:
        return ["Something"]

    move(newcomer, FIRST)
    monkeypatch.setattr(throwing_out, "ENDINGS", {"broken": lambda user, since: 1 / 0, "test": ended})
    with pytest.raises(ZeroDivisionError):
        Client().post(way_back(HERS))
    assert SetAside.objects.filter(kind="connected").count() == 1
    with pytest.raises(ZeroDivisionError):
        jobs.recover()
    assert SetAside.objects.filter(kind="connected").count() == 1, "listed once, however often it is tried"


# Every factor lost ------------------------------------------------------------------------------------------


def begun() -> FactorLoss:
    Client().post("/account/factors/lost/", {"email": HERS})
    deferred_work.run_due()
    where = link("Have you lost your passkeys and codes?")
    assert (
        "Begin the 72 hours" in said(Client().get(where))
        and not FactorLoss.waiting(User.objects.get()).exists()
    ), "a GET changes nothing"
    assert "removed on" in said(Client().post(where))
    assert Client().post(where).status_code == 410
    return FactorLoss.waiting(User.objects.get()).get()


def test_whoever_lost_every_factor_is_back_after_72_hours(newcomer: Client) -> None:
    add_app(User.objects.get(), hours=1000)
    loss = begun()
    assert jobs.recover() == 0 and Authenticator.objects.exists()
    FactorLoss.objects.filter(pk=loss.pk).update(falls_at=timezone.now())
    assert jobs.recover() == 1 and not Authenticator.objects.exists()
    assert (
        letters()[-1].subject == "Your passkeys and codes were removed"
        and newcomer.get("/account/").status_code == 302
    )
    assert comes_back().get("/account/").status_code == 200


def test_every_known_address_can_stop_it(newcomer: Client) -> None:
    move(newcomer, FIRST)
    move(newcomer, SECOND)
    user = User.objects.get()
    add_app(user, hours=1000)
    lost_factors.ask(user)
    Client().post(link("Have you lost your passkeys and codes?", SECOND))
    told = {
        letter.to[0] for letter in letters() if letter.subject == "Your passkeys and codes are to be removed"
    }
    assert told == {HERS, FIRST, SECOND}
    where = link("Your passkeys and codes are to be removed", HERS)
    assert FactorLoss.waiting(user).exists() and "Stop it, they stay" in said(Client().get(where))
    assert "Nothing was removed" in said(Client().post(where)) and not FactorLoss.waiting(user).exists()
    assert Client().get(where).status_code == 410
    assert jobs.recover() == 0 and Authenticator.objects.exists()


@pytest.mark.parametrize("act", ["another address", "the way back", "her page"])
def test_it_ends_with(newcomer: Client, act: str) -> None:
    add_app(User.objects.get(), hours=1000)
    if act == "the way back":
        move(newcomer, FIRST)
        lost_factors.ask(User.objects.get())
        lost_factors.begin(FactorLoss.objects.get())
        Client().post(way_back(HERS))
    else:
        begun()
        if act == "another address":
            move(newcomer, FIRST)
        else:
            newcomer.post("/account/factors/stopping/")
    assert not FactorLoss.objects.filter(ended_at=None).exists()


def test_without_a_factor_and_without_an_id_nothing_is_mailed(newcomer: Client) -> None:
    letters().clear()
    pages = {
        said(Client().post("/account/factors/lost/", {"email": email})).replace(email, "")
        for email in (HERS, "nobody@example.com")
    }
    deferred_work.run_due()
    assert len(pages) == 1 and letters() == []


# The operator -----------------------------------------------------------------------------------------------


def kept(*words: str) -> int:
    parser = ArgumentParser()
    command.arguments(parser)
    return command.run(parser.parse_args(words))


def test_the_operator_removes_them_on_the_record(
    newcomer: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    add_app(User.objects.get())
    assert kept("factors", HERS) == 0
    assert "Authenticator app, added" in capsys.readouterr().out
    with pytest.raises(command.Stop, match="Say why"):
        kept("factors", HERS, "--remove")
    assert kept("factors", HERS, "--remove", "--reason", "came in person") == 0
    assert not Authenticator.objects.exists() and newcomer.get("/account/").status_code == 302
    assert letters()[-1].subject == "Your passkeys and codes were removed"
    assert "by the operator" in said(comes_back().get("/account/security/"))


def test_the_operator_is_told_that_nobody_has_the_address(newcomer: Client) -> None:
    with pytest.raises(command.Stop, match="No ID has this address"):
        kept("factors", "nobody@example.com")
