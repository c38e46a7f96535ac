"""The outermost layer of the application (WSGI): whatever breaks further in, the answer is whole and the log
holds no value.
"""

from __future__ import annotations

import codecs
import logging
from collections.abc import Callable, Iterable, Iterator
from email.message import Message
from typing import Any

from kept.operations.serving import reading, refusals
from kept.operations.serving.refusals import Answer, Refused
from kept.sentences import sentence

log = logging.getLogger("kept.web")

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
StartResponse = Callable[..., Any]

ENCODINGS = frozenset({"utf-8", "ascii", "iso8859-1"})
"""What a body may be written in, by Python's names.

Forms are sent in the page's own encoding, and ours are in UTF-8.
"""


_ENCODED = sentence("What you sent is written in an encoding that is not read here. Send it in UTF-8.")


class Guard:
    """Stands around everything: middleware, handlers of errors, and the answer while it is handed out."""

    def __init__(self, application: Application) -> None:
        self._application = application

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        try:
            look_at(environ)
            return _Watched(self._application(environ, start_response))
        except Exception as error:
            # Django reads a little of a request while it makes it one, before any middleware.
            refused = reading.refusal_of(error)
            if isinstance(refused, Refused):
                page = refusals.page(refused.status, refused.sentence, language=_language_of(environ))
                return _answer(page, start_response)
            tell(error)
            return _answer(refusals.broken(_language_of(environ)), start_response)


class _Watched:
    """An answer that is told of where it breaks while it is handed out, without a word of what was in it."""

    def __init__(self, parts: Iterable[bytes]) -> None:
        self._parts = parts

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from self._parts
        except Exception as error:
            tell(error)
            raise Torn from None

    def close(self) -> None:
        """Ends what it was made from. A fault in that is told, and changes nothing of the answer."""
        try:
            if close := getattr(self._parts, "close", None):
                close()
        except Exception as error:
            tell(error)


class Torn(Exception):
    """An answer broke off after it had begun. What broke was told already."""


def look_at(environ: dict[str, Any]) -> None:
    """Refused (415): a body in an encoding that nobody sends forms in, and that may be no text at all."""
    kind = Message()
    kind["content-type"] = environ.get("CONTENT_TYPE", "").encode("ascii", "replace").decode()
    charset = kind.get_param("charset")
    if charset is None:
        return
    try:
        known = isinstance(charset, str) and codecs.lookup(charset).name in ENCODINGS
    except (LookupError, ValueError):
        known = False
    if not known:
        raise Refused(415, _ENCODED)


def tell(error: BaseException) -> None:
    """Into the log: types and places. A message may hold what somebody sent (see ``logs``)."""
    if not isinstance(error, Torn):
        log.error("A request broke outside of every page.", exc_info=error)


def _language_of(environ: dict[str, Any]) -> str:
    return refusals.language_of(environ.get("PATH_INFO", ""), environ.get("HTTP_COOKIE", ""))


def _answer(answer: Answer, start_response: StartResponse) -> list[bytes]:
    start_response(f"{answer.status} {refusals.phrase(answer.status)}", answer.headers)
    return [answer.body]
