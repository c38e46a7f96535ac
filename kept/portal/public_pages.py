"""Public pages that are the same for everybody, drawn once for each state of what they are made of.

A page is kept under everything it says: its address and language, the versions of the policy, what the proofs
said last, the day, what meets a visitor at its top, and what its view names besides. So nothing has to be
thrown away: what changes anywhere is asked for anew at each request, and leads to another page at once, in
every process. Whoever is known by a cookie, and whoever asks something by the address, is answered as ever.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from hashlib import sha256
from threading import Lock
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils import timezone
from django.utils.http import parse_etags
from django.utils.translation import get_language

from kept.accounts.signing_in.policy_in_force import ruling
from kept.core.ledger import versions
from kept.core.register.generation import generation
from kept.core.register.proving import proof_results
from kept.portal import page_hooks
from kept.portal.visitors import device_consent
from kept.registry import Registry

Edition = Callable[[], str]
"""What a page is made of besides the policy and the proofs, as it is now: asked at each request."""
MOST = 8_000_000
"""Bytes of pages that a process keeps, the last asked for."""
NAMES_NOBODY = frozenset({device_consent.NAME})
"""Cookies with which a page is still the same for everybody: what follows from them stands in its key."""
_KEY, _MADE_OF = "_kept_page", "_kept_made_of"


class Pages:
    """Pages by what they say. The one that was not asked for the longest goes first."""

    def __init__(self) -> None:
        self._held: OrderedDict[str, bytes] = OrderedDict()
        self._size = 0
        self._lock = Lock()

    def get(self, key: str) -> bytes | None:
        with self._lock:
            found = self._held.get(key)
            if found is not None:
                self._held.move_to_end(key)
            return found

    def put(self, key: str, page: bytes) -> None:
        with self._lock:
            self._size += len(page) - len(self._held.pop(key, b""))
            self._held[key] = page
            while self._size > MOST:
                self._size -= len(self._held.popitem(last=False)[1])

    def forget(self) -> None:
        """For tests, whose settings a page does not name."""
        with self._lock:
            self._held.clear()
            self._size = 0


PAGES = Pages()


_SHARED: Registry[tuple[Edition, ...]] = Registry("shared pages", "pages that are the same for everybody")


def share(name: str, *editions: Edition) -> None:
    """Declare that the page of this URL name is the same for everybody.

    ``editions``: what it is made of besides the policy and the proofs.
    """
    _SHARED.add(name, editions)


class SharedPages:
    """Stands innermost: what it hands out is marked, counted and guarded as a page that was just drawn."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        key = request.__dict__.get(_KEY)
        if key is not None and _may_be_kept(request, answer) and _still(request):
            if answer.status_code == 200:
                PAGES.put(key, answer.content)
            answer["ETag"] = _tag(key)
            # A browser may keep it, and asks each time whether it holds; a shared cache keeps no page at all.
            answer["Cache-Control"] = "private, no-cache"
        return answer

    def process_view(self, request: HttpRequest, *view: Any) -> HttpResponse | None:
        """Here, where it is known which page is asked for and who asks."""
        match = request.resolver_match
        editions = _SHARED.get(match.url_name or "") if match else None
        key = _key(request, editions) if editions is not None else None
        if key is None:
            return None
        request.__dict__[_KEY] = key
        held = PAGES.get(key)
        if held is None:
            return None
        del request.__dict__[_MADE_OF]
        if _tag(key) in parse_etags(request.headers.get("If-None-Match", "")):
            return HttpResponseNotModified()
        return HttpResponse(held)


def _still(request: HttpRequest) -> bool:
    """Whether a page that was just drawn is made of what its key names: somebody may have changed the
    catalogue meanwhile, and change it back. Versions and what proofs said never come back. What comes from
    memory was looked at when it was put there.
    """
    editions, before = request.__dict__.get(_MADE_OF, ((), []))
    return [edition() for edition in editions] == before


def _tag(key: str) -> str:
    return f'W/"{key[:32]}"'


def _key(request: HttpRequest, editions: tuple[Edition, ...]) -> str | None:
    """Everything the page says, as one hash; None for whoever is known, or asked something of their own."""
    if request.method not in {"GET", "HEAD"} or settings.DEBUG:
        return None
    sent = request.COOKIES.keys()
    if request.META.get("QUERY_STRING") or sent - NAMES_NOBODY or request.user.is_authenticated:
        return None
    try:
        rules = ruling(request)
    except (versions.NothingPublished, versions.VersionBroken):
        # The page says it, as ever.
        return None
    told = page_hooks.notices(request)
    if not all(one.shared for one in told):
        return None
    made_of = [edition() for edition in editions]
    request.__dict__[_MADE_OF] = editions, made_of
    parts = (
        request.path,
        request.get_host(),
        get_language(),
        (settings.KEPT_SITE, settings.KEPT_DEMO, timezone.localdate(), generation()),
        (rules.number, rules.slots, rules.identities),
        (sorted(sent), getattr(request, "gpc", False)),
        [(one.template, sorted(one.it.items())) for one in told],
        page_hooks.scripts(request),
        proof_results.edition(),
        made_of,
    )
    return sha256(repr(parts).encode()).hexdigest()


def _may_be_kept(request: HttpRequest, answer: HttpResponse) -> bool:
    """Nothing that carries a token, sets a cookie, or is another answer than a page."""
    return (
        answer.status_code in {200, 304}
        and not answer.streaming
        and not answer.cookies
        and "CSRF_COOKIE" not in request.META
        and "Cache-Control" not in answer
    )
