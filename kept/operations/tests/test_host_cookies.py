"""Over https every cookie of ours is tied to this very host, and whoever signs out leaves nothing of theirs
in the browser.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from kept.accounts.models import User
from kept.operations.silence.cookies import HostCookies
from kept.testing import PASSWORD


def through(
    settings: Any, *, secure: bool, sent: dict[str, str], set_: dict[str, str]
) -> tuple[dict[str, str], HttpResponse]:
    settings.SECURE = secure
    seen: dict[str, str] = {}

    def view(request: HttpRequest) -> HttpResponse:
        seen.update(request.COOKIES)
        answer = HttpResponse("text")
        for name, value in set_.items():
            answer.set_cookie(name, value, max_age=60, httponly=True, samesite="Lax")
        answer.delete_cookie("kept_seen")
        return answer

    request = RequestFactory().get("/")
    request.COOKIES = sent
    return seen, HostCookies(view)(request)


def test_each_name_begins_with_host_and_is_read_again(settings: Any) -> None:
    seen, answer = through(
        settings,
        secure=True,
        sent={"__Host-kept_session": "hers", "theme": "x"},
        set_={"kept_session": "new", "kept_region": "eu"},
    )
    assert seen == {"kept_session": "hers", "theme": "x"}
    assert set(answer.cookies) == {"__Host-kept_session", "__Host-kept_region", "__Host-kept_seen"}
    for cookie in answer.cookies.values():
        assert cookie["secure"] and cookie["path"] == "/" and not cookie["domain"]
    assert (
        answer.cookies["__Host-kept_session"]["httponly"]
        and answer.cookies["__Host-kept_session"]["max-age"] == 60
    )
    assert (
        answer.cookies["__Host-kept_seen"]["max-age"] == 0
        and "Domain" not in answer.cookies["__Host-kept_session"].OutputString()
    )


@pytest.mark.parametrize(
    "sent", [{"kept_session": "planted"}, {"kept_session": "planted", "__Host-kept_session": "hers"}]
)
def test_a_plain_name_over_https_was_planted_and_is_not_seen(settings: Any, sent: dict[str, str]) -> None:
    seen, _ = through(settings, secure=True, sent=sent, set_={})
    assert seen.get("kept_session") in {None, "hers"} and "planted" not in seen.values()


def test_without_https_names_stay_plain(settings: Any) -> None:
    seen, answer = through(
        settings, secure=False, sent={"kept_session": "hers"}, set_={"kept_session": "new"}
    )
    assert seen == {"kept_session": "hers"} and set(answer.cookies) == {"kept_session", "kept_seen"}


@pytest.mark.django_db
def test_signing_in_and_out_over_https(settings: Any, alice: User) -> None:
    settings.SECURE = settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    browser = Client()
    answer = browser.post("/account/login/", {"login": alice.email, "password": PASSWORD}, secure=True)
    assert answer.url == "/me/" and {"__Host-kept_session", "__Host-kept_known"} <= set(answer.cookies)
    assert all(name.startswith("__Host-") for name in answer.cookies) and "Clear-Site-Data" not in answer
    assert browser.get("/account/", secure=True).status_code == 200
    page = browser.get("/privacy/cookies/", secure=True).content.decode()
    assert "begins with <code>__Host-</code>" in page
    out = browser.post("/account/logout/", secure=True)
    assert (
        out["Clear-Site-Data"] == '"cache", "storage"'
        and browser.get("/account/", secure=True).status_code == 302
    )


@pytest.mark.django_db
def test_a_browser_that_was_signed_out_from_elsewhere_is_emptied_too(settings: Any, alice: User) -> None:
    settings.SECURE = settings.SESSION_COOKIE_SECURE = True
    browser = Client()
    browser.post("/account/login/", {"login": alice.email, "password": PASSWORD}, secure=True)
    alice.sessions.all().delete()
    assert browser.get("/privacy/", secure=True)["Clear-Site-Data"] == '"cache", "storage"'
