"""The person shows that she is herself: by a session, or by a code that comes back from the address we know.

Never by what the agent says.

Somebody who is not known gets the same pages and the same answers; only no mail is written, and no code is
ever right.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from uuid import UUID

from django.db.models import F
from django.utils import timezone

from kept.core.vault import gate
from kept.core.vault.readers import Job, SelfReader, SystemReader
from kept.outbox import deferred_work
from kept.outbox.mail import mail
from kept.people.mailboxes import canonical
from kept.people.models import Person
from kept.rights.agents import matching, progress
from kept.rights.agents.fulfilment import name_of
from kept.rights.agents.models import MARKS, Exercise
from kept.sentences import sentence

PURPOSE = "requests"
SENDER = SystemReader(job="agents.code")
CODE_LIVES = timedelta(minutes=15)
MOST_CODES = 5
TRIES = 5
"""For one code: six figures stand for five tries.

After as many as three codes had, the request is refused.
"""
TRIES_ALTOGETHER = 15
HALF = 16
"""Hex digits of each of the two marks that a code is kept as: of itself, and of whom it went to."""


def send_code(exercise: Exercise) -> None:
    """Have a code sent to the address we know of whoever is meant: the worker looks, so that the answer here
    is the same for everybody.
    """
    if Exercise.objects.filter(pk=exercise.pk, codes_sent__lt=MOST_CODES).update(
        codes_sent=F("codes_sent") + 1
    ):
        deferred_work.leave("agents.code", id=str(exercise.pk))


@deferred_work.runs("agents.code")
def _send_code(*, id: str) -> None:
    """Nothing where nobody is meant, or several are."""
    exercise = Exercise.objects.filter(pk=id).select_related("request").first()
    found = _meant(exercise) if exercise is not None else []
    if exercise is None or len(found) != 1:
        return
    code = f"{secrets.randbelow(1_000_000):06d}"
    with gate.purpose(
        PURPOSE, reader=SENDER, about=Job(f"agents.code {exercise.pk}"), source="authorised agent"
    ):
        person = Person.objects.filter(pk=found[0]).first()
        if person is None or not person.email:
            return
        said = {"code": code, "agent": name_of(exercise), "exercise": exercise.exercise}
        mail(
            subject=person.pk, to=person.email, template="agents/mail/code.txt", context=said, purpose=PURPOSE
        )
        mark = _mark(exercise, code) + _whose(exercise, person.pk, person.email)
        Exercise.objects.filter(pk=exercise.pk).update(code=mark, code_until=timezone.now() + CODE_LIVES)


def proven(exercise: Exercise, code: str) -> Person | None:
    """The person whose code this is; it is used up by being right.

    Each wrong one counts, and after five the code is worth nothing.

    Nobody is looked for until a code fits, so that a wrong one costs the same, whether a code was sent or
    nobody is meant.
    """
    now = timezone.now()
    Exercise.objects.filter(pk=exercise.pk).update(tries=F("tries") + 1)
    row = Exercise.objects.get(pk=exercise.pk)
    alive = row.code_until is not None and now < row.code_until and row.tries <= TRIES_ALTOGETHER
    if secrets.compare_digest(row.code[:HALF], _mark(row, code)) and alive:
        person = _of_address(row)
        if person is not None and Exercise.objects.filter(pk=row.pk, code=row.code).update(
            code="", code_until=None
        ):
            return person
    if row.tries % TRIES == 0:
        Exercise.objects.filter(pk=row.pk).update(code="", code_until=None)
    if row.tries >= TRIES_ALTOGETHER and not row.over:
        progress.end(row, Exercise.Status.DENIED, Exercise.Reason.INSUF_VERIFICATION)
    return None


def _of_address(exercise: Exercise) -> Person | None:
    """Whom the code was mailed to, while the address it went to is theirs."""
    meant = _meant(exercise)
    with gate.purpose(
        PURPOSE, reader=SENDER, about=Job(f"agents.code {exercise.pk}"), source="authorised agent"
    ):
        for person in Person.objects.filter(pk__in=meant):
            if secrets.compare_digest(exercise.code[HALF:], _whose(exercise, person.pk, person.email or "")):
                return person
    return None


def fits(exercise: Exercise, person: Person, reader: SelfReader) -> bool:
    """Whether whoever is signed in is who the agent speaks of: by address or number.

    Only her own data is asked.
    """
    claims, _, _ = exercise.heard()
    if not (claims.email or claims.phone):
        return True
    with gate.purpose(PURPOSE, reader=reader, about=person):
        own = canonical(str(person.email or ""))
    return (bool(claims.email) and own == canonical(claims.email)) or person.pk in matching.perhaps(
        exercise, claims
    )


def confirm(exercise: Exercise, person: Person) -> None:
    """She is who the agent speaks of, and wants what it asks for."""
    asked = exercise.request.reference if exercise.request else ""
    progress.identify(
        exercise,
        person,
        what=sentence("You confirmed that an authorised agent asks {reference} for you", reference=asked),
    )


def disown(exercise: Exercise) -> None:
    """She did not ask for this.

    Nothing more is done, and the agent learns why. It needs no proof: whoever holds the address can only stop
    it.
    """
    progress.end(exercise, Exercise.Status.DENIED, Exercise.Reason.SUSPECTED_FRAUD)


def _meant(exercise: Exercise) -> list[UUID]:
    """Whom the exercise is about: known already, or perhaps."""
    if exercise.identified_at is not None or exercise.over:
        return (
            [exercise.request.person_id]
            if exercise.request is not None and exercise.request.person_id
            else []
        )
    claims, _, _ = exercise.heard()
    return matching.perhaps(exercise, claims)


def _mark(exercise: Exercise, code: str) -> str:
    return MARKS.mark(f"code|{exercise.pk}|{''.join(code.split())}")[:HALF]


def _whose(exercise: Exercise, subject: UUID, address: str) -> str:
    """Binds the code to the address it is mailed to: once that is somebody else's, or was taken back, it is
    worth nothing.
    """
    return MARKS.mark(f"code for|{exercise.pk}|{subject}|{canonical(address)}")[:HALF]
