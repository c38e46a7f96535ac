"""While the database is not the one the second place knows, nobody's pages are served: whoever was erased
must not come back by a mistake.

Whatever is public stays: products, the policy with its promises, the ledger and how to check it, health. So
does a letter to the data controller, whose address the page names.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from kept.operations import comparison

RETRY = 300
"""In seconds: somebody has to type a command first."""
PUBLIC = (
    "/products/",
    "/privacy/",
    "/region/",
    "/health/",
    "/checkpoint",
    "/tile/",
    "/static/",
    "/.well-known/",
)
NAMES_NOBODY = frozenset({"slug", "number", "name"})
"""What an address may carry: a product, a version or a receipt, a tile or a report.

Anything else may be somebody's key.
"""
TAKES_IN = frozenset({"privacy-ask", "privacy-request", "request-status-open"})
"""Public pages with a form that could not be sent."""


class ClosedWhileDifferent:
    """Stands before the session: what is served meanwhile is served to a visitor, and her session is there
    again afterwards.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if comparison.said().differences:
            request.COOKIES.pop(settings.SESSION_COOKIE_NAME, None)
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, positional: Any, named: dict[str, Any]
    ) -> HttpResponse | None:
        """Here, where it is known whether a view is for visitors."""
        differences = comparison.said().differences
        return None if not differences or _is_public(request, view, named) else _page(request, differences)


def stays_open(view: Any) -> Any:
    """For a public page whose form stores nothing: it may be sent meanwhile too."""
    view.stays_open = True
    return view


def _is_public(request: HttpRequest, view: Any, named: dict[str, Any]) -> bool:
    if getattr(view, "stays_open", False):
        return True
    match = request.resolver_match
    return (
        request.method in ("GET", "HEAD")
        and not getattr(view, "login_required", True)
        and (request.path_info == "/" or request.path_info.startswith(PUBLIC))
        and named.keys() <= NAMES_NOBODY
        and (match is None or match.url_name not in TAKES_IN)
    )


def _page(request: HttpRequest, differences: tuple[str, ...]) -> HttpResponse:
    answer = render(request, "operations/closed.html", {"differences": differences}, status=503)
    answer["Retry-After"] = str(RETRY)
    answer["Cache-Control"] = "no-store"
    return answer
