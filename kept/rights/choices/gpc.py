"""Global Privacy Control (W3C): a browser says for its owner that nothing is to be sold, shared, or measured
without need.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from kept.core.vault.errors import KeyErased
from kept.core.vault.readers import SelfReader
from kept.portal.visitors.device_consent import asked_not_to
from kept.rights.access.language_shown import language_shown
from kept.rights.choices import flows

PLACE = "choices.signal"


class SignalMiddleware:
    """Sets ``request.gpc``, and keeps the no of whoever is signed in: once a session, so that it costs
    nothing afterwards.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        request.gpc = asked_not_to(request)
        reader = getattr(request, "reader", None)
        if (
            request.gpc
            and isinstance(reader, SelfReader)
            and request.person is not None
            and PLACE not in request.session
        ):
            # Of whoever was erased a moment ago, nobody is left whose no could be kept.
            with suppress(KeyErased):
                flows.honour_signal(
                    reader=reader, controller=request.person.controller, language=language_shown()
                )
            request.session[PLACE] = True
        answer = self.get_response(request)
        # Every page says at its foot that the signal is honoured, where it was sent.
        patch_vary_headers(answer, ("Sec-GPC",))
        return answer
