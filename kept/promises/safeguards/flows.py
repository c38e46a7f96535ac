"""Looking at a safeguard, and writing down that a rule was broken."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone

from kept.accounts.models import StaffMember, User
from kept.core.ledger import versions
from kept.core.policy.safeguards import Safeguard
from kept.core.vault import gate
from kept.core.vault.readers import Job, SystemReader
from kept.desk.staff.flows import Employer
from kept.people.models import Person
from kept.promises.safeguards.models import Infringement, Review
from kept.sentences import sentence

PURPOSE = "staff"
CLERK = SystemReader(job="safeguards")
OFFICER = "officer"
GUIDELINE, SAFEGUARD = "guideline", "safeguard"


class NotYours(Exception):
    """Another role answers for it."""


def may_look(role: str, safeguard: Safeguard) -> bool:
    """Whoever answers for it, and the privacy officer for all."""
    return role in (safeguard.owner, OFFICER)


def look(*, user: User, role: str, safeguard: Safeguard, evidence: str) -> Review:
    """They looked at it, and this is what they saw. Raises NotYours."""
    if not may_look(role, safeguard):
        raise NotYours
    about = Job(f"safeguard {safeguard.id}")
    with gate.purpose(PURPOSE, reader=CLERK, about=about, source="safeguard") as act, transaction.atomic():
        act.kind = "changed"
        row = Review(
            person_id=user.subject,
            safeguard=safeguard.id,
            evidence=evidence,
            looked_at=timezone.now(),
        )
        row.save(force_insert=True)
        act.touch(
            user.subject,
            what=sentence("You looked at the safeguard “{title}”", title=safeguard.title),
            safeguard=safeguard.id,
        )
    return row


def rules() -> dict[str, str]:
    """What can be broken, with its words: "guideline:support", "safeguard:media"."""
    policy = versions.spoken()
    found = {f"{GUIDELINE}:{one.id}": one.text(policy.language).title for one in policy.guidelines.values()}
    return found | {f"{SAFEGUARD}:{one.id}": one.title for one in policy.safeguards.values()}


def write_down(
    *,
    by: Employer,
    writer: User,
    concerns: StaffMember | None,
    rule: str,
    happened_on: date,
    happened: str,
    consequence: str,
) -> Infringement:
    """A rule was broken, and this follows. Whoever it concerns reads it in their own data.

    ``concerns``: a post of a company this employer sees to; None for nobody in particular. Raises NotYours of
    the staff.
    """
    entity = concerns.entity if concerns else by.reader.entity
    by.may(entity)
    about: Person | None = (concerns.user if concerns else writer).person
    assert about is not None
    with by.act(entity) as act, transaction.atomic():
        by.note(act, sentence("You wrote down that a rule was broken"))
        row = Infringement(
            person=about,
            entity=entity,
            rule=rule,
            named=concerns is not None,
            happened_on=happened_on,
            happened=happened,
            consequence=consequence,
            recorded_at=timezone.now(),
        )
        row.save(force_insert=True)
        if concerns is not None:
            act.touch(about.pk, what=sentence("It was written down that a rule was broken, and what follows"))
    return row
