"""Which status pages this browser has opened, kept in its sealed session: a code is typed once, and stands in no address."""

from __future__ import annotations

from django.http import HttpRequest

PLACE, FRESH = "asking.opened", "asking.fresh"
MOST = 20
CODE, SURE = "code", "sure"
"""How far: with the status code anybody may have who sent the form, or with the code that came by mail."""


def remember(request: HttpRequest, reference: str, how: str) -> None:
    before = request.session.get(PLACE, {})
    kept = {**{name: far for name, far in before.items() if name != reference}, reference: SURE if SURE in (how, before.get(reference)) else how}
    request.session[PLACE] = dict(list(kept.items())[-MOST:])


def how(request: HttpRequest, reference: str) -> str:
    """CODE, SURE, or "" where this browser has not opened it."""
    return str(request.session.get(PLACE, {}).get(reference, ""))


def show_once(request: HttpRequest, reference: str, *, code: str, receipt: str) -> None:
    """``code`` is "" for whoever is signed in: they need none. A form sent twice keeps the receipt of the first."""
    before = request.session.get(FRESH, {})
    kept = before.get("receipt", "") if before.get("reference") == reference else ""
    request.session[FRESH] = {"reference": reference, "code": code, "receipt": receipt or kept}


def shown_once(request: HttpRequest, reference: str) -> dict[str, str] | None:
    """Code and receipt of a request sent a moment ago, the first time they are asked for; None afterwards."""
    fresh: dict[str, str] = request.session.get(FRESH, {})
    if fresh.get("reference") != reference:
        return None
    del request.session[FRESH]
    return fresh
