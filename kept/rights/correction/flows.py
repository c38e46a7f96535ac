"""From asking to the new value and everybody who had the old one.

Each verb is one act, one transaction, one entry.

The controller decides, the program carries it out under the person's own right: no role of the desk is let
into data it may not read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from kept.core.policy.verdict import Reader
from kept.core.vault import gate
from kept.core.vault.readers import Job, SelfReader, StaffReader, SystemReader
from kept.outbox.handing_over import corrections
from kept.outbox.handing_over.transfers import follow
from kept.people.models import Person
from kept.rights.access.language_shown import written_in
from kept.rights.access.value_names import plain_name
from kept.rights.correction import values
from kept.rights.correction.models import Correction
from kept.rights.correction.values import Value
from kept.rights.requests import flows as requests
from kept.rights.requests.course.verbs import PURPOSE
from kept.rights.requests.models import Request, Step
from kept.sentences import sentence

RIGHT = "own-data"
"""Your right to see, correct and take your data."""
CLERK = "correction.carry-out"
TABLE = Person._meta.db_table


class NotYet(Exception):
    """It cannot be done as it stands. The message says why, and what to do instead."""


class AskedAlready(Exception):
    """``correction`` asks for the same value, and waits."""

    def __init__(self, correction: Correction) -> None:
        super().__init__(_("You asked for this already."))
        self.correction = correction


# The person -------------------------------------------------------------------------------------------------


def ask(
    *,
    reader: SelfReader,
    person: Person,
    place: tuple[str, str, str],
    after: Any,
    why: str,
    files: Sequence[requests.Upload] = (),
) -> tuple[Correction, requests.Received]:
    """She asks for one value to be corrected, by the clock of the law.

    ``place``: table, row and attribute, looked up among her own rows.

    Raises AskedAlready; NotYet where the value is not hers or not there; FileNotKept.
    """
    with transaction.atomic(), gate.purpose(RIGHT, reader=reader, about=person, source="correction"):
        waits = _waiting(person, place)
        if waits is not None:
            raise AskedAlready(waits)
        found = values.value(person.pk, *place)
        if found is None:
            raise NotYet(_("This value is no longer there. Go back to your data, and choose again."))
        _fits(found, after)
        wanted = values.as_text(after)
        says = _("It says: {value}").format(value=found.shown)
        right = _("Right is: {value}").format(value=values.shown(found.field, wanted))
        text = f"{found.record}\n{found.name}\n\n{says}\n{right}\n\n{why}"
        received = requests.receive(
            kind="correction",
            text=text,
            channel="site",
            reader=reader,
            person=person,
            language=person.language,
            files=files,
        )
        row = _row(found, person, wanted, why, received.request)
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError:
            # The same form, sent twice at once: the other one was first.
            raise AskedAlready(
                Correction.objects.open().get(
                    subject=person.pk, table=place[0], row=place[1], attribute=place[2]
                )
            ) from None
    return row, received


def _row(found: Value, person: Person, after: str, why: str, request: Request | None) -> Correction:
    return Correction(
        subject=person.pk,
        request=request,
        table=found.holding.table,
        row=found.row,
        attribute=found.attribute,
        field_id=found.column.field_id,
        before=found.text,
        after=after,
        why=why or None,
        asked_at=timezone.now(),
    )


def _waiting(person: Person, place: tuple[str, str, str]) -> Correction | None:
    """Of this value, the one that waits. One whose request was answered without deciding it waits no more."""
    table, row, attribute = place
    found = (
        Correction.objects.open()
        .filter(subject=person.pk, table=table, row=row, attribute=attribute)
        .select_related("request")
        .first()
    )
    if found is None or found.waiting:
        return found
    found.decide(Correction.Decision.ANSWERED, role="controller")
    return None


def take_back(*, correction: Correction, reader: SelfReader) -> None:
    """She changed her mind. Raises NotYet when it is decided."""
    with transaction.atomic(), gate.purpose(RIGHT, reader=reader, about=correction.subject) as act:
        row = _locked(correction)
        if not row.waiting or row.request is None:
            raise NotYet(_("This is decided already."))
        row.decide(Correction.Decision.TAKEN_BACK, role="self")
        act.kind = "changed"
        requests.close(request=row.request, by=reader, outcome=Request.Outcome.REVOKED)


def state(*, correction: Correction, reader: SelfReader, text: str) -> None:
    """Her own words beside a value we did not change; empty takes them away.

    Raises NotYet where there is nothing to stand beside.
    """
    with (
        transaction.atomic(),
        gate.purpose(RIGHT, reader=reader, about=correction.subject, source="correction") as act,
    ):
        row = _locked(correction)
        if row.decision != Correction.Decision.DECLINED:
            raise NotYet(_("A statement stands beside a value that was not corrected."))
        row.say(text.strip())
        act.kind = "changed"
        act.touch(
            row.subject,
            what=(
                sentence("You put your own words beside a value")
                if text.strip()
                else sentence("You took your words away again")
            ),
        )


def directly(
    *, reader: SelfReader, person: Person, changes: Mapping[str, Any], attributes: Mapping[str, str]
) -> int:
    """What she corrects herself, in an act of hers that may: old and new value are kept, and whoever had the
    old one is told. Returns how many notices.

    ``attributes``: for each change the column whose old and new text are kept.
    """
    columns, told = values.field_ids(person), 0
    with transaction.atomic():
        for name, value in changes.items():
            attribute, now, id = attributes[name], timezone.now(), uuid4()
            before = values.as_text(getattr(person, attribute))
            heard = corrections.correct(person, {name: value}, about=id)
            after = values.as_text(getattr(person, attribute))
            with gate.purpose(RIGHT, reader=reader, about=person, source="your profile"):
                Correction(
                    id=id,
                    subject=person.pk,
                    table=TABLE,
                    row=str(person.pk),
                    attribute=attribute,
                    field_id=columns[attribute],
                    before=before,
                    after=after,
                    asked_at=now,
                    decided_at=now,
                    decision=Correction.Decision.DIRECT,
                    role="self",
                    told=heard,
                ).save(force_insert=True)
            told += heard
    return told


# The controller ---------------------------------------------------------------------------------------------


def take_letter(*, request: Request, by: StaffReader, place: tuple[str, str, str], after: str) -> Correction:
    """A letter or a call says which value is wrong: the controller says which one it is.

    The old value becomes part of the request, so that they see it.

    Raises NotYet.
    """
    person = request.person
    if person is None or not request.matter_open:
        raise NotYet(_("It is not sure yet who asks. Ask for their identity first."))
    with _clerks(request, by) as act, transaction.atomic():
        if _waiting(person, place) is not None or request.corrections.filter(decided_at=None).exists():
            raise NotYet(_("This is being worked on already."))
        found = values.value(person.pk, *place)
        if found is None:
            raise NotYet(_("This value is not there any more. Choose again."))
        wanted = _understood(found, after)
        _fits(found, wanted)
        row = _row(found, person, values.as_text(wanted), "", request)
        row.save(force_insert=True)
        act.kind = "changed"
        act.touch(
            person.pk,
            what=sentence(
                "The data controller looked up which value you mean, {reference}", reference=request.reference
            ),
        )
    return row


def accept(*, correction: Correction, by: Reader) -> str:
    """The value is changed, and whoever had the old one is told.

    Once: a second time says the same. Raises NotYet.
    """
    request = correction.request
    if request is None:
        raise NotYet(_("The request it came with is gone."))
    with _clerks(request, by) as act, transaction.atomic():
        row = _locked(correction)
        if row.decision == Correction.Decision.ACCEPTED:
            return _done(row)
        _undecided(row)
        found = values.value(row.subject, *row.place)
        if found is None:
            raise NotYet(
                _("This value is not there any more, so nothing can be corrected. Decline, and say so.")
            )
        stale = found.text != row.before
        if stale:
            # Kept, so that the page shows what they decide about now.
            row.before = found.text
            row.save(update_fields=["before"])
        else:
            content = _understood(found, str(row.after))
            told = _put(found, content, row)
            row.decide(Correction.Decision.ACCEPTED, role=by.role, entity=by.entity, told=told)
            request.note(
                Step.Kind.CARRIED_OUT,
                role=by.role,
                entity=by.entity,
                what=sentence("“{value}” was corrected", value=_english(found)),
            )
            act.kind = "changed"
            act.touch(
                row.subject,
                what=sentence(
                    "The data controller corrected “{value}”, as you asked, {reference}",
                    value=_english(found),
                    reference=request.reference,
                ),
                changed=[row.field_id],
            )
    if stale:
        raise NotYet(
            _("The value was changed since they asked. It now stands below: look again, and then decide.")
        )
    return _done(row)


def decline(*, correction: Correction, by: StaffReader, reason: str) -> None:
    """It stays as it is, and she is told why and what she can do. Raises NotYet."""
    request, reason = correction.request, reason.strip()
    if request is None:
        raise NotYet(_("The request it came with is gone."))
    if not reason:
        raise NotYet(_("Write the reasons: whoever is refused is told why."))
    if correction.decided_at is None:
        with (
            gate.purpose(PURPOSE, reader=by, about=request, source=request.matter_ref) as act,
            transaction.atomic(),
        ):
            row = _locked(correction)
            _undecided(row)
            row.decide(Correction.Decision.DECLINED, role=by.role, entity=by.entity, reason=reason)
            act.kind = "changed"
            act.touch(
                row.subject,
                what=sentence(
                    "The data controller did not change a value, and says why, {reference}",
                    reference=request.reference,
                ),
            )
    elif correction.decision != Correction.Decision.DECLINED:
        raise NotYet(_("This is decided already."))
    if request.closed_at is None:
        address = settings.KEPT_SITE + reverse("correction", args=[correction.pk])
        with override(written_in(request.language)):
            more = _(
                "You can put your own words beside the value. They are then shown wherever it is: {address}"
            ).format(address=address)
        requests.close(request=request, by=by, outcome=Request.Outcome.DENIED, reason=f"{reason}\n\n{more}")


def finish(*, correction: Correction, by: StaffReader) -> None:
    """Accept, and answer: the request is closed with it.

    A crash between the two leaves it open, and the same button ends it. Raises NotYet.
    """
    accept(correction=correction, by=by)
    request = correction.request
    assert request is not None
    request.refresh_from_db()
    if request.closed_at is None and request.answered_at is None:
        own = settings.KEPT_SITE + reverse("correction", args=[correction.pk])
        correction.refresh_from_db(fields=["told"])
        with override(written_in(request.language)):
            text = _done(correction)
            text += "\n\n" + _("The old value and the new one: {address}").format(address=own)
        requests.answer(
            request=request,
            by=by,
            text=text,
            outcome=Request.Outcome.FULFILLED,
        )


def _clerks(request: Request, by: Reader) -> gate.purpose:
    clerk = SystemReader(job=CLERK, entity=by.entity)
    return gate.purpose(
        RIGHT, reader=clerk, about=Job(request.matter_ref), source=f"correction {request.reference}"
    )


def _put(found: Value, content: Any, row: Correction) -> int:
    """Change it, and pass it on.

    Returns how many are told. Raises NotYet where the database does not take it.
    """
    try:
        with transaction.atomic():
            if isinstance(found.instance, Person):
                field = _profile_field(found)
                return corrections.correct(
                    found.instance, {field: found.instance.fitting(field, content)}, about=row.pk
                )
            values.put(found, content)
            return follow(
                subject=row.subject, kind="correction", values={row.field_id: content}, about=row.pk
            )
    except (DatabaseError, ValidationError):
        raise NotYet(
            _("The value does not fit beside the others of this record. Decline, and say what would fit.")
        ) from None
    except ValueError as wrong:
        raise NotYet(_sentence(wrong) + " " + _("Decline, and say what would fit.")) from None


def _profile_field(found: Value) -> str:
    return "phone" if found.attribute.startswith("phone") else found.attribute


def _fits(found: Value, content: Any) -> None:
    """The rules of what it is about let it be so. Raises NotYet with what they say."""
    try:
        if isinstance(found.instance, Person):
            found.instance.fitting(_profile_field(found), content)
        else:
            values.rehearse(found, content)
    except (DatabaseError, ValidationError):
        raise NotYet(
            _("The value does not fit beside the others of this record. Write what would fit.")
        ) from None
    except ValueError as wrong:
        raise NotYet(_sentence(wrong)) from None


def _english(found: Value) -> str:
    """What an act names a value by."""
    return plain_name(found.attribute)


def _sentence(wrong: ValueError) -> str:
    return f"{str(wrong).rstrip('.')}."


def _understood(found: Value, text: str) -> Any:
    try:
        return values.from_text(found.kind, found.field, text, found.text)
    except ValidationError as wrong:
        raise NotYet(f"{found.name}: {wrong.messages[0]}.") from None


def _undecided(row: Correction) -> None:
    if row.decided_at is not None:
        raise NotYet(_("This is decided already."))
    if row.request is not None and row.request.closed_at is not None:
        raise NotYet(
            _("{reference} is closed. What comes up later is a request of its own.").format(
                reference=row.request.reference
            )
        )


def _locked(correction: Correction) -> Correction:
    found: Correction | None = (
        Correction.objects.select_for_update(of=("self",)).filter(pk=correction.pk).first()
    )
    if found is None:
        raise NotYet(_("Whoever asked was forgotten."))
    return found


def _done(row: Correction) -> str:
    if not row.told:
        return _("It is corrected. Nobody else had been given the old value.")
    return ngettext(
        "It is corrected. One recipient that had the old value is told.",
        "It is corrected. {n} recipients that had the old value are told.",
        row.told,
    ).format(n=row.told)
