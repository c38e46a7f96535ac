"""A use that somebody restricted is refused at the door: before anything is typed for it, with the clause and
the way back.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpResponse
from django.utils import timezone

from kept.accounts.signing_in import policy_in_force
from kept.core.consent.consent_state import standing
from kept.core.policy.decide import decide
from kept.core.policy.verdict import Refused
from kept.core.vault.errors import NotAllowed
from kept.core.vault.readers import SelfReader


def restricted(request: Any, purpose: str) -> Refused | None:
    """Why nothing is taken for this purpose from whoever is signed in; None where it is.

    Asked once for each answer.
    """
    reader = getattr(request, "reader", None)
    if not isinstance(reader, SelfReader):
        return None
    if "restrictions" not in request.__dict__:
        request.__dict__["restrictions"] = standing(reader.subject)
    said = request.__dict__["restrictions"]
    if (
        purpose not in said.restrictions
        or purpose not in (policy := policy_in_force.ruling(request).policy).purposes
    ):
        return None
    answer = decide(
        policy,
        purpose,
        next(iter(policy.purposes[purpose].uses), ""),
        reader,
        said,
        None,
        timezone.localdate(),
    )
    return answer if isinstance(answer, Refused) and answer.restricted else None


def stores_under(purpose: str, *, unless: str = "", page_asks: bool = False) -> Callable[[Any], Any]:
    """For a view whose form is kept for ``purpose``: whoever restricted it sees the refusal, and what they
    had typed. Raises NotAllowed.

    ``unless``: the name of a button that keeps nothing, as a no does. ``page_asks``: the page is opened
    inside an act under this purpose, which refuses by itself; only what is sent is looked at here.
    """

    def keep(view: Any) -> Any:
        @wraps(view)
        def answer(request: Any, *args: Any, **named: Any) -> HttpResponse:
            refused = (
                None if page_asks and request.method in ("GET", "HEAD") else restricted(request, purpose)
            )
            if refused is not None and not (unless and unless in request.POST):
                raise NotAllowed(refused)
            answered: HttpResponse = view(request, *args, **named)
            return answered

        answer.stores_under = purpose  # type: ignore[attr-defined]
        return answer

    return keep
