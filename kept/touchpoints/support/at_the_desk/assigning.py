"""Whose a case is at the desk: given to a colleague by name, or passed to the second level for a reason."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kept.accounts.models import StaffMember
from kept.core.vault import gate
from kept.core.vault.columns.values import show
from kept.core.vault.readers import Job, StaffReader, SystemReader
from kept.promises.guidelines.flows import waiting as unread_of
from kept.sentences import sentence
from kept.touchpoints.support.at_the_desk import flows, queues
from kept.touchpoints.support.at_the_desk.models import Escalation, SecondLevel
from kept.touchpoints.support.cases.flows import NotNow, locked
from kept.touchpoints.support.models import Case, Step

CLERK = SystemReader(job="support.assigning")


def colleagues(reader: StaffReader) -> list[StaffMember]:
    """Who may have a case of this role and company today: whoever holds the post, and has acknowledged the
    guidelines that bind it.
    """
    posts = StaffMember.objects.working().filter(role=reader.role, entity=reader.entity)
    found = list(posts.select_related("user__person").order_by("since", "pk"))
    unread = unread_of(found)
    return [post for post in found if post.pk not in unread]


def named(posts: Iterable[StaffMember]) -> list[tuple[StaffMember, str]]:
    """Each post with the name of who holds it, by name. The program opens the names for their colleagues, and
    each of them reads that it did.
    """
    with gate.purpose("staff", reader=CLERK, about=Job("support: colleagues")) as act:
        rows = [(post, post.user.person) for post in posts if post.user.person is not None]
        for _post, person in rows:
            act.touch(person.pk, what=sentence("A colleague saw your name, to give you a case"))
        found = [(post, str(show(person, "name"))) for post, person in rows]
    return sorted(found, key=lambda one: one[1].casefold())


def assign(*, reader: StaffReader, case: Case, to: StaffMember) -> None:
    """It is this colleague's from now on. Nothing personal is opened. Raises NotNow."""
    if to.pk not in {post.pk for post in colleagues(reader)}:
        raise NotNow(_("This colleague may not have the case. Choose somebody from the list."))
    with transaction.atomic():
        case = flows.locked_open(case)
        case.assignee = to.user.subject
        case.save(update_fields=["assignee"])
        case.step(Step.Kind.ASSIGNED, role=reader.role)


def escalate(*, reader: StaffReader, case: Case, reason: str) -> None:
    """Pass it to the second level: the reason stands among the notes, and nobody has the case until somebody
    there takes it. Raises NotNow.
    """
    if not queues.second_level(reader):
        raise NotNow(_("Nobody is on the second level. Whoever wants to be says so under Colleagues."))
    with (
        gate.purpose(case.purpose, reader=reader, about=case, source=case.matter_ref) as act,
        transaction.atomic(),
    ):
        act.kind = "collected"
        case = flows.locked_open(case)
        if case.escalations.filter(until=None).exists():
            raise NotNow(_("This case is with the second level already."))
        note = flows.written_note(reader, case, reason)
        Escalation.objects.create(case=case, note=note, role=reader.role, since=timezone.now())
        case.assignee = None
        case.save(update_fields=["assignee"])
        case.step(Step.Kind.ESCALATED, role=reader.role)
        act.touch(
            case.person_id,
            what=sentence("Case {reference} was passed to the second level", reference=case.reference),
        )


def take_back(*, reader: StaffReader, case: Case) -> None:
    """It is the first level's again, and whose it was passed on from may take it. Raises NotNow."""
    with transaction.atomic():
        case = locked(case)
        if not case.escalations.filter(until=None).update(until=timezone.now()):
            raise NotNow(_("This case is not with the second level."))
        case.step(Step.Kind.TAKEN_BACK, role=reader.role)


def join(reader: StaffReader) -> None:
    """From now on this member of staff is on the second level. Nothing opens by it that did not before."""
    SecondLevel.objects.get_or_create(subject=reader.actor, until=None, defaults={"since": timezone.now()})


def leave(reader: StaffReader) -> None:
    SecondLevel.objects.filter(subject=reader.actor, until=None).update(until=timezone.now())
