"""Was it really you, just now?

Rights that could hurt in the wrong hands ask for the password or the passkey once more.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.internal.flows.reauthentication import did_recently_reauthenticate
from allauth.core.exceptions import ReauthenticationRequired
from django.http import HttpRequest, HttpResponseBase


def recent(request: HttpRequest) -> bool:
    """True when the person proved themselves within the last five minutes
    (ACCOUNT_REAUTHENTICATION_TIMEOUT).
    """
    return bool(request.user.is_authenticated and did_recently_reauthenticate(request))


def reauthentication_required(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Ask first, then go on with exactly the request that was interrupted, a POST and its fields included."""

    @wraps(view)
    def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not recent(request):
            raise ReauthenticationRequired
        return view(request, *args, **kwargs)

    return asked
