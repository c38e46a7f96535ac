"""Two cases put together and taken apart again, part of one made a case of its own, and cases linked."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Case as Either
from django.db.models import F, Q, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from kept import references
from kept.accounts.models import User
from kept.core.vault import gate
from kept.core.vault.readers import StaffReader
from kept.sentences import sentence
from kept.touchpoints.support.at_the_desk.models import CaseLink
from kept.touchpoints.support.cases import flows, service_levels
from kept.touchpoints.support.cases.attachments import resealed
from kept.touchpoints.support.cases.flows import NotNow, Said, locked
from kept.touchpoints.support.cases.sharing import end_shares
from kept.touchpoints.support.cases.words import said_in
from kept.touchpoints.support.models import Case, Message, Step

UNDO_WITHIN = timedelta(days=1)


def _act(reader: StaffReader, case: Case) -> gate.purpose:
    return gate.purpose(case.purpose, reader=reader, about=case, source=case.matter_ref)


def may_merge(case: Case, into: Case) -> bool:
    """Two of the same person, or a mail that named the other and waits for a look; of one kind, both open.
    What is confidential goes into nothing that may be shared.
    """
    same = case.person_id == into.person_id or case.suggested_id == into.pk
    alike = case.kind == into.kind and (into.confidential or not case.confidential)
    return same and alike and case.pk != into.pk and case.matter_open and into.matter_open


def merge(*, reader: StaffReader, case: Case, into: Case) -> int:
    """Put a case together with another: its messages go there, and its calls and notes where they are of the
    same person. How many messages went.

    Who could read one of them alone reads neither from now on. For a day it can be taken apart again. What
    came to it from others knows where it came from first, so that several are taken apart step by step.
    Raises NotNow.
    """
    with _act(reader, into) as act, transaction.atomic():
        act.kind = "changed"
        case, into = locked(case), locked(into)
        if not may_merge(case, into):
            raise NotNow(_("These two cases cannot be put together."))
        moved = _move(case.conversation.select_related("case"), to=into, keeper=into.person_id, left=case)
        came_to = Coalesce("came_to", Value(case.pk))
        case.calls.filter(person_id=into.person_id).update(case=into, came_to=came_to)
        case.staff_notes.filter(keeper=into.person_id).update(case=into, came_to=came_to)
        # Closed as a case of its own, so that its term begins; its words live on with the other.
        case.merged_into, case.worked_at = into, timezone.now()
        case.closed_at = case.worked_at
        case.save(update_fields=["merged_into", "worked_at", "closed_at"])
        _follow(case, into)
        into.step(Step.Kind.MERGED, role=reader.role)
        act.touch(
            into.person_id,
            what=sentence("Two of your cases were put together as {reference}", reference=into.reference),
        )
    return moved


def _follow(case: Case, into: Case) -> None:
    """What was true of one is true of both: the level, who waits for whom, and the fewest who read it."""
    passed_on = case.escalations.filter(until=None).first()
    if passed_on is not None and not into.escalations.filter(until=None).exists():
        into.escalations.create(note=passed_on.note, role=passed_on.role, since=passed_on.since)
    if case.awaits == Case.Awaits.US:
        into.awaits, into.snoozed_until = Case.Awaits.US, None
        service_levels.go_on(into, timezone.now())
        into.save(update_fields=["awaits", "snoozed_until", "answer_by", "close_by", "clock"])
    if case.person_id == into.person_id:
        both = set(case.shares.filter(until=None).values_list("person_id", flat=True))
        end_shares(into, set(into.shares.filter(until=None).values_list("person_id", flat=True)) - both)


def split(*, reader: StaffReader, case: Case) -> int:
    """Take apart what was put together: each message, call and note goes back where it came from. Raises
    NotNow.
    """
    into = case.merged_into
    if into is None or timezone.now() - case.worked_at > UNDO_WITHIN:
        raise NotNow(_("This can no longer be taken apart."))
    if into.merged_into is not None:
        raise NotNow(_("Take {reference} apart first.").format(reference=into.reference))
    with _act(reader, into) as act, transaction.atomic():
        act.kind = "changed"
        case = locked(case)
        brought = Q(came_to__in=_with_merged(case))
        theirs = into.conversation.select_related("case").filter(brought)
        moved = _move(theirs, to=case, keeper=case.person_id, back=True)
        home = Either(When(came_to=case, then=Value(None)), default=F("came_to"))
        for rows in (into.calls, into.staff_notes):
            rows.filter(brought).update(case=case, came_to=home)
        case.merged_into, case.closed_at, case.worked_at = None, None, timezone.now()
        service_levels.set_due(case)
        case.save(update_fields=["merged_into", "closed_at", "worked_at", "answer_by", "close_by", "clock"])
        into.step(Step.Kind.SPLIT, role=reader.role)
        act.touch(
            into.person_id, what=sentence("Case {reference} was taken apart again", reference=into.reference)
        )
    return moved


def _with_merged(case: Case) -> list[UUID]:
    """The case and all that were put together with it, one after the other."""
    found = [case]
    for one in found:
        found += one.merged.all()
    return [one.pk for one in found]


def part(*, reader: StaffReader, case: Case, chosen: Collection[UUID]) -> Case:
    """Make a case of its own of some messages, whenever that turns out; putting the two together undoes it.

    Whoever follows it without an ID is sent its code. Raises NotNow.
    """
    with _act(reader, case) as act, transaction.atomic():
        act.kind = "changed"
        case = locked(case)
        rows = list(case.conversation.select_related("case").filter(pk__in=chosen).order_by("at"))
        if not case.matter_open or not rows or len(rows) == case.conversation.count():
            raise NotNow(_("Choose some of the messages, and leave at least one."))
        made = _beside(case, rows[0])
        for one in rows:
            one.parted_from = one.parted_from or one.came_to or case
        _move(rows, to=made, keeper=case.person_id, back=True)
        case.step(Step.Kind.PARTED, role=reader.role)
        CaseLink.between(made, case, CaseLink.Kind.FOLLOWS, role=reader.role)
        act.touch(
            case.person_id,
            what=sentence(
                "Part of case {reference} went into a case of its own, {made}",
                reference=case.reference,
                made=made.reference,
            ),
        )
    return made


def _beside(case: Case, first: Message) -> Case:
    """A case of the same person about the same product, begun by this message."""
    made = Case(reference=references.make("SUP"), kind=case.kind)
    said = Said(
        kind=case.kind,
        text=first.words,
        topic=case.topic,
        severity=case.severity,
        product=case.product,
        holding=case.holding,
    )
    flows.fill(made, case.person, said, first.channel)
    made.entity, made.market, made.language = case.entity, case.market, case.language
    service_levels.set_due(made)
    code = "" if User.objects.filter(person=case.person).exists() else flows.new_code()
    made.code = code and flows.mark(made.reference, code)
    made.save(force_insert=True)
    made.step(Step.Kind.OPENED)
    if code:
        flows.acknowledge(made, case.person, code)
    return made


def _move(
    rows: Iterable[Message], *, to: Case, keeper: UUID, left: Case | None = None, back: bool = False
) -> int:
    """What belongs to another person from now on is sealed anew, under their key; files with it.

    ``left``: the case they leave, which a message remembers if it came to no other before. ``back``: whoever
    comes home forgets.
    """
    found = list(rows)
    for one in found:
        words, mail_id, changes = one.words, one.mail_id, one.keeper != keeper
        one.case = to
        if left is not None:
            one.came_to = one.came_to or left
        if back and (one.came_to_id == to.pk or one.parted_from_id is not None):
            one.came_to = None
        if changes and one.author != Message.Author.COLLEAGUE:
            one.keeper, one.text, one.enquiry = keeper, None, None
            setattr(one, said_in(to.kind), words)
            one.mail_id = mail_id
        one.save()
        for each in one.attachments.all() if changes else ():
            each.file, each.keeper = resealed(each.file, one.keeper), one.keeper
            each.save(update_fields=["keeper", "file"])
    return len(found)


def link(*, reader: StaffReader, case: Case, other: Case, kind: str) -> None:
    """Say that two cases belong together, and how. Nothing personal is opened. Raises NotNow."""
    alike = case.kind == other.kind and case.entity == other.entity
    if not alike or case.pk == other.pk:
        raise NotNow(_("Enter the reference of another case of your queue"))
    with transaction.atomic():
        CaseLink.between(case, other, kind, role=reader.role)


def unlink(*, case: Case, id: int) -> None:
    """They belong together no more."""
    mine = CaseLink.objects.filter(Q(case=case) | Q(other=case), pk=id, until=None)
    mine.update(until=timezone.now())
