"""When the vault says no, the reader gets the clause and whom to ask, never a broken page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import DataError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kept.accounts.signing_in import policy_in_force
from kept.core.ledger import versions
from kept.core.register.explanations import clause_url
from kept.core.vault import gate
from kept.core.vault.errors import GuidelineRequired, KeyErased, MatterRequired, NotAllowed, ReasonRequired
from kept.core.vault.readers import SelfReader, StaffReader
from kept.core.vault.sealing.cards import CardNumberRefused
from kept.outbox.send_rules import DoorClosed
from kept.portal.form_parts import preserved_input
from kept.portal.navigation import ASK, there

DESK, CHOICES, DATA, GUIDELINES = "/desk/", "/me/choices/", "/me/", "/desk/guidelines/"
YOURS = gettext_lazy(
    "You restricted this use of your data: it is kept, and not used. So nothing new was stored. You can lift"
    " that at any time."
)


class RefusalMiddleware:
    """A refusal that a view did not answer itself becomes a page: 403 for what the policy does not allow, 410
    for what is erased. So does something that would go to a recipient whose contract, or whose place in the
    policy, does not let it.

    Everything else the vault raises (no purpose open, a broken seal) is a fault of ours, and stays one.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *view: Any) -> HttpResponse | None:
        """The door of the desk: whoever has not acknowledged their guidelines finds them behind it, and
        nothing else. The gate asks again for each value.
        """
        reader = getattr(request, "reader", None)
        if isinstance(reader, StaffReader) and not request.path_info.startswith(GUIDELINES):
            try:
                gate.acknowledged(reader, policy_in_force.ruling(request).policy)
            except GuidelineRequired as unread:
                return self.process_exception(request, unread)
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, NotAllowed):
            refused = exception.refused
            if refused.restricted and isinstance(getattr(request, "reader", None), SelfReader):
                return _page(
                    request,
                    403,
                    _("You restricted this use"),
                    str(YOURS),
                    clause=refused.clause,
                    lift=refused.restricted,
                )
            return _page(
                request,
                403,
                _("This is not allowed here"),
                refused.reason,
                clause=refused.clause,
                ask=refused.who_to_ask,
            )
        if isinstance(exception, MatterRequired):
            return _page(
                request,
                403,
                _("Open a matter first"),
                _("Personal data opens for a person's matter, never for its own sake."),
            )
        if isinstance(exception, GuidelineRequired):
            return _page(
                request,
                403,
                _("Read your guidelines first"),
                _("Nobody’s data opens to you before you have acknowledged the guidelines of your role."),
                clause=_clause_of_guidelines(),
                read=GUIDELINES if there(GUIDELINES) else "",
            )
        if isinstance(exception, ReasonRequired):
            return _page(
                request,
                403,
                _("Give a reason first"),
                _("This value opens with a reason, which the person will read."),
            )
        if isinstance(exception, DoorClosed):
            return _page(request, 403, _("It may not be handed over today"), exception.said)
        if isinstance(exception, CardNumberRefused):
            return _page(request, 422, _("Nothing was kept"), str(exception))
        if isinstance(exception, KeyErased):
            return _page(
                request,
                410,
                _("This was erased"),
                _("The key to this data was destroyed. Nobody can open it again, and neither can we."),
            )
        return _no_text(request, exception)


def _no_text(request: HttpRequest, exception: Exception) -> HttpResponse | None:
    """A sign that PostgreSQL keeps in no text: whoever looked for something by it is told so, in whatever
    room, and it is no fault of ours.
    """
    if not isinstance(exception, DataError) or "NUL (0x00)" not in str(exception):
        return None
    return _page(
        request,
        400,
        _("This is no text"),
        _("What was sent holds a sign with which no text is written. Take it out, and send it again."),
    )


def _clause_of_guidelines() -> str:
    promise = versions.current().policy.promise_of_row("P28")
    return promise.clause if promise else ""


def way_back(purpose: str) -> str:
    """Where a restriction is lifted; "" for none, and where no room does it."""
    return f"{CHOICES}#{purpose}" if purpose and there(CHOICES) else ""


def _page(
    request: HttpRequest,
    status: int,
    title: str,
    reason: str,
    *,
    clause: str = "",
    ask: str = "",
    lift: str = "",
    read: str = "",
) -> HttpResponse:
    at_desk = request.path_info.startswith(DESK)
    shell = "desk/base.html" if at_desk else "portal/base.html"
    context = {
        "shell": shell,
        "at_desk": at_desk,
        "refusal": {
            "title": title,
            "reason": reason,
            "clause": clause,
            "ask": ask,
            "address": clause_url(clause),
        },
        # Staff ask inside the house; everybody else asks the controller of their region.
        "lift": way_back(lift),
        "read": read,
        # Shown back, in this answer alone: it is kept nowhere else.
        "typed": (typed := preserved_input.fields_of(request) if lift and request.method == "POST" else []),
        "shown": preserved_input.in_words(typed),
        "address": request.get_full_path(),
        "data": DATA if lift and there(DATA) else "",
        "asking": "" if at_desk or not there(ASK) else ASK,
    }
    answer = render(request, "portal/refusal.html", context, status=status)
    answer["Cache-Control"] = "no-store"
    return answer
