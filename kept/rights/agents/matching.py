"""Who does an agent speak of?

Persons are looked for by what was said, within the purpose of answering requests, and each look is on their
timeline.
"""

from __future__ import annotations

from uuid import UUID

from kept.core.vault import gate
from kept.core.vault.readers import Job, SystemReader
from kept.people import phones
from kept.people.models import Person
from kept.rights.agents.claims import Claims
from kept.rights.agents.models import Exercise
from kept.sentences import sentence

PURPOSE = "requests"
MATCHER = SystemReader(job="agents.match")


def reliably(exercise: Exercise, claims: Claims) -> list[UUID]:
    """Everybody whom the claims the agent has checked lead to: nobody, one, or several where mail and phone
    disagree.
    """
    email = claims.email if claims.email_verified else ""
    return _found(exercise, email, claims.phone if claims.phone_verified else "")


def perhaps(exercise: Exercise, claims: Claims) -> list[UUID]:
    """Everybody the claims may mean, checked by the agent or not. Whoever of them confirms it is the one."""
    return _found(exercise, claims.email, claims.phone)


def _found(exercise: Exercise, email: str, phone: str) -> list[UUID]:
    found: dict[UUID, Person] = {}
    with gate.purpose(PURPOSE, reader=MATCHER, about=Job(f"agents.match {exercise.pk}")) as act:
        if email:
            found |= {person.pk: person for person in Person.objects.find(email=email)}
        if phone:
            number = _number(phone)
            found |= {person.pk: person for person in (Person.objects.find(phone=number) if number else [])}
        for subject in found:
            act.touch(subject, what=sentence("Looked for, because an authorised agent asked in your name"))
    return list(found)


def _number(text: str) -> str:
    """E.164, as the protocol wants it; "" for what is no number and finds nobody."""
    try:
        return phones.parse(text).e164
    except phones.PhoneError:
        return ""
