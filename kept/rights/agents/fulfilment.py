"""Carry out what was asked, once it is known who the person is.

Whatever brings data brings it to her, never to the agent.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from kept.core.consent import choices
from kept.core.ledger import versions
from kept.core.vault import gate
from kept.core.vault.errors import KeyErased
from kept.core.vault.readers import Job, SystemReader
from kept.outbox.mail import mail
from kept.people.models import Person
from kept.rights.agents import directory, status
from kept.rights.agents.claims import REGIMES
from kept.rights.agents.models import Exercise
from kept.rights.choices import options
from kept.rights.receipts import flows as receipts
from kept.rights.requests.course import fulfilment_registry, letters
from kept.rights.requests.models import Request
from kept.sentences import sentence

PURPOSE = "requests"
CARRIER = SystemReader(job="agents.carry")
LIVES = timedelta(days=14)
"""How long what an access brought can be fetched, where the policy has no clock for a copy."""
EVERY = timedelta(days=365)
OFTEN = 2
"""Cal. Civ. Code § 1798.130(b): a business need not answer more than twice in twelve months."""


def carry(exercise: Exercise) -> None:
    """One step of the worker. Raises CannotCarryOut, and what the vault raises."""
    if exercise.access:
        _access(exercise)
    elif exercise.exercise == "deletion":
        _deletion(exercise)
    else:
        _sale(exercise)


def announce(exercise: Exercise) -> None:
    """Tell the person, at the address we know, who asks for what in her name, and how to stop it or turn it
    back.

    What an access brings is announced by itself: it goes to her alone.
    """
    if not exercise.access:
        choices_ = settings.KEPT_SITE + reverse("choices")
        _write(exercise, "asked", {"address": status.address(exercise, "confirming"), "choices": choices_})


def refused_at_once(exercise: Exercise) -> tuple[str, str] | None:
    """Reason and words of a refusal that needs nobody's judgement; None to go on."""
    if exercise.exercise == "sale:opt-in" and not _signalled():
        return (
            Exercise.Reason.CLAIM_NOT_COVERED,
            sentence("Nothing is sold or shared here, so there is nothing to opt in to."),
        )
    person = exercise.request.person_id if exercise.request else None
    if exercise.access and exercise.regime in REGIMES and person is not None:
        before = Request.objects.of(person).exclude(pk=exercise.request_id)
        answered = before.filter(
            kind="access", outcome__in=("answered", "fulfilled"), closed_at__gt=timezone.now() - EVERY
        )
        if answered.count() >= OFTEN:
            return (
                Exercise.Reason.TOO_MANY_REQUESTS,
                sentence(
                    "Answered twice in the last twelve months. The person can take a copy at the portal at"
                    " any time."
                ),
            )
    return None


def _access(exercise: Exercise) -> None:
    """There is nothing to hand to an agent.

    A page waits for the person, who shows there that she is herself.
    """
    clock = versions.current().policy.clocks.get("copy")
    until = timezone.now() + (clock.within.length() if clock else LIVES)
    last = sentence("{day}", day=timezone.localtime(until).date())
    _write(exercise, "results", {"address": status.address(exercise, "results"), "until": last})
    exercise.becomes(
        Exercise.Status.FULFILLED,
        details=sentence("The answer waits for the person at results_url. She shows there that it is her."),
        results_until=until,
    )


def _deletion(exercise: Exercise) -> None:
    """Erasure has its own steps and its own time to think again. It ends when the request does."""
    assert exercise.request is not None
    fulfilment_registry.carry_out(exercise.request, by=CARRIER)
    exercise.becomes(
        Exercise.Status.IN_PROGRESS,
        details=sentence(
            "The erasure has begun. It is carried out after the days in which the person can still undo it."
        ),
        carried_at=timezone.now(),
    )


def _sale(exercise: Exercise) -> None:
    """A no to everything the policy lets a browser's signal decide, or that no taken back.

    Nothing else is sold or shared here.

    Opting in never records a consent: that is given by the person herself, before the words it is a yes to.
    """
    assert exercise.request is not None
    subject, out = exercise.request.person_id, exercise.exercise == "sale:opt-out"
    assert subject is not None
    with (
        gate.purpose(
            PURPOSE, reader=CARRIER, about=Job(f"agents.carry {exercise.pk}"), source="authorised agent"
        ) as act,
        transaction.atomic(),
    ):
        act.kind = "objected" if out else "lifted"
        said = (
            sentence("{agent} said for you: no to being sold, shared or followed", agent=name_of(exercise))
            if out
            else sentence(
                "{agent} said for you: that it takes back your no to being sold, shared or followed",
                agent=name_of(exercise),
            )
        )
        chose = dict.fromkeys(_signalled(), "no" if out else "lift-no")
        act.touch(subject, what=said, chose=chose)
        person = Person.objects.get(pk=subject)
        for purpose in _signalled():
            _choose(purpose, person, out, act.id)
        details = (
            sentence("Opted out of every sale and sharing.")
            if out
            else sentence("The opt-out was taken back. Uses that need a yes still wait for the person's own.")
        )
        exercise.becomes(Exercise.Status.FULFILLED, details=details, carried_at=timezone.now())


def _choose(purpose: str, person: Person, out: bool, act: Any) -> None:
    ruling = versions.current()
    known = ruling.policy.purposes[purpose]
    language = letters.spoken(person.language)
    shown = options.notice(ruling.policy, known, ruling.number, language)
    if out:
        choices.choose(
            person.pk,
            purpose,
            answer="no",
            notice=shown,
            language=language,
            source="authorised agent",
            act=act,
        )
    else:
        choices.lift(person.pk, purpose, kinds=("objection",))
    receipts.give(
        "withdrawal" if out else "consent",
        controller=person.controller,
        act=act,
        purposes=[purpose],
        ruling=ruling,
        control=reverse("choices"),
        notice={"hash": shown.hash(language), "language": language, "clause": shown.clause},
        more={
            sentence("What was chosen"): (
                sentence("No, through an authorised agent")
                if out
                else sentence("The no was taken back, through an authorised agent")
            )
        },
    )


def _signalled() -> list[str]:
    """The purposes that come nearest to a sale or sharing: those a Sec-GPC signal says no to."""
    return [id for id, purpose in versions.current().policy.purposes.items() if purpose.signal]


def name_of(exercise: Exercise) -> str:
    known = directory.agents().get(exercise.agent)
    return known.name if known else exercise.agent


def _write(exercise: Exercise, template: str, context: dict[str, Any]) -> None:
    """A mail to the address we know. Of whoever was erased a moment ago, nobody is left to write to."""
    assert exercise.request is not None and exercise.request.person_id is not None
    subject = exercise.request.person_id
    said = {
        "agent": name_of(exercise),
        "exercise": exercise.exercise,
        "request": exercise.request,
        "site": settings.KEPT_SITE,
        **context,
    }
    with gate.purpose(
        PURPOSE, reader=CARRIER, about=Job(f"agents.carry {exercise.pk}"), source="authorised agent"
    ):
        person = Person.objects.filter(pk=subject).first()
        if person is None:
            raise KeyErased("This person was erased.")
        if person.email:
            mail(
                subject=subject,
                to=person.email,
                template=f"agents/mail/{template}.txt",
                context=said,
                purpose=PURPOSE,
            )
