"""Requests without a network: the portal's own WSGI application with all its middleware, and a session that
is real.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from functools import cache
from typing import Any, cast

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest

from kept.accounts.models import User
from kept.accounts.requests import KnownRequest
from kept.accounts.signing_in.sessions import SessionStore


@cache
def application() -> Any:
    return get_wsgi_application()


def sitting_at(user: User) -> KnownRequest:
    """A request of somebody who has signed in."""
    request = cast(KnownRequest, HttpRequest())
    request.user, request.session = user, SessionStore()
    request.session[SESSION_KEY] = str(user.pk)
    request.session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    request.session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    request.session.create()
    return request


class Browser:
    """A browser in which ``user`` has signed in."""

    def __init__(self, user: User) -> None:
        self._cookie = f"{settings.SESSION_COOKIE_NAME}={sitting_at(user).session.session_key}"

    def get(self, path: str) -> bytes:
        """The body. Raises AssertionError unless the answer is 200."""
        heard: list[str] = []
        answer = application()(
            self._environ(path), lambda status, headers, trouble=None: heard.append(status)
        )
        body = b"".join(cast(Iterable[bytes], answer))
        answer.close()
        assert heard == ["200 OK"], f"{path}: {heard}"
        return body

    def _environ(self, path: str) -> dict[str, Any]:
        return {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": path,
            "SCRIPT_NAME": "",
            "QUERY_STRING": "",
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "8000",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": "localhost:8000",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_COOKIE": self._cookie,
            "HTTP_USER_AGENT": "bench",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(),
            "wsgi.errors": io.StringIO(),
            "wsgi.multithread": False,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
