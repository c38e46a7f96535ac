"""A case shared with named colleagues of one's organisation: by default with nobody, a
confidential one never.
"""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kept.core.vault import gate
from kept.core.vault.columns.values import show
from kept.core.vault.readers import Job, SelfReader, SystemReader
from kept.outbox.mail import mail
from kept.people.models import Membership, Person
from kept.sentences import sentence
from kept.touchpoints.support.cases import flows
from kept.touchpoints.support.models import Case, Share, Step

HANDER = SystemReader(job="support.sharing")


class NeverShared(Exception):
    """The topic is confidential."""


def colleagues(person: Person) -> set[UUID]:
    """Who belongs to an organisation of theirs today, but themselves."""
    found = (
        Membership.objects.current().filter(organisation__in=person.organisations()).exclude(person=person)
    )
    return set(found.values_list("person_id", flat=True))


def named(case: Case) -> list[tuple[str, str]]:
    """(id, name) of the colleagues a case may be shared with. The program opens their names for its owner."""
    ids = colleagues(case.person)
    if not ids:
        return []
    with gate.purpose(case.purpose, reader=HANDER, about=Job(f"{case.matter_ref}: colleagues")) as act:
        people = list(Person.objects.filter(pk__in=ids))
        for one in people:
            act.touch(one.pk, what=sentence("A colleague saw your name, to share a case with you"))
        return sorted(
            ((str(one.pk), str(show(one, "name"))) for one in people), key=lambda it: it[1].casefold()
        )


def share(*, reader: SelfReader, case: Case, with_: Collection[UUID]) -> None:
    """From now on these colleagues may read and answer it, and nobody else. Raises NeverShared.

    Who is no colleague is left out.
    """
    if case.confidential:
        raise NeverShared(_("A case about this topic is never shared."))
    wanted = set(with_) & colleagues(case.person)
    with (
        gate.purpose(case.purpose, reader=reader, about=reader.subject, source=flows.SOURCES["web"]) as act,
        transaction.atomic(),
    ):
        act.kind = "changed"
        case = flows.locked(case)
        now = set(case.shares.filter(until=None).values_list("person_id", flat=True))
        end_shares(case, now - wanted)
        for id in wanted - now:
            Share.objects.create(case=case, person_id=id, since=timezone.now())
            case.step(Step.Kind.SHARED)
        act.touch(
            case.person_id,
            what=sentence("You chose who else reads case {reference}", reference=case.reference),
        )
    for id in wanted - now:
        _tell(case, id)


def end_shares(case: Case, whom: Collection[UUID]) -> None:
    """These colleagues read it no more. Joins the caller's transaction."""
    for _one in whom:
        case.step(Step.Kind.UNSHARED)
    case.shares.filter(person_id__in=whom, until=None).update(until=timezone.now())


def _tell(case: Case, colleague: UUID) -> None:
    with gate.purpose(
        case.purpose, reader=HANDER, about=Job(case.matter_ref), source=flows.SOURCES["web"]
    ) as act:
        person = Person.objects.get(pk=colleague)
        mail(
            subject=colleague,
            to=person.email,
            template="support/mail/shared.txt",
            context={"reference": case.reference, "address": flows.address_of(case)},
            purpose=case.purpose,
        )
        act.touch(colleague, what=sentence("Case {reference} was shared with you", reference=case.reference))


def end_since(person: Person, since: object) -> list[str]:
    """End what was shared in her name since then; the references of the cases. Each job may run again."""
    shares = Share.objects.filter(case__person=person, since__gte=since, until=None).select_related("case")
    found = sorted({share.case.reference for share in shares})
    shares.update(until=timezone.now())
    return found
