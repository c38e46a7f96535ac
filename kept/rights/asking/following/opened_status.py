"""Which status pages this browser has opened, kept in its sealed session: a code is typed once, and stands in
no address.
"""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest
from django.utils import timezone

PLACE, FRESH, PROVEN = "asking.opened", "asking.fresh", "asking.proven"
MOST = 20
CODE, SURE = "code", "sure"
"""How far: with the status code anybody may have who sent the form, or with the code that came by mail."""


def remember(request: HttpRequest, reference: str, how: str) -> None:
    before = request.session.get(PLACE, {})
    kept = {
        **{name: far for name, far in before.items() if name != reference},
        reference: SURE if SURE in (how, before.get(reference)) else how,
    }
    request.session[PLACE] = dict(list(kept.items())[-MOST:])
    if how == SURE:
        proven = {**request.session.get(PROVEN, {}), reference: timezone.now().timestamp()}
        request.session[PROVEN] = {name: at for name, at in proven.items() if name in request.session[PLACE]}


def how(request: HttpRequest, reference: str, *, since: datetime | None = None) -> str:
    """CODE, SURE, or "" where this browser has not opened it.

    What was proven before ``since``, by an address that changed then, is no more than CODE.
    """
    found = str(request.session.get(PLACE, {}).get(reference, ""))
    proven = float(request.session.get(PROVEN, {}).get(reference, 0))
    return CODE if found == SURE and since is not None and proven <= since.timestamp() else found


def show_once(request: HttpRequest, reference: str, *, code: str, receipt: str) -> None:
    """``code`` is "" for whoever is signed in: they need none.

    A form sent twice keeps the receipt of the first.
    """
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
