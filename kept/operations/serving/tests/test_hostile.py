"""Five thousand hostile requests over every address: no 5xx, and nothing of what was sent in the log."""

from __future__ import annotations

import logging
from collections.abc import Callable
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings as project
from django.core import signals
from django.core.handlers.wsgi import WSGIHandler
from django.db import close_old_connections
from django.middleware.csrf import _get_new_csrf_string
from django.test import Client

from kept.accounts.models import User
from kept.core.ledger.versions import Version
from kept.operations.serving.guard import Guard
from kept.operations.serving.tests import hostile
from kept.operations.serving.tests.hostile import CANARY, Hostile
from kept.operations.silence.log_filters import WithoutValues

EACH = 1700
"""Requests of each of three senders."""
UNAVAILABLE = 503
"""What a room answers that is not set up: no directory of agents, for one. It is no fault."""


class Listening(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(WithoutValues().format(record))


@pytest.fixture
def log() -> Any:
    handler = Listening()
    # Every logger hands on to this one.
    logging.getLogger().addHandler(handler)
    yield handler
    logging.getLogger().removeHandler(handler)


@pytest.fixture(autouse=True)
def _one_connection() -> Any:
    """As Django's own test client does: the test's transaction would end with the connection."""
    for signal in (signals.request_started, signals.request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (signals.request_started, signals.request_finished):
        signal.connect(close_old_connections)


def ask(application: Any, sent: Hostile) -> tuple[int, bytes]:
    began: list[str] = []

    def start_response(status: str, headers: list[tuple[str, str]], exc_info: object = None) -> None:
        began.append(status)

    parts = application(sent.environ, start_response)
    body = b"".join(parts)
    if close := getattr(parts, "close", None):
        close()
    return int(began[0][:3]), body


@pytest.mark.parametrize("who", ["a stranger", "a customer", "the controller"])
def test_no_request_breaks_anything(
    who: str, alice: User, dana: User, client_of: Callable[[User], Client], log: Listening, settings: Any
) -> None:
    settings.ACCOUNT_RATE_LIMITS = False
    application = Guard(WSGIHandler())
    user = {"a stranger": None, "a customer": alice, "the controller": dana}[who]
    token = _get_new_csrf_string()
    broken = []
    session = _session(client_of, user)
    for index, sent in enumerate(
        hostile.requests(EACH, seed=["a stranger", "a customer", "the controller"].index(who))
    ):
        if index % 100 == 0:
            # Some of them sign out, or take the session away in another manner.
            session = _session(client_of, user)
        if index % 4:
            cookies = [f"{project.CSRF_COOKIE_NAME}={token}", *session]
            sent.environ.setdefault("HTTP_COOKIE", "; ".join(cookies))
            sent.environ.setdefault("HTTP_X_CSRFTOKEN", token)
        status, _ = ask(application, sent)
        if status >= 500 and status != UNAVAILABLE:
            broken.append(f"{status} {sent.said}")
    assert broken == []
    assert [line for line in log.lines if CANARY in line] == []


def _session(client_of: Callable[[User], Client], user: User | None) -> list[str]:
    if user is None:
        return []
    user.refresh_from_db()
    return [
        f"{name}={cookie.value}"
        for name, cookie in client_of(user).cookies.items()
        if name == project.SESSION_COOKIE_NAME
    ]


@pytest.mark.parametrize("body", hostile.NESTED, ids=lambda body: repr(body[:12]))
@pytest.mark.parametrize(
    "kind",
    [
        "application/json",
        "text/plain",
        "multipart/form-data; boundary=x",
        "application/x-www-form-urlencoded",
    ],
)
def test_whatever_is_said_to_an_acknowledgement_is_a_4xx(
    policy: Version, body: bytes, kind: str, log: Listening
) -> None:
    path = f"/privacy/acknowledgements/{uuid4()}/"
    assert 400 <= ask(Guard(WSGIHandler()), plain("POST", path, kind, body))[0] < 500
    assert log.lines == [] or not [line for line in log.lines if CANARY in line or " 500 " in line]


@pytest.mark.parametrize("charset", hostile.CHARSETS)
@pytest.mark.parametrize(
    "path",
    ["/nowhere/", "/account/login/", "/privacy/acknowledgements/0b7c0b7c-0b7c-4b7c-8b7c-0b7c0b7c0b7c/"],
)
def test_no_encoding_breaks_a_form(policy: Version, path: str, charset: str) -> None:
    sent = plain(
        "POST",
        path,
        f"application/x-www-form-urlencoded; charset={charset}",
        b"login=+ZeVnLIqe-&password=%ff",
    )
    assert 400 <= ask(Guard(WSGIHandler()), sent)[0] < 500


@pytest.mark.parametrize("path", ["/nowhere/", "/", "/account/login/", "/privacy/", "/desk/", "/health/live"])
@pytest.mark.parametrize(
    "body",
    [b"", b"--x", b"\x00" * 50, b"--x\r\n\r\n", b"--x\r\nContent-Disposition: form-data\r\n\r\nx\r\n--x--"],
)
@pytest.mark.parametrize("boundary", ["x", "", "\xe9", "b" * 300])
def test_an_unreadable_form_is_a_4xx_wherever_it_is_sent(
    policy: Version, path: str, body: bytes, boundary: str
) -> None:
    answered, page = ask(
        Guard(WSGIHandler()), plain("POST", path, f"multipart/form-data; boundary={boundary}", body)
    )
    assert 400 <= answered < 500
    assert page


def test_what_breaks_inside_is_whole_outside_and_told_without_a_value(log: Listening) -> None:
    """Whatever is raised, wherever: while the application is called, while the answer is read, while it is
    closed.
    """

    def breaking(environ: Any, start_response: Any) -> Any:
        raise RecursionError(CANARY)

    status, page = ask(Guard(breaking), plain("GET", f"/{CANARY}", "", b""))
    assert (status, CANARY in page.decode()) == (500, False)
    assert len(log.lines) == 1 and "builtins.RecursionError" in log.lines[0] and CANARY not in log.lines[0]


def plain(method: str, path: str, kind: str, body: bytes) -> Hostile:
    made = next(hostile.requests(1, seed=0))
    for name in [name for name in made.environ if name.startswith("HTTP_")]:
        del made.environ[name]
    made.environ |= {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "CONTENT_TYPE": kind,
        "HTTP_HOST": "localhost:8000",
    }
    made.environ |= {
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": BytesIO(body),
        "REMOTE_ADDR": "127.0.0.1",
    }
    return made
