"""A cookie that nobody declared does not leave the portal. The table of cookies in the policy is therefore complete."""

from __future__ import annotations

import logging
from collections.abc import Callable
from fnmatch import fnmatchcase

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from kept.core.register.declarations import DECLARED

log = logging.getLogger("kept.cookies")


class UndeclaredCookie(Exception):
    """Code sets a cookie that no ``personal.py`` declares. Raised while developing and testing; people just do not get it."""


class DeclaredCookies:
    """Stands outside every middleware that sets a cookie. `kept check` holds the declarations against the policy's table."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name in [name for name in response.cookies if not is_declared(name)]:
            if settings.UNDECLARED_COOKIES_RAISE:
                raise UndeclaredCookie(f"The cookie {name} is not declared. Call register.cookie in a personal.py, and name it in cookies.toml.")
            del response.cookies[name]
            log.error("A cookie that nobody declared was taken out of an answer. Declare it in a personal.py, or stop setting it.")
        return response


def is_declared(name: str) -> bool:
    """Whether some ``personal.py`` declares this cookie, by its name or as one of a family."""
    return any(fnmatchcase(name, cookie.name) for cookie in DECLARED.cookies)
