"""An undeclared cookie breaks the build, and never reaches a person."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from kept.operations.silence.cookies import DeclaredCookies, UndeclaredCookie


def answer(*names: str) -> HttpResponse:
    def view(request: HttpRequest) -> HttpResponse:
        response = HttpResponse("text")
        for name in names:
            response.set_cookie(name, "x")
        return response

    return DeclaredCookies(view)(RequestFactory().get("/"))


def test_a_declared_cookie_passes() -> None:
    assert set(answer("kept_session", "kept_csrf").cookies) == {"kept_session", "kept_csrf"}


def test_an_undeclared_cookie_breaks_a_test() -> None:
    with pytest.raises(UndeclaredCookie, match="kept_tracker"):
        answer("kept_tracker")


def test_people_do_not_get_an_undeclared_cookie(settings: Any) -> None:
    settings.UNDECLARED_COOKIES_RAISE = False
    assert set(answer("kept_session", "kept_tracker").cookies) == {"kept_session"}


def test_it_stands_outside_whatever_sets_one(settings: Any) -> None:
    order = settings.MIDDLEWARE
    mine = order.index("kept.operations.silence.cookies.DeclaredCookies")
    assert all(
        mine < order.index(name)
        for name in order
        if "session" in name.lower() or "csrf" in name.lower() or "accounts" in name
    )
