"""Who reads: every request says it once, so that no view has to work it out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.utils.translation import gettext as _

from kept.accounts.requests import KnownRequest
from kept.accounts.signing_in import browsers, session_proof

DESK, ACCOUNT = "/desk/", "/account/"


class ReaderMiddleware:
    """Sets request.reader, request.person and request.post_held.

    At the desk a staff member reads in their role; everywhere else everybody, staff included, reads as
    themselves. A staff reader therefore does not exist outside the desk, and the desk does not exist for
    anybody else.
    """

    def __init__(self, get_response: Callable[[KnownRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: KnownRequest) -> HttpResponse:
        user = request.user
        request.person = request.reader = request.post_held = None
        alone = request.path_info.startswith(ACCOUNT)
        if user.is_authenticated:
            alone = True
            browsers.seen(request)
            request.person = user.person
            if request.path_info.startswith(DESK):
                request.post_held = user.post()
                request.reader = (
                    session_proof.staff_reader(user, request.post_held) if request.post_held else None
                )
            elif user.person_id is not None:
                request.reader = session_proof.own_reader(request)
        answer = self.get_response(request)
        if alone:
            _keep_nowhere(answer)
        return answer

    def process_view(self, request: KnownRequest, *view: Any) -> None:
        """Here, not before the view is known: so that the refusal, too, is answered like every page of
        somebody known.
        """
        if request.path_info.startswith(DESK) and request.user.is_authenticated and request.post_held is None:
            raise PermissionDenied(_("The desk is for staff."))


def _keep_nowhere(answer: HttpResponse) -> None:
    """Every page greets by name, and may carry the cookie of a session: no cache, shared or the browser's
    own, keeps one.
    """
    if "no-store" not in answer.get("Cache-Control", ""):
        answer["Cache-Control"] = "private, no-store"
