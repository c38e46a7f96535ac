"""From received to ended, one step at a time: taken in, matched, confirmed, carried out.

Every step can be killed anywhere and taken again.

What the desk does to the request is followed: whoever answers, refuses, extends or asks for identity there
moves the exercise with it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from kept.core.policy.verdict import Reader
from kept.core.vault.errors import VaultError
from kept.core.vault.readers import SystemReader
from kept.people.models import Person
from kept.rights.agents import fulfilment, matching
from kept.rights.agents.claims import Claims
from kept.rights.agents.directory import DirectoryWrong
from kept.rights.agents.models import Exercise
from kept.rights.requests import flows as requests
from kept.rights.requests.course import letters
from kept.rights.requests.course.fulfilment_registry import CannotCarryOut, Standing, standing, take_back
from kept.rights.requests.models import Request
from kept.sentences import sentence

UNIFORM = timedelta(seconds=30)
"""Between receipt and the first word that depends on whether the person is known, whichever word it is."""
CONFIRMING = timedelta(days=14)
"""How long a person may take to confirm."""
ATTEMPTS = 5
CLERK = SystemReader(job="agents.advance")
EXPLAINED: dict[str, str] = {
    "no_match": sentence("Nobody here fits what was said of the person."),
    "insuf_verification": sentence("The person did not confirm the request in time."),
    "suspected_fraud": sentence("The person says that she did not ask for this."),
    "need_user_verification": sentence("The person has to confirm the request at user_verification_url."),
}
TOLD = sentence("The person was told the reasons.")
ENDINGS: dict[str, tuple[str, str, str]] = {
    Request.Outcome.ANSWERED: (
        Exercise.Status.FULFILLED,
        "",
        sentence("The data controller has answered the person."),
    ),
    Request.Outcome.FULFILLED: (Exercise.Status.FULFILLED, "", sentence("Carried out.")),
    Request.Outcome.DENIED: (Exercise.Status.DENIED, Exercise.Reason.OTHER, TOLD),
    Request.Outcome.REVOKED: (Exercise.Status.REVOKED, "", sentence("The person took it back herself.")),
    Request.Outcome.EXPIRED: (
        Exercise.Status.DENIED,
        Exercise.Reason.INSUF_VERIFICATION,
        EXPLAINED["insuf_verification"],
    ),
    Request.Outcome.SPAM: (
        Exercise.Status.DENIED,
        Exercise.Reason.OTHER,
        sentence("The data controller does not take it for a request."),
    ),
    Request.Outcome.DUPLICATE: (
        Exercise.Status.DENIED,
        Exercise.Reason.OTHER,
        sentence("The same was asked before, and is answered there."),
    ),
    Request.Outcome.NO_MATCH: (Exercise.Status.DENIED, Exercise.Reason.NO_MATCH, EXPLAINED["no_match"]),
}
TROUBLE = (VaultError, requests.NotYet, CannotCarryOut, DirectoryWrong)
log = logging.getLogger("kept.rights")


def advance_due() -> int:
    """Take the next step of the exercise longest due. Returns 1 when there was one."""
    exercise = Exercise.claim(timezone.now())
    if exercise is None:
        return 0
    try:
        _step(exercise, timezone.now())
    except TROUBLE as trouble:
        log.warning("exercise %s waits: %s", exercise.pk, type(trouble).__name__)
        if exercise.attempts >= ATTEMPTS and exercise.request is not None:
            # It stands on the board of its controller, with its date: people take it from here.
            exercise.becomes(
                exercise.status,
                reason=exercise.reason,
                details=sentence("The data controller carries this out by hand."),
                carried_at=timezone.now(),
            )
        else:
            exercise.later(timedelta(seconds=15) * 2 ** min(exercise.attempts, 7))
    return 1


def _step(exercise: Exercise, now: datetime) -> None:
    if exercise.over:
        return
    if exercise.request is None:
        _take_in(exercise)
    elif exercise.identified_at is None and exercise.verify_until is None:
        _match(exercise)
    elif exercise.identified_at is None:
        if exercise.verify_until and now >= exercise.verify_until:
            end(exercise, Exercise.Status.DENIED, Exercise.Reason.INSUF_VERIFICATION)
    elif exercise.carried_at is None:
        _carry(exercise)


def _take_in(exercise: Exercise) -> None:
    """Onto the board of the controller who answers.

    Killed after the request was written, it finds that one again by its moment of receipt.
    """
    claims, country, notes = exercise.heard()
    request = Request.objects.filter(
        channel="agent", exercise=None, source=_source(exercise), received_at=exercise.received_at
    ).first()
    if request is None:
        known = fulfilment.name_of(exercise)
        text = "\n".join(
            [f"{known} asks in the name of this person: {exercise.exercise}.", *notes, *_unproven(claims)]
        )
        # Nothing is ever written to an address that nobody has checked.
        email = claims.email if claims.email_verified else ""
        request = requests.receive(
            kind=exercise.kind,
            text=text,
            channel="agent",
            country=country,
            received_at=exercise.received_at,
            name=claims.name,
            email=email,
            address=dict(claims.address) or None,
            source=_source(exercise),
            topic=exercise.exercise,
        ).request
    said = sentence("Received, and on its way to the data controller.")
    if not exercise.becomes(
        Exercise.Status.IN_PROGRESS,
        details=said,
        request=request,
        expected=request.due,
        due_at=exercise.received_at + UNIFORM,
    ):
        # Taken back while it was written down: the request is closed with it.
        Exercise.objects.filter(pk=exercise.pk).update(request=request)


def _source(exercise: Exercise) -> str:
    return f"agent {exercise.agent}"[:60]


def _unproven(claims: Claims) -> list[str]:
    """What the agent says and has not checked, or what the request has no place for: for the controller to
    read.
    """
    email = f"E-mail, as the agent says: {claims.email}" if claims.email and not claims.email_verified else ""
    phone = f"Phone, as the agent says: {claims.phone}" if claims.phone else ""
    return [line for line in (email, phone) if line]


def _match(exercise: Exercise) -> None:
    """One person: go on.

    Nobody: say so. Anything unsure is confirmed by the person, whether we know somebody of that name or not.
    """
    claims, _, _ = exercise.heard()
    if not claims.reliable:
        ask(exercise)
        return
    found = matching.reliably(exercise, claims)
    if not found:
        end(exercise, Exercise.Status.DENIED, Exercise.Reason.NO_MATCH)
    elif len(found) > 1:
        ask(exercise)
    else:
        identify(
            exercise,
            Person.objects.get(pk=found[0]),
            what=sentence(
                "An authorised agent has checked that it is you who asked {reference}",
                reference=exercise.request.reference if exercise.request else "",
            ),
        )


def ask(exercise: Exercise) -> None:
    """The person is to confirm it; the clock of the request stands meanwhile, as the law lets it."""
    until = timezone.now() + CONFIRMING
    request = _fresh(exercise)
    if request.waiting_since is None and not request.known:
        requests.ask_identity(request=request, by=CLERK)
    reason = Exercise.Reason.NEED_USER_VERIFICATION
    exercise.becomes(
        Exercise.Status.IN_PROGRESS,
        reason=reason,
        details=EXPLAINED[reason],
        verify_until=until,
        due_at=until,
    )


def identify(exercise: Exercise, person: Person, *, what: str) -> None:
    """It is known now who the person is; what was asked is carried out from here.

    ``what`` tells her how we know.
    """
    request = _fresh(exercise)
    if request.person_id is None:
        requests.identified(request=request, person=person, what=what)
    exercise.request = request
    now = timezone.now()
    exercise.becomes(
        Exercise.Status.IN_PROGRESS,
        details=sentence("It is known who the person is. Her request is being carried out."),
        claims=None,
        identified_at=now,
        due_at=now,
        code="",
        code_until=None,
        codes_sent=0,
        tries=0,
        expected=request.due,
    )


def _carry(exercise: Exercise) -> None:
    exercise.request = _fresh(exercise)
    refused = fulfilment.refused_at_once(exercise)
    if refused:
        end(exercise, Exercise.Status.DENIED, refused[0], refused[1])
        return
    if exercise.verify_until is None:
        # She was not asked herself, so she hears of it before anything happens.
        fulfilment.announce(exercise)
    fulfilment.carry(exercise)
    if exercise.over:
        close_request(exercise)


def end(exercise: Exercise, status: str, reason: str = "", details: str = "", *, why: str = "") -> bool:
    """An end, and the end of the request with it; ``why`` is told to the person.

    False when it had ended. Raises NotYet when it is too late.
    """
    if status != Exercise.Status.FULFILLED and not exercise.over:
        _stop(exercise)
    ended = exercise.becomes(status, reason=reason, details=details or EXPLAINED.get(reason, ""))
    if ended:
        close_request(exercise, why=why)
    return ended


def _stop(exercise: Exercise) -> None:
    """What was begun is stopped before anybody is told that it was: whoever dies in between has promised
    nothing.
    """
    request = _fresh(exercise) if exercise.request_id else None
    if request is not None and (request.closed_at is None or standing(request) is Standing.RUNNING):
        try:
            take_back(request, by=CLERK)
        except CannotCarryOut as no:
            raise requests.NotYet(str(no)) from None


def close_request(exercise: Exercise, *, why: str = "") -> None:
    """The request of an exercise that has ended.

    Without effect where it is closed, or the person was erased.
    """
    if exercise.request_id is None:
        return
    request = _fresh(exercise)
    if request.closed_at is None and request.keeper is not None:
        with letters.in_language_of(request):
            # What the agent is told in English, the person reads in her own language.
            reason = why or (_(exercise.details) if exercise.details else "")
        _close(request, by=CLERK, outcome=_outcome(exercise), reason=reason)


def _close(request: Request, *, by: Reader, outcome: str, reason: str) -> None:
    """A refusal is told to the person.

    Where nobody knows who she is, or where she can be written to, her agent is told alone.
    """
    try:
        requests.close(request=request, by=by, outcome=outcome, reason=reason)
    except requests.NotYet:
        if outcome != Request.Outcome.DENIED:
            raise
        requests.close(request=request, by=by, outcome=Request.Outcome.EXPIRED, reason=reason)


def _outcome(exercise: Exercise) -> str:
    if exercise.status == Exercise.Status.DENIED:
        found = {
            Exercise.Reason.NO_MATCH: Request.Outcome.NO_MATCH,
            Exercise.Reason.INSUF_VERIFICATION: Request.Outcome.EXPIRED,
        }
        return found.get(Exercise.Reason(exercise.reason), Request.Outcome.DENIED)
    return (
        Request.Outcome.REVOKED if exercise.status == Exercise.Status.REVOKED else Request.Outcome.FULFILLED
    )


def _fresh(exercise: Exercise) -> Request:
    found: Request = Request.objects.get(pk=exercise.request_id)
    return found


# What happens at the desk -----------------------------------------------------------------------------------


def follow() -> int:
    """Bring every exercise to where its request stands.

    Returns how many moved; one that cannot stands in nobody's way.
    """
    return sum(_followed(row, verb) for rows, verb in _following(timezone.now()) for row in list(rows))


def _following(now: datetime) -> Iterator[tuple[Any, Callable[[Exercise], object]]]:
    """What to look for, and what to do with each that is found.

    Each is looked for when those before it have moved.
    """
    running = Exercise.objects.running().filter(request__isnull=False).select_related("request")
    on_board = running.filter(request__closed_at=None)
    yield running.filter(request__closed_at__isnull=False), _ended_at_desk
    yield on_board.filter(request__person__isnull=False, identified_at=None), _known_at_desk
    asked = on_board.filter(
        request__waiting_since__isnull=False, request__person=None, identified_at=None, verify_until=None
    )
    yield asked.filter(received_at__lt=now - UNIFORM), ask
    yield on_board.exclude(expected=F("request__due")), _later_at_desk
    ended = Exercise.objects.exclude(ended_at=None).select_related("request")
    yield ended.filter(request__closed_at=None, request__keeper__isnull=False), close_request
    yield (
        ended.filter(status=Exercise.Status.FULFILLED, results_until__lte=now, results_taken_at=None),
        Exercise.turns_expired,
    )


def _followed(exercise: Exercise, verb: Callable[[Exercise], object]) -> bool:
    try:
        return verb(exercise) is not False
    except TROUBLE as trouble:
        log.warning("exercise %s is not followed: %s", exercise.pk, type(trouble).__name__)
        return False


def _ended_at_desk(exercise: Exercise) -> bool:
    """As it ended there; while what the answer told of still runs, nothing has."""
    assert exercise.request is not None
    stands = standing(exercise.request)
    if stands is Standing.RUNNING:
        return False
    outcome = Request.Outcome.REVOKED if stands is Standing.TAKEN_BACK else exercise.request.outcome
    status, reason, details = ENDINGS[outcome]
    # A reason chosen at the desk stands in the row already, with nothing told of it yet.
    return exercise.becomes(status, reason=reason, details=details)


def _known_at_desk(exercise: Exercise) -> None:
    assert exercise.request is not None and exercise.request.person_id is not None
    identify(exercise, Person.objects.get(pk=exercise.request.person_id), what="")


def _later_at_desk(exercise: Exercise) -> None:
    assert exercise.request is not None
    request = exercise.request
    extended = sentence(
        "The data controller needs longer, as {article} allows. The person was told the reasons.",
        article=request.term.article,
    )
    exercise.moves_to(
        request.due,
        (
            extended
            if request.extended_at
            else sentence("The clock stood while the person was asked to confirm who she is.")
        ),
    )


def refuse(exercise: Exercise, *, by: Reader, reason: str, words: str) -> None:
    """The controller refuses, in one word for the agent and in reasons for the person.

    Raises NotYet when it has ended, or it is too late.
    """
    if not exercise.over:
        _stop(exercise)
    if not exercise.becomes(
        Exercise.Status.DENIED,
        reason=reason,
        details=sentence("Refused by the data controller. The person was told the reasons."),
    ):
        raise requests.NotYet(_("This has ended already. Nothing was changed."))
    request = _fresh(exercise)
    if request.closed_at is None:
        _close(request, by=by, outcome=Request.Outcome.DENIED, reason=words)
