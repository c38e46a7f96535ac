"""Answers whose time tells nothing: whether an address has an ID changes the work behind them by some milliseconds."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from time import monotonic, sleep
from typing import Any

from django.http import HttpRequest, HttpResponseBase

STEP = 0.2
"""In seconds; several times what the slowest of the evened answers takes."""


def evened(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """What is sent to this view is answered after a whole number of steps, however long the work took."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method != "POST":
            return view(request, *args, **kwargs)
        begun = monotonic()
        try:
            return view(request, *args, **kwargs)
        finally:
            sleep(-(monotonic() - begun) % STEP)

    return answered
