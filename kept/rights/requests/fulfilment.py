"""An access request is carried out by the copy the person could take herself: made for her alone, and waiting
behind her own sign-in; or, where there is none, behind a code that is mailed to the address we know.
"""

from __future__ import annotations

from typing import BinaryIO

from django.utils import timezone
from django.utils.translation import gettext as _

from kept.accounts.models import User
from kept.core.ledger import versions
from kept.core.policy.verdict import Reader
from kept.core.vault import gate
from kept.core.vault.readers import Job, SystemReader
from kept.core.vault.sealed_files.files import SealedFile
from kept.rights import flows as copies
from kept.rights.models import Copy
from kept.rights.requests import flows, request_kinds
from kept.rights.requests.askers.representation import representative_of
from kept.rights.requests.at_the_desk import request_page
from kept.rights.requests.course import letters
from kept.rights.requests.course.fulfilment_registry import CannotCarryOut, fulfils
from kept.rights.requests.models import Request, Step
from kept.sentences import sentence

ANSWERER = SystemReader(job="requests.access")
TEMPLATE, WITHOUT_ID = "copy-ready", "copy-ready-without-id"
BY_POST = sentence("Their copy is being made, to be posted")


@fulfils("access")
def make_copy(request: Request, *, by: Reader) -> str:
    """Begin it. The worker makes the copy, and answers the request when it is there."""
    assert request.person_id is not None
    reached = _has_id(request) or _has_address(request)
    if not reached and request.answer_by != Request.AnswerBy.POST:
        raise CannotCarryOut(
            _(
                "They have no ID, and no e-mail address is known for the code a copy opens with. Use `kept"
                " copy`, and post what it makes."
            )
        )
    copies.ask_for(subject=request.person_id, request=request.reference)
    if not request.steps.filter(kind=Step.Kind.CARRIED_OUT).exists():
        request.note(
            Step.Kind.CARRIED_OUT,
            role=by.role,
            entity=by.entity,
            what=sentence("Their copy is being made") if reached else BY_POST,
        )
    if not reached:
        return _(
            "Their copy is being made. When it is there, print it here with the answer, and post both: no"
            " e-mail address of theirs is known."
        )
    return _("Their copy is being made. When it waits for them, the request is answered by itself.")


def copy_by_post(request: Request) -> Copy | None:
    """The copy that goes with the letter, while that is to be posted: of somebody without an ID, and without
    an address for a code.
    """
    if (
        request.state != "to-post"
        or not request.steps.filter(kind=Step.Kind.CARRIED_OUT, what=BY_POST).exists()
    ):
        return None
    assert request.person_id is not None
    made = Copy.objects.filter(
        request=request.reference, subject=request.person_id, dies_at__gt=timezone.now()
    )
    return made.exclude(file=None).order_by("-finished_at").first()


def take_for_post(request: Request, copy: Copy, out: BinaryIO) -> None:
    """Open it for whoever posts it. It is on the person's timeline before a byte leaves."""
    assert copy.file is not None
    with gate.purpose(
        "own-data", reader=ANSWERER, about=Job(request.matter_ref), source="copy by post"
    ) as act:
        act.kind = "copied"
        act.touch(
            copy.subject,
            what=sentence(
                "The data controller took the copy you asked for, to post it to you, {reference}",
                reference=request.reference,
            ),
        )
        out.writelines(SealedFile.open(copy.file))


def answer_made() -> int:
    """Answer each access request whose copy is there. Returns how many."""
    waiting = (
        Request.objects.open()
        .filter(kind=request_kinds.ACCESS, answered_at=None, steps__kind=Step.Kind.CARRIED_OUT)
        .distinct()
    )
    made = set(
        Copy.objects.filter(request__in=[row.reference for row in waiting])
        .exclude(file=None)
        .values_list("request", flat=True)
    )
    done = 0
    for request in waiting:
        if request.reference in made:
            try:
                flows.answer(
                    request=request, by=ANSWERER, text=_text(request), outcome=Request.Outcome.FULFILLED
                )
            except flows.NotYet:
                continue  # somebody answered it meanwhile
            done += 1
    return done


def _has_id(request: Request) -> bool:
    """Whether the copy waits behind their own sign-in.

    What somebody else asked for them waits for whoever asked.
    """
    if representative_of(request) is not None:
        return False
    return User.objects.filter(person=request.person_id).exists()


def _has_address(request: Request) -> bool:
    """An address of theirs that we know, for the code.

    Not the one a form named: the copy goes to the person, whoever asked for it.

    Where it was confirmed that somebody else may ask for them, it is that asker's.
    """
    with gate.purpose(flows.PURPOSE, reader=ANSWERER, about=Job(request.matter_ref), source="copy"):
        return bool(letters.code_goes_to(request)[1])


def _text(request: Request) -> str:
    if request.steps.filter(kind=Step.Kind.CARRIED_OUT, what=BY_POST).exists():
        with letters.in_language_of(request):
            return _("The copy of your data comes with this letter.")
    has_id = _has_id(request)
    template = TEMPLATE if has_id else WITHOUT_ID
    return request_page.filled(versions.current().policy, request, template) or _said(request, has_id)


def _said(request: Request, has_id: bool) -> str:
    """Where the policy has no template for it."""
    with letters.in_language_of(request):
        if has_id:
            return _(
                "The copy of your data is made. Sign in, and take it from “Your data”, under “Take a copy”."
            )
        return _(
            "The copy of your data is made. Fetch it from the page of this request, with a code that we mail"
            " to this address: {address}"
        ).format(address=letters.status(request))
