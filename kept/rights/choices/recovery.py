"""What somebody chose, put back when they take their sign-in address back: whoever held the ID may have said
yes, no, or nothing-any-more.

A yes given since then ends, and is asked anew: nothing stands on the word of a thief. Limits are again what
they were. A yes that was withdrawn does not come back by itself, as nobody may say it for her; neither does a
no, which only ever keeps data unused.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime

from django.utils import timezone

from kept.accounts.models import User
from kept.core.consent import choices
from kept.core.consent.consent_state import standing
from kept.core.ledger import versions
from kept.core.policy.verdict import Standing
from kept.people.models import Person
from kept.rights.choices import flows, options
from kept.sentences import sentence

OBJECTION, RESTRICTION = "objection", "restriction"


def put_back(user: User, since: datetime) -> Iterator[str]:
    """Each purpose on which she stands otherwise than before, by a choice made since then.

    Says each in a few words.
    """
    person = Person.objects.filter(pk=user.person_id).first()
    if person is None:
        return
    before, now = stood_at(person, since), standing(person.pk)
    titles = {id: purpose.title for id, purpose in versions.current().policy.purposes.items()}
    day = timezone.localdate()
    for purpose in sorted(now.consents - before.consents):
        if _say(person, purpose, options.NO):
            yield sentence(
                "A yes to “{title}” is taken back, {day}. If you want it, say yes again under Your choices",
                title=titles[purpose],
                day=day,
            )
    for purpose in sorted((before.consents - now.consents) & titles.keys()):
        yield sentence(
            "Your yes to “{title}” was taken back meanwhile. If you want it, say yes again under Your"
            " choices",
            title=titles[purpose],
        )
    for purpose in sorted((now.objections - before.objections - before.consents) & titles.keys()):
        yield sentence(
            "A no to “{title}” was said meanwhile, and stands. Take it back under Your choices",
            title=titles[purpose],
        )
    for purpose in sorted(now.restrictions - before.restrictions):
        if _say(person, purpose, options.LIFT):
            yield sentence(
                "The restriction of “{title}” is lifted again, {day}", title=titles[purpose], day=day
            )
    for purpose in sorted(before.restrictions - now.restrictions):
        if _say(person, purpose, options.RESTRICT):
            yield sentence("“{title}” is restricted again, as it was, {day}", title=titles[purpose], day=day)


def stood_at(person: Person, moment: datetime) -> Standing:
    """Where somebody stood then, from the dated answers and limits."""
    open_then = [
        one
        for one in choices.limits(person.pk)
        if one.since < moment and (one.until is None or one.until >= moment)
    ]
    objections = {one.purpose for one in open_then if one.kind == OBJECTION}
    said: dict[str, str] = {}
    for answer in choices.history(person.pk):
        if answer.recorded_at < moment and answer.answer != "acknowledged":
            said.setdefault(answer.purpose, answer.answer)
    consents = {purpose for purpose, answer in said.items() if answer == options.YES} - objections
    restrictions = {one.purpose for one in open_then if one.kind == RESTRICTION}
    return Standing(frozenset(consents), frozenset(objections), frozenset(restrictions))


def _say(person: Person, purpose: str, verb: str) -> bool:
    """Whether it was said: what the policy no longer offers stays as it is."""
    with suppress(flows.NotAChoice):
        return (
            flows.say_back(
                subject=person.pk,
                purpose=purpose,
                verb=verb,
                controller=person.controller,
                language=person.language,
            )
            is not None
        )
    return False
