"""Between the answer that an erasure was begun and its day, nothing of the person is used: every use that can
be restricted is, until it is undone.
"""

from __future__ import annotations

from kept.core.consent.choices import limits
from kept.core.consent.consent_state import standing
from kept.core.ledger import versions
from kept.people.models import Person
from kept.rights.choices import flows as choices
from kept.rights.choices import options
from kept.rights.erasure import steps
from kept.rights.erasure.models import Erasure
from kept.rights.requests.models import Request


def restrict_everything(request: Request) -> None:
    """Each in an act of its own with its receipt.

    What stands so already, by the person's own word, stays theirs.
    """
    person = request.person
    assert person is not None
    for one in options.options(versions.current().policy, standing(person.pk)):
        if options.RESTRICT in one.verbs:
            _say(person, one.purpose.id, options.RESTRICT, request.matter_ref)


def lift_again(erasure: Erasure) -> None:
    """It is undone: what was restricted for it alone is used as before. Done again it finds nothing."""
    person = Person.objects.filter(pk=erasure.subject).first() if erasure.about else None
    if person is None:
        return
    for limit in limits(person.pk):
        if limit.until is None and limit.kind == limit.Kind.RESTRICTION and limit.source == erasure.about:
            _say(person, limit.purpose, options.LIFT, erasure.about)


def _say(person: Person, purpose: str, verb: str, matter: str) -> None:
    try:
        choices.say_for(
            subject=person.pk,
            purpose=purpose,
            verb=verb,
            controller=person.controller,
            language=person.language,
            by=steps.ERASER,
            matter=matter,
        )
    except choices.NotAChoice:
        # The policy of today knows no such use any more: there is nothing to restrict, or to lift.
        return
