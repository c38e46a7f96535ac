"""An access request is carried out by the copy the person could take herself: made for her alone, and waiting behind her own sign-in."""

from __future__ import annotations

from kept.accounts.models import User
from kept.core.ledger import versions
from kept.core.policy.verdict import Reader
from kept.core.vault.readers import SystemReader
from kept.rights import flows as copies
from kept.rights.models import Copy
from kept.rights.requests import flows, page
from kept.rights.requests.fulfil import CannotCarryOut, fulfils
from kept.rights.requests.models import Request, Step

ANSWERER = SystemReader(job="requests.access")
TEMPLATE = "copy-ready"
SAID = "The copy of your data is made. Sign in, and take it from “Your data”, under “Take a copy”."


@fulfils("access")
def make_copy(request: Request, *, by: Reader) -> str:
    """Begin it. The worker makes the copy, and answers the request when it is there."""
    assert request.person_id is not None
    if not User.objects.filter(person=request.person_id).exists():
        raise CannotCarryOut("They have no ID, so there is no page of theirs where a copy could wait. Ask them to make one with the same address.")
    copies.ask_for(subject=request.person_id, request=request.reference)
    if not request.steps.filter(kind=Step.Kind.CARRIED_OUT).exists():
        request.note(Step.Kind.CARRIED_OUT, role=by.role, entity=by.entity, what="Their copy is being made")
    return "Their copy is being made. When it waits for them, the request is answered by itself."


def answer_made() -> int:
    """Answer each access request whose copy is there. Returns how many."""
    waiting = Request.objects.open().filter(kind=Request.Kind.ACCESS, answered_at=None, steps__kind=Step.Kind.CARRIED_OUT).distinct()
    made = set(Copy.objects.filter(request__in=[row.reference for row in waiting]).exclude(file=None).values_list("request", flat=True))
    done = 0
    for request in waiting:
        if request.reference in made:
            try:
                flows.answer(request=request, by=ANSWERER, text=_text(request), outcome=Request.Outcome.FULFILLED)
            except flows.NotYet:
                continue  # somebody answered it meanwhile
            done += 1
    return done


def _text(request: Request) -> str:
    return page.filled(versions.current().policy, request, TEMPLATE) or SAID
