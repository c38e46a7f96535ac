"""A browser for the walk: it sends WSGI requests to the application as the web serves it, and keeps the
headers as they left.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from http.cookies import CookieError, SimpleCookie
from secrets import randbelow
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

from kept.operations.serving.guard import Application
from kept.operations.silence.cookies import REFUSED
from kept.operations.walk.page_parser import Form, Page, read
from kept.portal.form_parts.asked_fields import DRAWN
from kept.portal.walk_requests import MARK
from kept.sentences import sentence

AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
VISITOR = sentence("a visitor")
REDIRECTS = 6

_PLAIN = re.compile(r"/(?![/\\])")
# One slash begins a place of this site; two, or a slash and its mirror image, begin another.


Pairs = list[tuple[str, str]]


@dataclass(frozen=True)
class Cookie:
    """One Set-Cookie header, as it left. ``taken``: it takes the cookie off the device."""

    name: str
    attributes: Mapping[str, str]

    @property
    def taken(self) -> bool:
        return self.attributes.get("max-age") == "0"


@dataclass(frozen=True)
class Answer:
    """What came back, and for what.

    ``sent`` are the cookies the request carried, ``refused`` those the guard took out of the answer.

    ``drawn``: names of the fields that forms drew with a declaration.
    """

    method: str
    path: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    sent: Mapping[str, str]
    refused: Mapping[str, str]
    drawn: frozenset[str]

    def header(self, name: str) -> str:
        return ", ".join(value for key, value in self.headers if key.casefold() == name)

    @property
    def is_html(self) -> bool:
        return self.header("content-type").startswith("text/html")

    @cached_property
    def page(self) -> Page:
        return read(self.body.decode("utf-8", "replace") if self.is_html else "")

    @cached_property
    def cookies(self) -> list[Cookie]:
        """Every cookie that left, whoever set it and however: read from the headers."""
        return [_cookie(value) for key, value in self.headers if key.casefold() == "set-cookie"]


def _cookie(header: str) -> Cookie:
    first, *rest = header.split(";")
    attributes = dict(part.strip().partition("=")[::2] for part in rest)
    return Cookie(
        first.partition("=")[0].strip(), {name.casefold(): value for name, value in attributes.items()}
    )


@dataclass
class Browser:
    """One invented person's. ``seen`` is told of every answer, and may raise nothing."""

    application: Application
    site: str
    seen: Callable[[Browser, Answer], None]
    who: str = VISITOR
    address: str = field(default_factory=lambda: f"192.0.2.{randbelow(254) + 1}")
    """Of a block that belongs to nobody (RFC 5737): no table knows a country, and limits by machine count
    each browser for itself.
    """
    headers: Mapping[str, str] = field(default_factory=dict)
    jar: dict[str, str] = field(default_factory=dict)

    def get(self, path: str) -> Answer:
        return self.send("GET", path)

    def send(self, method: str, path: str, data: Pairs | None = None) -> Answer:
        """One request. Raises what the application raises past every handler of its own."""
        body = urlencode(data or []).encode()
        environ = self._environ(method, path, body)
        started: list[Any] = []
        drawn = set[str]()
        token = DRAWN.set(drawn)
        try:
            answered = self._answered(environ, started)
        finally:
            DRAWN.reset(token)
        status, headers = (
            int(started[0].split()[0]),
            tuple((str(key), str(value)) for key, value in started[1]),
        )
        answer = Answer(
            method,
            path,
            status,
            headers,
            answered,
            dict(self.jar),
            environ.get(REFUSED, {}),
            frozenset(drawn),
        )
        self._keep(answer)
        self.seen(self, answer)
        return answer

    def _answered(self, environ: dict[str, Any], started: list[Any]) -> bytes:
        # An application may call this twice, where it fails in between; the last call counts.
        chunks = self.application(
            environ,
            lambda status, headers, exc_info=None: started.__setitem__(slice(None), (status, headers)),
        )
        try:
            return b"".join(chunks)
        finally:
            if hasattr(chunks, "close"):
                chunks.close()

    def follow(self, answer: Answer) -> Answer:
        """Where an answer leads on this site, to the end."""
        for _ in range(REDIRECTS):
            to = answer.header("location")
            if not 300 <= answer.status < 400 or not self.is_here(to):
                break
            parts = urlsplit(urljoin(self.site + answer.path, to))
            answer = self.get(parts.path + (f"?{parts.query}" if parts.query else ""))
        return answer

    def submit(
        self, answer: Answer, form: Form, typed: Mapping[str, str] | None = None, button: str = ""
    ) -> Answer:
        """Press a button of a form on this page, with what is filled in already and ``typed``.

        ``button`` is its value.
        """
        path = urljoin(answer.path, form.action or answer.path)
        pairs = form.pairs(typed or {}, button)
        if form.method == "post":
            return self.send("POST", path, pairs)
        return self.get(f"{urlsplit(path).path}?{urlencode(pairs)}")

    def is_here(self, address: str, page: str = "/") -> bool:
        """Whether an address on a page leads to this very site, as a browser reads it."""
        if _PLAIN.match(address):
            return True
        try:
            parts = urlsplit(urljoin(self.site + page, address.strip().replace("\\", "/")))
        except ValueError:
            return False
        return f"{parts.scheme}://{parts.netloc}" == self.site

    def _environ(self, method: str, path: str, body: bytes) -> dict[str, Any]:
        site, (place, _, query) = urlsplit(self.site), path.partition("?")
        sent = {
            "HTTP_HOST": site.netloc,
            "HTTP_USER_AGENT": AGENT,
            "HTTP_ACCEPT": "text/html",
            "HTTP_ACCEPT_LANGUAGE": "en",
            "HTTP_X_FORWARDED_PROTO": site.scheme,
            "HTTP_SEC_FETCH_SITE": "same-origin",
            "HTTP_COOKIE": "; ".join(f"{name}={value}" for name, value in self.jar.items()),
            **(
                {"HTTP_ORIGIN": self.site, "CONTENT_TYPE": "application/x-www-form-urlencoded"}
                if method == "POST"
                else {}
            ),
            **self.headers,
        }
        return {
            "REQUEST_METHOD": method,
            "SCRIPT_NAME": "",
            "PATH_INFO": place.encode().decode("latin-1"),
            "QUERY_STRING": query,
            "SERVER_NAME": site.hostname or "localhost",
            "SERVER_PORT": str(site.port or (443 if site.scheme == "https" else 80)),
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": self.address,
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": site.scheme,
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": io.StringIO(),
            "wsgi.multithread": True,
            "wsgi.multiprocess": True,
            "wsgi.run_once": False,
            MARK: self.who,
            **sent,
        }

    def _keep(self, answer: Answer) -> None:
        for key, value in answer.headers:
            if key.casefold() != "set-cookie":
                continue
            try:
                morsels = SimpleCookie(value)
            except CookieError:
                continue
            for name, morsel in morsels.items():
                if morsel["max-age"] in {"0", 0}:
                    self.jar.pop(name, None)
                else:
                    self.jar[name] = morsel.coded_value
