"""What the web tells of a reading: one datagram for a page that says the same to everybody.

Everything is left out that is not named here.

Sent when the page is ready, and dropped where the collector is busy or gone: nobody ever waits for it.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from urllib.parse import unquote

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from kept.portal import navigation, page_hooks
from kept.portal.visitors.device_consent import MEASUREMENT, Chosen, asked_not_to
from kept.portal.walk_requests import is_walker
from kept.sentences import sentence
from kept.touchpoints.visits import log_folder, vocabulary
from kept.touchpoints.visits.addresses import public
from kept.touchpoints.visits.exclusions import consent
from kept.touchpoints.visits.sending import Sender
from kept.visits_log.datagrams import Reading
from kept.visits_log.places import Places

FINDER = "/products/"
SEEN = "kept_seen"
SEEN_FOR = 390 * 86_400
"""Thirteen months of thirty days: no longer than the table of cookies says, in any months."""
_TAGS = ("utm_source", "utm_medium", "utm_campaign")


@page_hooks.looks("visits")
def look(request: HttpRequest, answer: HttpResponse) -> None:
    """A page read, a search, or a page that is not there.

    Nothing that was sent in, nothing that signs in, nothing of somebody's own.
    """
    if request.method != "GET":
        return
    path = request.path
    if answer.status_code in {200, 304}:
        # A page that a browser has and that still holds is read as well.
        is_page = answer.status_code == 304 or answer.get("Content-Type", "").startswith("text/html")
        if is_page and public().holds(path) and (said := consent(request)):
            _page(request, answer, path, said)
    elif answer.status_code == 404 and _is_missed(request, path) and consent(request):
        # Whatever was mistyped is somebody's own writing.
        _send(
            request,
            Reading(
                "not-found", *_who(request), vocabulary.known(unquote(path)), referrer=_referrer(request)
            ),
        )


navigation.foot_entry(sentence("Visits"), sentence("Counted, of nobody"), url="visits")
page_hooks.script(
    "visits/left.js", on=lambda request: public().holds(request.path) and not asked_not_to(request)
)


def counted_download(request: HttpRequest, name: str) -> None:
    """For a touchpoint that hands out a file: ``name`` is the file's own, and the same for everybody."""
    if request.method == "GET" and consent(request):
        _send(
            request,
            Reading(
                "download",
                *_who(request),
                request.path,
                target=name,
                referrer=_referrer(request),
                language=_language(request),
            ),
        )


def counted_exit(request: HttpRequest, *, host: str, path: str) -> None:
    """A link was followed to another site, from a page of ours that anybody may read."""
    if public().holds(path) and consent(request):
        _send(request, Reading("exit", *_who(request), path, target=host, language=_language(request)))


def _page(request: HttpRequest, answer: HttpResponse, path: str, said: Chosen) -> None:
    reading = Reading("page", *_who(request), path, referrer=_referrer(request), language=_language(request))
    query = request.META.get("QUERY_STRING")
    if query:
        if path == FINDER and (typed := request.GET.get("q", "").strip()):
            reading.kind, reading.target = "search", vocabulary.known(typed[:200])
        if "utm_" in query:
            reading.source, reading.medium, reading.campaign = (request.GET.get(name, "") for name in _TAGS)
    if said.measurement:
        reading.again = _again(request, answer, said)
    _send(request, reading)


def _is_missed(request: HttpRequest, path: str) -> bool:
    """No address of ours, or a public one of something that is gone.

    Below a page of somebody's own, the address itself would tell.
    """
    return public().holds(path) or (request.resolver_match is None and public().may_be_missed(path))


def _who(request: HttpRequest) -> tuple[str, str]:
    """Address and agent: for the collector's memory alone."""
    return request.META.get("REMOTE_ADDR", ""), request.META.get("HTTP_USER_AGENT", "")


def _language(request: HttpRequest) -> str:
    found: str = request.META.get("HTTP_ACCEPT_LANGUAGE", "")
    return found


def _referrer(request: HttpRequest) -> str:
    """The host alone of the page before, and nothing where that page was ours."""
    parts = request.META.get("HTTP_REFERER", "")[:400].split("/", 3)
    host = parts[2] if len(parts) > 2 else ""
    return "" if host == request.META.get("HTTP_HOST") else host


def _again(request: HttpRequest, answer: HttpResponse, said: Chosen) -> str:
    """Whether she was here before: told by a cookie that holds a month and no number, set after her yes and
    not otherwise.
    """
    month = timezone.localdate().strftime("%Y-%m")
    seen = request.COOKIES.get(SEEN)
    if seen != month and said.allows(MEASUREMENT):
        answer.set_cookie(
            SEEN, month, max_age=SEEN_FOR, secure=settings.SECURE, httponly=True, samesite="Lax"
        )
    return "again" if seen else "first"


def _send(request: HttpRequest, reading: Reading) -> bool:
    return not is_walker(request) and sender(log_folder.FOLDER.root).send(reading)


@lru_cache(maxsize=4)
def sender(root: Path) -> Sender:
    """This process's end of the socket in a folder."""
    return Sender(Places(root).socket)
