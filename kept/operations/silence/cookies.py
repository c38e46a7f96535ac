"""A cookie that nobody declared, or that she said no yes to, does not leave the portal.

So the policy's table is complete, and a no is one.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from http.cookies import SimpleCookie

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse

from kept.rights.cookies import set_cookies

log = logging.getLogger("kept.cookies")
REFUSED = "kept.refused_cookies"
"""Where whoever sent the request from inside finds what was taken out of its answer."""


class CookieRefused(Exception):
    """Code sets a cookie that must not reach the device.

    Raised while developing and testing; people just do not get it.
    """


class UndeclaredCookie(CookieRefused):
    """No ``personal.py`` declares it."""


class CookieWithoutYes(CookieRefused):
    """It is not essential, and whoever sent this request has not said yes to its kind."""


class DeclaredCookies:
    """Stands outside every middleware that sets a cookie.

    `kept check` holds the declarations against the policy's table.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        refused = self.strip(request, response) if response.cookies else {}
        if refused:
            request.META[REFUSED] = refused
        for name, why in refused.items():
            if settings.UNDECLARED_COOKIES_RAISE:
                if not is_declared(name):
                    raise UndeclaredCookie(
                        f"The cookie {name} is not declared. Call register.cookie in a personal.py, and name"
                        " it in cookies.toml."
                    )
                raise CookieWithoutYes(
                    f"The cookie {name} may not be set: {why}. Ask"
                    " kept.portal.visitors.device_consent.chosen(request).allows(kind) first."
                )
            log.error("A cookie was taken out of an answer: %s.", why)
        return response

    @staticmethod
    def strip(request: HttpRequest, response: HttpResponse) -> dict[str, str]:
        """Take out what may not leave; which it was, and why."""
        refused = set_cookies.refused(request, response)
        for name in refused:
            del response.cookies[name]
        return refused


class HostCookies:
    """Over https each cookie of ours is called __Host-… on the device: no other host of the domain, and
    nobody on an unsafe line, can set one.

    Stands outside of everything that sets or reads cookies, which know them by their plain names. One that
    comes with its plain name over https was set by somebody else, and is not seen.
    """

    PREFIX, OURS = "__Host-", "kept_"

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.SECURE:
            request.COOKIES = self._read(request.COOKIES)
        response = self.get_response(request)
        if settings.SECURE:
            for name in [name for name in response.cookies if name.startswith(self.OURS)]:
                self._rename(response.cookies, name)
        return response

    def _read(self, sent: dict[str, str]) -> dict[str, str]:
        strangers = {
            name: value for name, value in sent.items() if not name.startswith((self.OURS, self.PREFIX))
        }
        ours = {
            name.removeprefix(self.PREFIX): value
            for name, value in sent.items()
            if name.startswith(self.PREFIX)
        }
        return strangers | ours

    def _rename(self, cookies: SimpleCookie, name: str) -> None:
        before = cookies.pop(name)
        cookies[self.PREFIX + name] = before.value
        after = cookies[self.PREFIX + name]
        for attribute, value in before.items():
            after[attribute] = value
        after["secure"], after["path"], after["domain"] = True, "/", ""


class ClearSiteData:
    """Over https, an answer that takes the session away empties the browser's cache and stores of this site.

    So after signing out, here or from another device, after an erasure and after a way back. Other cookies
    stay: they are her answers.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if settings.SECURE and self._ended(request, response):
            response["Clear-Site-Data"] = '"cache", "storage"'
        return response

    @staticmethod
    def _ended(request: HttpRequest, response: HttpResponse) -> bool:
        """Whether the session this browser came with is over: taken away, or another in its place that is
        nobody's.
        """
        sent, given = (
            request.COOKIES.get(settings.SESSION_COOKIE_NAME),
            response.cookies.get(settings.SESSION_COOKIE_NAME),
        )
        if not sent or given is None:
            return False
        return given["max-age"] == 0 or (given.value != sent and SESSION_KEY not in request.session)


def is_declared(name: str) -> bool:
    """Whether some ``personal.py`` declares this cookie, by its name or as one of a family."""
    return set_cookies.kind_of(name) is not None
