"""A cookie that nobody declared, or that she said no yes to, does not leave the portal. So the policy's table is complete, and a no is one."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from kept.rights.cookies import jar

log = logging.getLogger("kept.cookies")


class CookieRefused(Exception):
    """Code sets a cookie that must not reach the device. Raised while developing and testing; people just do not get it."""


class UndeclaredCookie(CookieRefused):
    """No ``personal.py`` declares it."""


class CookieWithoutYes(CookieRefused):
    """It is not essential, and whoever sent this request has not said yes to its kind."""


class DeclaredCookies:
    """Stands outside every middleware that sets a cookie. `kept check` holds the declarations against the policy's table."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, why in self.strip(request, response).items() if response.cookies else ():
            if settings.UNDECLARED_COOKIES_RAISE:
                if not is_declared(name):
                    raise UndeclaredCookie(f"The cookie {name} is not declared. Call register.cookie in a personal.py, and name it in cookies.toml.")
                raise CookieWithoutYes(f"The cookie {name} may not be set: {why}. Ask kept.portal.device.chosen(request).allows(kind) first.")
            log.error("A cookie was taken out of an answer: %s.", why)
        return response

    @staticmethod
    def strip(request: HttpRequest, response: HttpResponse) -> dict[str, str]:
        """Take out what may not leave; which it was, and why."""
        refused = jar.refused(request, response)
        for name in refused:
            del response.cookies[name]
        return refused


def is_declared(name: str) -> bool:
    """Whether some ``personal.py`` declares this cookie, by its name or as one of a family."""
    return jar.kind_of(name) is not None
