"""Authenticator app and recovery codes: /account/2fa/."""

from __future__ import annotations

import json
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.test import Client

from kept.accounts.models import User
from kept.accounts.second_factors.factors import FactorAdapter
from kept.accounts.tests.conftest import PASSWORD, again, letters, said
from kept.core.vault.subject_keys import rotation

pytestmark = pytest.mark.django_db

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def app_code(secret: str) -> str:
    """What the app shows now."""
    *_, counter = list(yield_hotp_counters_from_time())[:2]
    return format_hotp_value(hotp_value(secret, counter))


@pytest.fixture
def with_app(newcomer: Any) -> Client:
    TOTP.activate(User.objects.get(), SECRET)
    return newcomer


def test_the_picture_is_drawn_here_and_holds_no_script(newcomer: Any) -> None:
    again(newcomer)
    page = newcomer.get("/account/2fa/totp/activate/")
    assert (
        'src="/account/2fa/totp/picture.svg"' in page.content.decode()
        and "data:" not in page.content.decode()
    )
    picture = newcomer.get("/account/2fa/totp/picture.svg")
    assert (
        picture["Content-Type"] == "image/svg+xml"
        and b"<svg" in picture.content
        and b"<script" not in picture.content
    )


def test_the_picture_is_for_whoever_is_adding_an_app(newcomer: Any, visitor: Any) -> None:
    assert newcomer.get("/account/2fa/totp/picture.svg").status_code == 404


def test_adding_an_app_makes_recovery_codes_and_tells(
    newcomer: Any, django_capture_on_commit_callbacks: Any
) -> None:
    again(newcomer)
    newcomer.get("/account/2fa/totp/activate/")
    secret = newcomer.session["mfa.totp.secret"]
    with django_capture_on_commit_callbacks(execute=True):
        response = newcomer.post("/account/2fa/totp/activate/", {"code": app_code(secret)})
    assert response.url == "/account/2fa/recovery-codes/"
    assert letters()[-1].subject == "An authenticator app was added to your ID"
    page = newcomer.get(response.url)
    assert page.content.decode().count("<li><code>") == 10
    assert "shown when they were made" in said(newcomer.get(response.url))


def test_a_wrong_code_adds_nothing(newcomer: Any) -> None:
    again(newcomer)
    newcomer.get("/account/2fa/totp/activate/")
    assert "That code is not right." in said(newcomer.post("/account/2fa/totp/activate/", {"code": "000000"}))
    assert not Authenticator.objects.exists()


def test_it_asks_whether_it_is_you(newcomer: Any) -> None:
    assert newcomer.get("/account/2fa/totp/activate/").url.startswith("/account/reauthenticate/")


def test_signing_in_takes_both(with_app: Any) -> None:
    browser = Client()
    assert (
        browser.post("/account/login/", {"login": "alice@example.com", "password": PASSWORD}).url
        == "/account/2fa/authenticate/"
    )
    assert browser.get("/account/").status_code == 302
    assert browser.post("/account/2fa/authenticate/", {"code": app_code(SECRET)}).url == "/me/"


def test_a_recovery_code_works_once(with_app: Any) -> None:
    first, *_ = RecoveryCodes.activate(User.objects.get()).generate_codes()
    for expected in ("/me/", None):
        browser = Client()
        browser.post("/account/login/", {"login": "alice@example.com", "password": PASSWORD})
        response = browser.post("/account/2fa/authenticate/", {"code": first})
        assert getattr(response, "url", None) == expected


def test_the_secrets_lie_sealed(with_app: Any) -> None:
    codes = RecoveryCodes.activate(User.objects.get())
    stored = json.dumps(list(Authenticator.objects.values_list("data", flat=True)))
    assert SECRET not in stored
    assert FactorAdapter().decrypt(Authenticator.objects.get(type="totp").data["secret"]) == SECRET
    assert FactorAdapter().decrypt(codes.instance.data["seed"]) not in stored


def test_a_short_password_is_not_left_alone(with_app: Any) -> None:
    again(with_app)
    with_app.post("/account/password/change/", {"oldpassword": PASSWORD, "password1": "otter bay"})
    assert User.objects.get().password_is_short
    again(with_app, "otter bay")
    page = with_app.post("/account/2fa/totp/deactivate/", follow=True)
    assert "so it needs a second factor" in said(page)
    assert Authenticator.objects.filter(type="totp").exists()


def test_a_long_password_may_stand_alone(with_app: Any) -> None:
    again(with_app)
    with_app.post("/account/2fa/totp/deactivate/")
    assert not Authenticator.objects.exists()
    assert letters()[-1].subject == "An authenticator app was removed from your ID"


def test_secrets_follow_a_new_master_key(with_app: Client) -> None:
    user = User.objects.get()
    RecoveryCodes.activate(user)
    codes = RecoveryCodes(Authenticator.objects.get(type=Authenticator.Type.RECOVERY_CODES)).generate_codes()
    rotation.begin()
    rotation.rewrap()
    rotation.destroy_older()
    factors = {factor.type: factor for factor in Authenticator.objects.filter(user=user)}
    assert FactorAdapter().decrypt(factors[Authenticator.Type.TOTP].data["secret"]) == SECRET
    assert RecoveryCodes(factors[Authenticator.Type.RECOVERY_CODES]).generate_codes() == codes
    assert with_app.get("/me/").status_code == 200, "whoever is signed in stays so"
