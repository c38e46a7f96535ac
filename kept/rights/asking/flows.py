"""Ask, and say who asks: a question or a request that anybody may send, and the code that comes back from the
address it names.

What is answered never depends on whether an address is known. Nothing is looked up when a request is sent:
the same mail goes to whatever address was typed, and only whoever reads it there, and types the code in,
makes us look (docs/decisions/0007).
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from kept.core.vault.readers import SelfReader, SystemReader
from kept.core.vault.sealing.sealed_box import Box
from kept.rights.asking.guards import matching
from kept.rights.asking.models import ARRIVALS, LIVES, TRIES, Arrival, Check, mark_of, new_code, proof_of
from kept.rights.requests import flows as requests
from kept.rights.requests.askers import identity
from kept.rights.requests.course.references import ALPHABET
from kept.rights.requests.models import Request
from kept.rights.requests.request_kinds import kind_of
from kept.sentences import sentence

Along = Callable[[Request], None]
CLERK = SystemReader(job="asking.identity")
STATUS = Box("asking.status")


@dataclass(frozen=True, slots=True)
class Taken:
    """``receipt`` is its number; "" when the same came before.

    Nothing keeps a receipt together with a request.
    """

    request: Request
    receipt: str = ""


def status_code(token: str) -> str:
    """Made from the form's own token, so that a form sent twice is shown the same code; without the master
    key nobody makes it (60 bits).
    """
    number = int(STATUS.mark(token), 16)
    signs = "".join(ALPHABET[number >> 5 * place & 31] for place in range(12))
    return f"{signs[:4]}-{signs[4:8]}-{signs[8:]}"


def ask(
    *,
    token: str,
    kind: str = "question",
    reader: SelfReader | None = None,
    acknowledge: bool = True,
    **said: Any,
) -> Taken:
    """Take a question or a request from the site in, once for each form.

    ``said`` as in ``requests.flows.receive``.
    """
    return once(
        ARRIVALS.mark(token),
        lambda along: requests.receive(
            kind=kind,
            channel="site",
            reader=reader,
            code=status_code(token),
            acknowledge=acknowledge,
            along=along,
            **said,
        ),
    )


def ask_unknown(*, token: str, kind: str, proof: str, **said: Any) -> Taken:
    """A request of somebody who is not signed in, and the mail with the code that says it was them.

    ``proof``: a serial number or a reference.
    """
    given = proof_of(proof)

    def receive(along: Along) -> requests.Received:
        def both(request: Request) -> None:
            along(request)
            Check.objects.create(request=request, proof=given, ends_at=timezone.now() + LIVES)

        return requests.receive(
            kind=kind, channel="site", code=status_code(token), acknowledge=False, along=both, **said
        )

    taken = once(ARRIVALS.mark(token), receive)
    for check in Check.objects.filter(request=taken.request, mark="", settled_at=None):
        send(check)
    return taken


def send(check: Check) -> None:
    """The mail with the code; also of a check whose sending was cut off.

    Whoever is asked twice gets one mail: the first to come sends it.
    """
    try:
        requests.ask_identity(
            request=check.request, by=CLERK, stands=not kind_of(check.request.kind).clock_runs
        )
    except requests.NotYet:
        check.refresh_from_db()
        if not check.mark:
            check.settle(Check.Outcome.MOOT)


@identity.proves
def begin(request: Request) -> str:
    """A fresh code for this request; one that was sent before works no longer. Inside the act that asks."""
    code, now = new_code(), timezone.now()
    waiting = Check.objects.filter(request=request, mark="", settled_at=None).first()
    if waiting is None:
        Check.objects.filter(request=request, settled_at=None).update(
            settled_at=now, outcome=Check.Outcome.MOOT
        )
        waiting = Check(request=request)
    waiting.mark, waiting.sent_at, waiting.ends_at = mark_of(request.reference, code), now, now + LIVES
    waiting.save()
    return code


def confirm(*, reference: str, code: str, proof: str = "") -> Check | None:
    """Somebody types a code in.

    The check when it was right; None for anything else, which is never said more of.

    A wrong code is a try, also of two who type at once, and the asker is not told apart.
    """
    code = re.sub(r"\D", "", code)
    with transaction.atomic():
        check = Check.objects.open().select_for_update().filter(request__reference=reference).first()
        alive = check is not None and check.alive
        # Hashed and counted in any case, so that an unknown reference costs the same.
        right = secrets.compare_digest(
            mark_of(reference, code), check.mark if check is not None and alive else ""
        )
        if check is not None and right:
            check.answered_at, check.proof = timezone.now(), check.proof or proof_of(proof)
            check.save()
        else:
            Check.objects.filter(pk=check.pk if check is not None and alive else 0).update(
                tries=F("tries") + 1
            )
    if check is not None and (right or (alive and check.tries + 1 >= TRIES)):
        check.refresh_from_db()
        settle(check)
    return check if right else None


def settle(check: Check) -> None:
    """What follows from a check that was answered, used up or is over.

    Safe to do again: each step looks whether it was done.
    """
    request = Request.objects.get(pk=check.request_id)
    try:
        check.settle(_consequence(check, request))
    except requests.NotYet:
        # The desk, or another worker, moved it this very moment. It is looked at afresh the next time.
        return


def _consequence(check: Check, request: Request) -> str:
    if request.closed_at or request.answered_at or request.keeper is None or request.known:
        return Check.Outcome.CONFIRMED if check.answered_at and request.known else Check.Outcome.MOOT
    if check.answered_at:
        person = matching.whose(check, request)
        if person is not None:
            requests.identified(request=request, person=person)
            return Check.Outcome.CONFIRMED
        _to_a_human(
            request,
            sentence("The address was confirmed, and nothing known fits what was named: a person decides"),
        )
        return Check.Outcome.UNMATCHED
    if check.tries >= TRIES:
        _to_a_human(request, sentence("Five wrong codes were typed in: a person decides"))
        return Check.Outcome.FAILED
    if request.waiting_since:
        requests.close(request=request, by=CLERK, outcome=Request.Outcome.EXPIRED)
    return Check.Outcome.LAPSED


def settle_due(most: int = 50) -> int:
    """Go on with what was cut off or is over. Returns how many."""
    due = list(Check.objects.due(timezone.now())[:most])
    for check in due:
        (settle if check.mark else send)(check)
    return len(due)


def _to_a_human(request: Request, why: str) -> None:
    """The clock runs again, and the desk sees why. Where it never stood there is nothing to do."""
    if request.waiting_since:
        requests.give_up_identity(request=request, by=CLERK, why=why)


def once(mark: str, receive: Callable[[Along], requests.Received]) -> Taken:
    """What ``receive`` takes in, or what it became when the same came before.

    Of two at the same moment one is taken in.
    """
    before = arrived(mark)
    if before is not None:
        return Taken(before)
    try:
        received = receive(lambda request: keep(mark, request))
    except IntegrityError:
        before = arrived(mark)
        if before is None:
            raise
        return Taken(before)
    return Taken(received.request, received.receipt.number)


def arrived(mark: str) -> Request | None:
    found = Arrival.objects.filter(mark=mark).select_related("request").first()
    return found.request if found else None


def keep(mark: str, request: Request) -> None:
    Arrival.objects.create(mark=mark, request=request)
