"""What a request by letter asks for is carried out by the controller with one button, in the person's name:
on their timeline, with a receipt.
"""

from __future__ import annotations

from collections.abc import Collection

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from kept.core.consent.consent_state import standing
from kept.core.ledger import versions
from kept.core.policy.model import Purpose
from kept.core.policy.verdict import Reader, Standing
from kept.rights.choices import flows as choices
from kept.rights.choices import options
from kept.rights.correction import flows
from kept.rights.requests.course.fulfilment_registry import CannotCarryOut, fulfils
from kept.rights.requests.models import Request, Step
from kept.sentences import sentence

VERBS = {
    "restriction": options.RESTRICT,
    "objection": options.NO,
    "withdrawal": options.NO,
    "opt-out": options.NO,
}
NONE = {
    "restriction": gettext_lazy("There is no use that could be restricted."),
    "objection": gettext_lazy(
        "There is no use that they could switch off. Weigh their reasons, and answer by hand."
    ),
    "withdrawal": gettext_lazy(
        "They said yes to nothing, so there is nothing to withdraw. Say so in your answer."
    ),
    "opt-out": gettext_lazy("Nothing is sold or shared, and no use has that switch. Say so in your answer."),
}


@fulfils("correction")
def carry_out_correction(request: Request, *, by: Reader) -> str:
    """The value they asked about is put right.

    Raises CannotCarryOut while nobody has said which value it is.
    """
    found = (
        request.corrections.filter(decided_at=None).first()
        or request.corrections.filter(decision="accepted").first()
    )
    if found is None:
        raise CannotCarryOut(_("Choose first which value is wrong, and what is right."))
    try:
        return flows.accept(correction=found, by=by)
    except flows.NotYet as no:
        raise CannotCarryOut(str(no)) from None


@fulfils("restriction")
@fulfils("objection")
@fulfils("withdrawal")
@fulfils("opt-out")
def carry_out_choice(request: Request, *, by: Reader) -> str:
    """For the uses the request names in its topic, or for all that it can mean. Raises CannotCarryOut."""
    known = offered(request)
    named = [id for id in request.topic.replace(",", " ").split() if id in known]
    return limit(request, by=by, purposes=named or meant(request))


def limit(request: Request, *, by: Reader, purposes: Collection[str]) -> str:
    """Restrict these uses, or say no to them, as the request asks; each with its receipt.

    What stands so already stays. Raises CannotCarryOut.
    """
    person, verb = request.person, VERBS[request.kind]
    known = offered(request)
    wanted = [id for id in purposes if id in known]
    if person is None or not wanted:
        raise CannotCarryOut(str(NONE[request.kind]))
    given = [
        choices.say_for(
            subject=person.pk,
            purpose=id,
            verb=verb,
            controller=person.controller,
            language=request.language,
            by=by,
            matter=request.matter_ref,
        )
        for id in wanted
    ]
    numbers = [receipt.number for receipt in given if receipt]
    titles = ", ".join(f"“{known[id].title}”" for id in wanted)
    if not numbers:
        return _("It stood so already: {uses}.").format(uses=titles)
    request.note(
        Step.Kind.CARRIED_OUT,
        role=by.role,
        entity=by.entity,
        what=(
            sentence("Restricted: {uses}", uses=titles[:180])
            if verb == options.RESTRICT
            else sentence("Their no: {uses}", uses=titles[:180])
        ),
    )
    done = _("Restricted: {uses}.") if verb == options.RESTRICT else _("Their no is kept: {uses}.")
    given_for = ngettext("Receipt {numbers}.", "Receipts {numbers}.", len(numbers))
    return f"{done.format(uses=titles)} {given_for.format(numbers=', '.join(numbers))}"


def offered(request: Request) -> dict[str, Purpose]:
    """The uses a request of this kind can be about."""
    verb = VERBS[request.kind]
    every = options.options(versions.current().policy, _stands(request))
    return {one.purpose.id: one.purpose for one in every if verb in one.verbs or _stood(one, verb)}


def meant(request: Request) -> list[str]:
    """Where the letter names no use: every one it can mean.

    A withdrawal means the yeses given; an opt-out what a browser's signal would say.
    """
    now = _stands(request)
    return [
        id
        for id, purpose in offered(request).items()
        if (request.kind == "withdrawal" and id in now.consents)
        or (request.kind == "opt-out" and purpose.signal)
        or (request.kind == "objection" and purpose.choice == "opt-out")
        or request.kind == "restriction"
    ]


def _stood(one: options.Option, verb: str) -> bool:
    return one.restricted if verb == options.RESTRICT else one.said == options.NO


def _stands(request: Request) -> Standing:
    return standing(request.person_id) if request.person_id else Standing()
