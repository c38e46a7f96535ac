"""The journeys of an ID: made, and what happens to it noted where its owner reads it.

Each is one act in the ledger.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from uuid import UUID, uuid4

from django.utils.translation import get_language

from kept.accounts.models import SecurityEvent, User
from kept.core.consent.choices import Answer, Notice, choose
from kept.core.ledger import versions
from kept.core.vault import gate
from kept.core.vault.readers import Job, SelfReader, SystemReader
from kept.dates import LANGUAGES
from kept.people.models import Person
from kept.sentences import sentence

OVERVIEW = "/account/"
ANSWERS: dict[Answer, str] = {
    "yes": sentence("yes"),
    "no": sentence("no"),
    "acknowledged": sentence("acknowledged"),
}
PROGRAM, PROTECTION = SystemReader(job="accounts.security"), Job("accounts.security")


def note(*, user: User, what: str, kind: str = "collected") -> None:
    """Write a line into the person's own security log. ``what`` is a sentence without any value in it."""
    if user.person_id is None:
        return
    with gate.purpose("security", reader=PROGRAM, about=PROTECTION) as act:
        act.kind = kind
        SecurityEvent.objects.create(subject=user.subject, what=what)
        act.touch(user.subject, what=what)


def make_person(
    *, user: User, name: str, news: bool, notices: Mapping[str, str], reader_for: Callable[[UUID], SelfReader]
) -> Person:
    """The data subject behind a new ID, with what they chose and what they were told.

    ``notices``: purpose -> the text that was shown, in the language of the page; it becomes theirs.
    """
    language = get_language() or LANGUAGES[0]
    ruling = versions.current()
    subject = uuid4()
    reader = reader_for(subject)
    with gate.purpose("account", reader=reader, about=subject, source="sign-up") as act:
        act.kind = "collected"
        person = Person.objects.enrol(
            id=subject,
            name=name,
            email=user.email,
            controller=ruling.policy.company.region_of("").entity,
            language=language if language in LANGUAGES else LANGUAGES[0],
        )
        user.person = person
        user.save(update_fields=["person"])
        act.touch(subject, what=sentence("ID made"))
    _answered(subject, reader, "account", "acknowledged", notices["account"], ruling)
    if news:
        # A box left empty is no answer: it is neither a yes nor an objection.
        _answered(subject, reader, "news", "yes", notices["news"], ruling)
    return person


def _answered(
    subject: UUID, reader: SelfReader, purpose: str, answer: Answer, text: str, ruling: versions.Ruling
) -> None:
    with gate.purpose(purpose, reader=reader, about=subject, source="sign-up") as act:
        act.kind = "consented" if answer == "yes" else "acknowledged"
        notice = Notice(text, ruling.policy.purposes[purpose].clause, ruling.number)
        choose(
            subject,
            purpose,
            answer=answer,
            notice=notice,
            language=get_language() or LANGUAGES[0],
            source="sign-up",
            act=act.id,
        )
        act.touch(
            subject,
            what=sentence(
                "{purpose}: {answer}", purpose=ruling.policy.purposes[purpose].title, answer=ANSWERS[answer]
            ),
            chose={purpose: answer},
        )
