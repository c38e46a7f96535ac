"""A call at the desk: logged, its caller found and verified, put into a case, its next step done."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kept.core.vault import gate
from kept.core.vault.readers import StaffReader
from kept.core.vault.sealing.sealed_box import Box
from kept.desk import flows as desk
from kept.desk.models import Matter
from kept.outbox.mail import mail
from kept.people.models import Person
from kept.sentences import sentence
from kept.touchpoints.support.calls.models import CODE_LIVES, TRIES, Call
from kept.touchpoints.support.cases import flows, limits, topics
from kept.touchpoints.support.cases.mail_intake import mark_of
from kept.touchpoints.support.models import Case, Message, Step

CODES = Box("support.call-code")


def log_call(*, reader: StaffReader, kind: str, said: Mapping[str, Any]) -> Call:
    """Keep a call under a matter of its own: whose it is is looked up there.

    ``said``: direction, outcome, minutes, number, name, text, next_step, next_at.
    """
    text = flows.covered(str(said["text"]).strip())
    matter = desk.open_matter(
        reader=reader, purpose=topics.PURPOSE_OF[kind], channel=Matter.Channel.PHONE, text=text
    )
    with (
        gate.purpose(matter.purpose, reader=reader, about=matter, source=flows.SOURCES["phone"]) as act,
        transaction.atomic(),
    ):
        act.kind = "collected"
        call = Call(matter=matter, kind=kind, keeper=reader.actor, opener=reader.actor)
        call.role, call.entity, call.at = reader.role, reader.entity, timezone.now()
        for name in ("direction", "outcome", "minutes", "next_step", "next_at"):
            setattr(call, name, said[name])
        call.number, call.name = said["number"] or None, flows.covered(said["name"]) or None
        setattr(call, call.said_in, text)
        call.save(force_insert=True)
        act.touch(reader.actor, what=sentence("You logged a call, matter {number}", number=matter.number))
    return call


def is_noted(*, reader: StaffReader, call: Call) -> bool:
    """Whether somebody wrote down what was said."""
    assert call.matter is not None
    with gate.purpose(call.matter.purpose, reader=reader, about=call.matter):
        return bool(call.words)


def write_note(*, reader: StaffReader, call: Call, said: Mapping[str, Any]) -> None:
    """What was said in a call that was taken while it rang: once. A length that the phone system told stays.
    Raises NotNow.
    """
    matter = call.matter
    assert matter is not None
    with (
        gate.purpose(matter.purpose, reader=reader, about=matter, source=flows.SOURCES["phone"]) as act,
        transaction.atomic(),
    ):
        act.kind = "collected"
        row = Call.objects.select_for_update(of=("self",)).get(pk=call.pk)
        if row.words:
            raise flows.NotNow(_("This call was noted already."))
        setattr(row, row.said_in, flows.covered(str(said["text"]).strip()))
        row.name = row.name or flows.covered(said["name"]) or None
        row.outcome, row.minutes = said["outcome"], row.minutes or said["minutes"]
        row.next_step, row.next_at = said["next_step"], said["next_at"]
        row.save()
        act.touch(row.keeper, what=sentence("A phone call was noted, matter {number}", number=matter.number))


def concern(*, reader: StaffReader, call: Call, person: Person) -> None:
    """This is who called: from here on what was noted is theirs. Raises BoundReached."""
    assert call.matter is not None
    desk.concern(reader=reader, matter=call.matter, person=person)
    with (
        gate.purpose(
            call.matter.purpose, reader=reader, about=call.matter, source=flows.SOURCES["phone"]
        ) as act,
        transaction.atomic(),
    ):
        act.kind = "changed"
        call.concerns(person)
        act.touch(person.pk, what=sentence("A phone call was noted as yours"))


def send_code(*, reader: StaffReader, call: Call) -> bool:
    """A fresh code to the registered address; the one before counts no more. False where enough were sent."""
    person, matter = call.person, call.matter
    assert person is not None and matter is not None
    if not limits.MAILS.spend(f"call {person.pk}"):
        return False
    code = f"{secrets.randbelow(1_000_000):06d}"
    with (
        gate.purpose(matter.purpose, reader=reader, about=matter, source=flows.SOURCES["phone"]) as act,
        transaction.atomic(),
    ):
        call.code, call.tries = CODES.mark(f"{call.pk}|{code}"), 0
        call.code_until = timezone.now() + CODE_LIVES
        call.save(update_fields=["code", "tries", "code_until"])
        mail(
            subject=person.pk,
            to=person.email,
            template="support/mail/call_code.txt",
            context={"code": code, "minutes": int(CODE_LIVES.total_seconds() // 60)},
            purpose=matter.purpose,
        )
        act.touch(person.pk, what=sentence("A code was sent to you, to say on the phone"))
    return True


def verify(*, call: Call, code: str) -> bool:
    """Is it the code? A right one is used up; of wrong ones there are five."""
    with transaction.atomic():
        row = Call.objects.select_for_update(of=("self",)).get(pk=call.pk)
        alive = row.code_until is not None and timezone.now() < row.code_until and row.tries < TRIES
        right = secrets.compare_digest(row.code, CODES.mark(f"{row.pk}|{code}")) and alive
        row.tries += 1
        if right:
            row.verified_at, row.code = timezone.now(), ""
        row.save(update_fields=["tries", "verified_at", "code"])
    return right


def put_into(*, reader: StaffReader, call: Call, case: Case) -> None:
    """The call belongs to this case: its note stands there for the customer, too. Raises NotNow."""
    with gate.purpose(case.purpose, reader=reader, about=case) as act, transaction.atomic():
        act.kind = "changed"
        case = flows.locked(case)
        if not case.matter_open or case.person_id != call.person_id or case.kind != call.kind:
            raise flows.NotNow(_("This call does not belong to that case."))
        call.case = case
        call.save(update_fields=["case"])
        case.worked_at = timezone.now()
        case.save(update_fields=["worked_at"])
        case.step(Step.Kind.CALLED, role=reader.role)
        act.touch(
            case.person_id, what=sentence("A call was noted in case {reference}", reference=case.reference)
        )


def new_case(*, reader: StaffReader, call: Call) -> Case:
    """A case from the call: its note is the first thing in it. The person is told by mail."""
    person, matter = call.person, call.matter
    assert person is not None and matter is not None
    with gate.purpose(matter.purpose, reader=reader, about=matter):
        words = call.words
    # Stopped between the two, it is the same case that is found again.
    mark = mark_of(f"call {call.pk}")
    before = Message.objects.filter(mail_mark=mark).select_related("case").first()
    said = flows.Said(kind=call.kind, text=words)
    case = (
        before.case
        if before
        else flows.open_case(
            reader=flows.CLERK, person=person, said=said, channel="phone", mail_mark=mark
        ).case
    )
    put_into(reader=reader, call=call, case=case)
    return case


def step_done(call: Call) -> None:
    """What was to come next is done."""
    Call.objects.filter(pk=call.pk, next_done_at=None).update(next_done_at=timezone.now())
