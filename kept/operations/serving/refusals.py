"""What a stranger reads when the request itself cannot be taken: one sentence, and nothing of what was
sent.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from http import HTTPStatus
from typing import Protocol

from django.utils import translation

from kept.dates import LANGUAGES
from kept.portal.languages import choice
from kept.sentences import sentence

Headers = list[tuple[str, str]]

# Such an answer knows no region, no policy and no style sheet: whatever makes those may be what is broken.
_PAGE = (
    '<!doctype html><html lang="{language}"><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width">'
    "<title>{title}</title><main><h1>{title}</h1><p>{sentence}</p></main></html>"
)
_CLOSED: Headers = [
    ("Content-Type", "text/html; charset=utf-8"),
    ("Cache-Control", "no-store"),
    (
        "Content-Security-Policy",
        "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    ),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
]
_TITLES = {
    400: sentence("Bad Request"),
    408: sentence("Request Timeout"),
    413: sentence("Request Entity Too Large"),
    415: sentence("Unsupported Media Type"),
    500: sentence("Internal Server Error"),
    503: sentence("Service Unavailable"),
}
_CHOSEN = re.compile(rf"(?:^|;)\s*{choice.NAME}=({'|'.join(LANGUAGES)})\s*(?:;|$)")
_BROKEN = sentence(
    "Something broke here, and not because of you. Nothing was half kept. Try again in a minute."
)
AGAIN_AFTER = 5
"""Seconds, as said to whoever came while too much was waiting."""


class Rest(Protocol):
    """What is left of a long answer: read in a thread, a piece at a time, and closed in one."""

    def go_on(self) -> bytes: ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Answer:
    """``body``: all of it, or the beginning of it where ``rest`` holds more; ``headers`` hold its length."""

    status: int
    headers: Headers
    body: bytes
    rest: Rest | None = None


class Refused(Exception):
    """The request ends here, with a status and a sentence that says how to mend it."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status, self.sentence = status, sentence


def page(status: int, said: str, *, language: str, closing: bool = False) -> Answer:
    """A refusal as a page of its own.

    ``closing``: something of the body was not read, so the connection ends.
    """
    with translation.override(language):
        title = str(_TITLES.get(status, phrase(status)))
        body = _PAGE.format(language=language, title=escape(title), sentence=escape(str(said))).encode()
    headers = [*_CLOSED, ("Content-Length", str(len(body)))]
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers.append(("Retry-After", str(AGAIN_AFTER)))
    return Answer(status, [*headers, ("Connection", "close")] if closing else headers, body)


def phrase(status: int) -> str:
    """The status in words (RFC 9110)."""
    return HTTPStatus(status).phrase


def broken(language: str) -> Answer:
    """The last answer there is: something of ours broke, and what it was stands in the log."""
    return page(500, _BROKEN, language=language)


def language_of(path: str, cookies: str) -> str:
    """The reader's, as far as a request says it by itself: by its address, or by its browser's choice."""
    chosen = _CHOSEN.search(cookies[:8192])
    return choice.split(path)[0] or (chosen[1] if chosen else choice.SOURCE)
