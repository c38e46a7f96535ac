"""What no number of tries, machines or caches gets out of the ID."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from kept.accounts.tests.conftest import letters

pytestmark = pytest.mark.django_db
TRIES_PER_CODE = 3


def test_codes_cannot_be_guessed_by_asking_again_all_day(
    newcomer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each code stands for three tries: what counts is how many codes a day can be asked for, from any number
    of machines.
    """
    letters().clear()
    begun = timezone.now().timestamp()
    for number in range(60):
        now = begun + number * timedelta(minutes=20).total_seconds()
        monkeypatch.setattr("allauth.core.internal.ratelimit.time.time", lambda now=now: now)
        Client(REMOTE_ADDR=f"192.0.2.{number}").post(
            "/account/password/reset/", {"email": "alice@example.com"}
        )
    assert TRIES_PER_CODE * len(letters()) <= 50


def test_counts_of_tries_are_not_pushed_out_by_others(newcomer: Any) -> None:
    """Half a thousand other visitors, and the eleventh wrong password still has to wait."""
    for _ in range(10):
        Client().post("/account/login/", {"login": "alice@example.com", "password": "wrong wrong wrong"})
    for number in range(500):
        cache.set(f"somebody else {number}", [1], 900)
    answer = Client().post("/account/login/", {"login": "alice@example.com", "password": "wrong wrong wrong"})
    assert "Too many tries" in answer.content.decode()


@pytest.mark.parametrize(
    "address", ["/", "/products/", "/privacy/", "/account/", "/account/email/", "/account/2fa/", "/me/"]
)
def test_no_cache_keeps_a_page_of_somebody_known(newcomer: Any, address: str) -> None:
    assert "no-store" in newcomer.get(address)["Cache-Control"]


def test_no_cache_keeps_what_a_visitor_typed_about_themselves(visitor: Any) -> None:
    again = visitor.post(
        "/account/signup/",
        {"name": "Alice Example", "email": "not an address", "password1": "otter lantern gravel"},
    )
    assert "otter lantern gravel" in again.content.decode() and "no-store" in again["Cache-Control"]


def test_a_public_page_that_carries_a_session_is_private(newcomer: Any) -> None:
    """Tiles never change, and are public for ever; the answer that renews a session with them must not be."""
    answer = newcomer.get("/tile/0/000.p/1")
    assert "public" not in answer.get("Cache-Control", "")
    assert Client().get("/")["Cache-Control"] == "private, no-cache"
