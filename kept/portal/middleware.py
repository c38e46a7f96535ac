"""Who looks at every answer before it leaves."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from kept.portal import page_hooks
from kept.portal.form_parts import asked_fields


class EntranceMiddleware:
    """Stands inside the guard over cookies, and outside of everything that makes a page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = asked_fields.SERVING.set(True)
        try:
            answer = self.get_response(request)
        finally:
            asked_fields.SERVING.reset(token)
        page_hooks.look(request, answer)
        return answer
