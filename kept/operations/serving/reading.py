"""What a request brings is read once, before anything else looks at it: no page, handler or guard reads it a
second time.
"""

from __future__ import annotations

from collections.abc import Callable

from django.core.exceptions import BadRequest, DisallowedHost, RequestDataTooBig, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.http.request import UnreadablePostError

from kept.operations.serving import refusals
from kept.operations.serving.refusals import Refused
from kept.sentences import sentence

UNREADABLE = sentence(
    "Something in what was sent is not as a browser sends it. Nothing was kept: go back, reload the page and"
    " try again."
)
_ELSEWHERE = sentence("Nothing is served under this name. Type the address as it was given to you.")
_TOO_MUCH = sentence(
    "What you sent is longer than is taken here without a file. Nothing was kept: go back, and send less"
    " of it."
)


class ReadOnce:
    """Stands before everything.

    What cannot be read is answered here, by a page that asks nothing of the request.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            read(request)
        except Refused as refused:
            asked = request.META.get("PATH_INFO", ""), request.META.get("HTTP_COOKIE", "")
            language = refusals.language_of(*asked)
            answer = refusals.page(refused.status, refused.sentence, language=language)
            return HttpResponse(answer.body, status=answer.status, headers=dict(answer.headers))
        return self.get_response(request)


def read(request: HttpRequest) -> None:
    """Host, query and form, kept with the request from here on.

    Refused (400, 413) where one of them cannot be read.
    """
    try:
        request.get_host()
        len(request.GET)
        # Only a form is parsed here; JSON and the like stay as they came.
        len(request.POST)
    except Exception as error:
        raise refusal_of(error) from error


def refusal_of(error: Exception) -> Exception:
    """What a stranger is told of a request that Django cannot read; the error itself where it is a fault of
    ours.
    """
    if isinstance(error, DisallowedHost):
        return Refused(400, _ELSEWHERE)
    if isinstance(error, RequestDataTooBig):
        return Refused(413, _TOO_MUCH)
    if isinstance(error, SuspiciousOperation | BadRequest | UnreadablePostError):
        return Refused(400, UNREADABLE)
    return error
