"""Signed-in browsers: /account/sessions/, and what a row tells whoever finds it."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.sessions.backends.base import UpdateError
from django.db import connection
from django.test import Client

from kept.accounts.models import Session, User
from kept.accounts.signing_in import browsers
from kept.accounts.signing_in.sessions import SessionStore, contents_of, mark_of
from kept.accounts.tests.conftest import PASSWORD, code, said

pytestmark = pytest.mark.django_db

PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148"
    " Safari/604.1"
)


@pytest.fixture
def phone(newcomer: Any) -> Client:
    """Alice's second browser."""
    phone = Client(headers={"user-agent": PHONE})
    phone.post("/account/login/", {"login": "alice@example.com", "password": PASSWORD})
    phone.get("/account/")
    return phone


def test_it_works(newcomer: Any, phone: Any) -> None:
    text = said(newcomer.get("/account/sessions/"))
    assert "Firefox on Windows (this one)" in text and "Safari on iPhone" in text
    assert "605.1.15" not in text and "127.0.0.1" not in text


def test_it_requires_sign_in(visitor: Any) -> None:
    assert visitor.get("/account/sessions/").status_code == 302
    assert visitor.post("/account/sessions/ending/").status_code == 302


def test_ending_rejects_get(newcomer: Any) -> None:
    assert newcomer.get("/account/sessions/ending/").status_code == 405


def test_one_can_be_signed_out(newcomer: Any, phone: Any) -> None:
    user = User.objects.get()
    there = mark_of(phone.session.session_key)
    newcomer.post("/account/sessions/ending/", {"mark": there})
    assert phone.get("/account/").status_code == 302
    assert newcomer.get("/account/").status_code == 200
    assert user.sessions.count() == 1


def test_all_others_can_be_signed_out(newcomer: Any, phone: Any) -> None:
    assert "One browser was signed out." in said(newcomer.post("/account/sessions/ending/", follow=True))
    assert phone.get("/account/").status_code == 302 and newcomer.get("/account/").status_code == 200


def test_nobody_ends_somebody_elses(newcomer: Any, client: Any) -> None:
    client.post(
        "/account/signup/", {"name": "Charlie", "email": "charlie@example.com", "password1": PASSWORD}
    )
    client.post("/account/confirm-email/", {"code": code()})
    client.post("/account/sessions/ending/", {"mark": mark_of(newcomer.session.session_key)})
    assert newcomer.get("/account/").status_code == 200


def test_a_row_holds_nothing_to_read_or_to_replay(sign_up: Any, visitor: Any) -> None:
    sign_up()
    key, figures = visitor.session.session_key, code()
    row = Session.objects.get()
    assert contents_of(row)["account_email_verification_code"]["code"] == figures
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM accounts_session")
        raw = b"|".join(
            bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
            for value in cursor.fetchone()
        )
    for secret in (b"alice", figures.encode(), key.encode()):
        assert secret not in raw
    assert SessionStore(row.mark).load() == {}


def test_a_row_opens_only_in_its_own_place(newcomer: Any, phone: Any) -> None:
    first, second = Session.objects.filter(user__isnull=False)
    first.data, second.data = second.data, first.data
    first.save()
    second.save()
    assert newcomer.get("/account/").status_code == 302


def test_an_ended_session_does_not_come_back(newcomer: Any) -> None:
    store = SessionStore(newcomer.session.session_key)
    store["late"] = "value"
    Session.objects.all().delete()
    with pytest.raises(UpdateError):
        store.save()
    assert not Session.objects.exists()


def test_the_last_use_is_known_to_the_hour(newcomer: Any) -> None:
    (browser,) = browsers.of(User.objects.get(), current="")
    assert browser.last is not None and browser.last.minute == browser.last.second == 0
