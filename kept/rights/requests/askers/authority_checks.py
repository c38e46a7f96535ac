"""Somebody asks for somebody else: nothing is answered or carried out before a controller saw what shows that
they may.
"""

from __future__ import annotations

from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kept.core.vault import gate
from kept.core.vault.readers import StaffReader
from kept.core.vault.subject_keys import keys
from kept.people.models import Person
from kept.rights.requests.askers.representation import authority_of, representative_of
from kept.rights.requests.course import letters
from kept.rights.requests.course.in_text import in_text
from kept.rights.requests.course.verbs import (
    NotYet,
    act_of,
    lacks_authority,
    locked,
    ran_on,
    run_on,
    step,
    tell,
)
from kept.rights.requests.models import Asker, Authority, Representative, Request, Step
from kept.sentences import sentence

BY_LETTER = "to be told by letter today"


def ask_authority(*, request: Request, by: StaffReader, missing: str) -> None:
    """Tell the asker what is missing.

    The clock stands until it is confirmed, or no longer asked for. Raises NotYet.
    """
    missing = missing.strip()
    with act_of(request, by) as act, transaction.atomic():
        act.kind = "changed"
        row = locked(request)
        authority = authority_of(row)
        if authority is None or not lacks_authority(row):
            raise NotYet(_("There is nothing to ask for: whoever asks may ask."))
        if not missing:
            raise NotYet(_("Write what is missing: they are told in these words."))
        fresh = row.waiting_since is None
        if fresh:
            row.waiting_since = timezone.now()
            row.save(update_fields=["waiting_since"])
        authority.lack(missing)
        step(
            row,
            by,
            Step.Kind.AUTHORITY_ASKED,
            sentence("What shows that they may ask was asked for; the clock stands"),
            reason=missing,
        )
        if not letters.ask_authority(row, missing=missing):
            # A clock that stood while nobody was asked would be a way to win time.
            raise NotYet(
                _(
                    "No e-mail address is known, so nobody can be asked that way. Write to them; the clock"
                    " runs on meanwhile."
                )
            )
        tell(
            row,
            sentence(
                "We asked for the proof of authority, {reference}; the clock stands until then",
                reference=row.reference,
            )
            if fresh
            else sentence(
                "We asked once more for the proof of authority, {reference}", reference=row.reference
            ),
        )
    request.refresh_from_db()


def begin(row: Request, *, relation: str) -> Authority:
    """What was taken in as one person's own turns out to be asked for another: whoever wrote it is the asker.

    Inside an act and transaction.
    """
    asker = Representative(request=row, keeper=uuid4())
    Asker.enrol(asker.keeper, row.controller)
    asker.name, asker.email, asker.address = row.name, row.email, row.address
    asker.save(force_insert=True)
    authority = Authority(request=row, relation=relation, who=row.name)
    authority.save(force_insert=True)
    row.name = row.email = row.address = None
    row.save(update_fields=["name", "email", "address"])
    return authority


def confirm(
    row: Request,
    person: Person,
    *,
    by: StaffReader,
    relation: str,
    seen: str,
    telling: str,
    proof: UUID | None,
) -> None:
    """A controller saw what shows that they may ask for ``person``, whose request it is from now on.

    Inside an act and transaction, ``row`` locked.

    The person is told, unless they are dead, or a child in the care of whoever asks. Raises NotYet.
    """
    authority = authority_of(row) or begin(row, relation=relation)
    authority.relation = relation
    authority.check_by(
        role=by.role, entity=by.entity, seen=seen, telling=telling, proof=proof, at=timezone.now()
    )
    who, kind = authority.who or "", authority.get_relation_display()
    settle_identity(
        row,
        person,
        what=sentence(
            "The data controller confirmed that {relation} may ask for you, {reference}",
            relation=in_text(kind),
            reference=row.reference,
        ),
    )
    told: str = Authority.Telling(telling).label
    if telling == Authority.Telling.TOLD:
        told = (
            sentence("They were told by mail")
            if letters.represented(row, person=person, who=who, relation=kind)
            else sentence("They are to be told by letter today")
        )
    what = sentence("{relation} may ask. {told}", relation=kind, told=told)
    step(row, by, Step.Kind.AUTHORITY_CONFIRMED, what)


def settle_identity(row: Request, person: Person, *, what: str) -> None:
    """What is done once it is sure. Joins the open act and transaction; ``row`` is locked. Raises NotYet."""
    if row.known:
        raise NotYet(_("It is known already who asks, and it is somebody else."))
    before = row.keeper
    days = run_on(row)
    row.concerns(person)
    if before and before != person.pk:
        asker = representative_of(row)
        letters.follow(before, asker.keeper if asker else person.pk)
        keys.destroy(before)
    row.note(
        Step.Kind.IDENTIFIED,
        role="system",
        what=ran_on(sentence("Who asks was confirmed"), days),
        until=row.due,
    )
    gate.current().touch(person.pk, what=what)


def refuse(row: Request, *, missing: str) -> None:
    """The request ends here: it was not shown that they may ask. Inside an act and transaction."""
    authority = authority_of(row)
    if authority is not None:
        authority.lack(missing, refused_at=timezone.now())
