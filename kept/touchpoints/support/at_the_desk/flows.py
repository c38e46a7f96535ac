"""What the desk does in a case: note, take, put off, close, reveal; and two cases put together.

Each is one act and one transaction, bound to the case while it is open.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kept.core.vault import gate
from kept.core.vault.readers import StaffReader
from kept.desk.models import REVEALED_FOR
from kept.sentences import sentence
from kept.touchpoints.support.cases import flows, service_levels
from kept.touchpoints.support.cases.attachments import resealed
from kept.touchpoints.support.cases.flows import NotNow, locked
from kept.touchpoints.support.cases.sharing import end_shares
from kept.touchpoints.support.cases.words import said_in
from kept.touchpoints.support.models import Case, Message, Note, Reveal, Step

UNDO_WITHIN = timedelta(days=1)


def _act(reader: StaffReader, case: Case, reason: str = "") -> gate.purpose:
    return gate.purpose(case.purpose, reader=reader, about=case, reason=reason, source=case.matter_ref)


def locked_open(case: Case) -> Case:
    """The case as it stands now, held until the transaction ends. Raises NotNow once it is closed."""
    case = locked(case)
    if not case.matter_open:
        raise NotNow(_("This case is closed already."))
    return case


def note(*, reader: StaffReader, case: Case, text: str) -> Note:
    """For colleagues: it is never sent, and is part of the person's copy."""
    with _act(reader, case) as act, transaction.atomic():
        act.kind = "collected"
        case = locked_open(case)
        made = written_note(reader, case, text)
        act.touch(
            case.person_id,
            what=sentence("Staff noted something in case {reference}", reference=case.reference),
        )
    return made


def written_note(reader: StaffReader, case: Case, text: str) -> Note:
    """A note in a case that is locked. Joins the open act."""
    made = Note(case=case, keeper=case.person_id, writer=reader.actor, role=reader.role, at=timezone.now())
    setattr(made, said_in(case.kind), flows.covered(text.strip()))
    made.save(force_insert=True)
    return made


def take(*, reader: StaffReader, case: Case, give_back: bool = False) -> None:
    """Somebody is on it, or is not any more. Nothing personal is opened."""
    with transaction.atomic():
        case = locked_open(case)
        case.assignee = None if give_back else reader.actor
        case.save(update_fields=["assignee"])
        if not give_back:
            case.step(Step.Kind.TAKEN, role=reader.role)


def snooze(*, reader: StaffReader, case: Case, until: datetime) -> None:
    """Out of the queue until a day, or until somebody writes."""
    with transaction.atomic():
        case = locked_open(case)
        case.snoozed_until = until
        case.save(update_fields=["snoozed_until"])
        case.step(Step.Kind.SNOOZED, role=reader.role, until=until)


def close(*, reader: StaffReader, case: Case) -> None:
    """Done, as staff see it; the person can open it again. Raises NotNow."""
    with _act(reader, case) as act, transaction.atomic():
        act.kind = "closed"
        flows.end(locked_open(case), role=reader.role)
        act.touch(case.person_id, what=sentence("Support closed case {reference}", reference=case.reference))


def reveal(*, reader: StaffReader, case: Case, field: str, reason: str) -> Reveal:
    """Open one masked value for ten minutes; the reason is sealed for the person, who reads it."""
    now = timezone.now()
    with _act(reader, case, reason) as act:
        getattr(case.person, field)  # refused here, before anything is written, when the policy says no
        with transaction.atomic():
            row = Reveal.objects.create(
                case=case, person=case.person_id, field=field, at=now, until=now + REVEALED_FOR
            )
        act.kind = "read"
    return row


# Two that are one -------------------------------------------------------------------------------------------


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

    Who could read one of them alone reads neither from now on. For a day it can be taken apart again. Raises
    NotNow.
    """
    with _act(reader, into) as act, transaction.atomic():
        act.kind = "changed"
        case, into = locked(case), locked(into)
        if not may_merge(case, into):
            raise NotNow(_("These two cases cannot be put together."))
        moved = _move(case.conversation.select_related("case"), to=into, keeper=into.person_id, came_to=case)
        case.calls.filter(person_id=into.person_id).update(case=into, came_to=case)
        case.staff_notes.filter(keeper=into.person_id).update(case=into, came_to=case)
        # Closed as a case of its own, so that its term begins; its words live on with the other.
        case.merged_into, case.worked_at = into, timezone.now()
        case.closed_at = case.worked_at
        case.save(update_fields=["merged_into", "worked_at", "closed_at"])
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
        into.step(Step.Kind.MERGED, role=reader.role)
        act.touch(
            into.person_id,
            what=sentence("Two of your cases were put together as {reference}", reference=into.reference),
        )
    return moved


def split(*, reader: StaffReader, case: Case) -> int:
    """Take apart what was put together: each message, call and note goes back where it came from. Raises
    NotNow.
    """
    into = case.merged_into
    if into is None or timezone.now() - case.worked_at > UNDO_WITHIN:
        raise NotNow(_("This can no longer be taken apart."))
    with _act(reader, into) as act, transaction.atomic():
        act.kind = "changed"
        case = locked(case)
        theirs = into.conversation.select_related("case").filter(came_to=case)
        moved = _move(theirs, to=case, keeper=case.person_id, came_to=None)
        for rows in (into.calls, into.staff_notes):
            rows.filter(came_to=case).update(case=case, came_to=None)
        case.merged_into, case.closed_at, case.worked_at = None, None, timezone.now()
        service_levels.set_due(case)
        case.save(update_fields=["merged_into", "closed_at", "worked_at", "answer_by", "close_by", "clock"])
        into.step(Step.Kind.SPLIT, role=reader.role)
        act.touch(
            into.person_id, what=sentence("Case {reference} was taken apart again", reference=into.reference)
        )
    return moved


def _move(rows: Iterable[Message], *, to: Case, keeper: UUID, came_to: Case | None) -> int:
    """What belongs to another person from now on is sealed anew, under their key; files with it."""
    found = list(rows)
    for one in found:
        words, changes = one.words, one.keeper != keeper
        one.case, one.came_to = to, came_to
        if changes and one.author != Message.Author.COLLEAGUE:
            one.keeper, one.text, one.enquiry = keeper, None, None
            setattr(one, said_in(to.kind), words)
        one.save()
        for each in one.attachments.all() if changes else ():
            each.file, each.keeper = resealed(each.file, one.keeper), one.keeper
            each.save(update_fields=["keeper", "file"])
    return len(found)
