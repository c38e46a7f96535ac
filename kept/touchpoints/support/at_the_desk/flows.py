"""What the desk does in a case: note, take, put off, close, reveal.

Each is one act and one transaction, bound to the case while it is open.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kept.core.vault import gate
from kept.core.vault.readers import StaffReader
from kept.desk.models import REVEALED_FOR
from kept.sentences import sentence
from kept.touchpoints.support.cases import flows
from kept.touchpoints.support.cases.flows import NotNow, locked
from kept.touchpoints.support.cases.words import said_in
from kept.touchpoints.support.models import Case, Note, Reveal, Step


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
        act.touch(case.person_id, what=sentence("We closed case {reference}", reference=case.reference))


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
