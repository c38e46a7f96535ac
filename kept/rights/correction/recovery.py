"""Who somebody is and where they are reached, put back when they take their sign-in address back: whoever
held the ID may have corrected it, apart from that address.

The value from before comes from the record of the correction. The newer one can be taken again, by its owner
alone.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kept.accounts.models import User
from kept.accounts.recovery.throwing_out import CannotKeep, Ended
from kept.core.vault import gate
from kept.core.vault.readers import Job, SystemReader
from kept.outbox.handing_over import corrections
from kept.people.models import Person
from kept.rights.correction import values
from kept.rights.correction.models import Correction
from kept.sentences import sentence

RIGHT = "own-data"
BACK = SystemReader(job="correction.put-back")
TABLE = Person._meta.db_table
FIELDS = {
    "country": "country",
    "address": "address",
    "email": "email",
    "phone": "phone",
    "phone_typed": "phone",
    "name": "name",
    "language": "language",
}
"""Column of a kept correction → the field of the person it corrected."""
NAMES = {
    "country": sentence("Country"),
    "address": sentence("Postal address"),
    "email": sentence("E-mail address we write to"),
    "phone": sentence("Phone number"),
    "name": sentence("Name"),
    "language": sentence("Language"),
}
"""In the order in which they are put back: a bare phone number is read as dialled in the country."""
KEPT = {
    "email": "email",
    "phone": "phone_typed",
    "address": "address",
    "country": "country",
    "name": "name",
    "language": "language",
}
DONE = (Correction.Decision.DIRECT, Correction.Decision.ACCEPTED)
ROLE = "system"
"""Who decided a correction that was made here. These are no acts of anybody's."""


def put_back(user: User, since: datetime) -> list[Ended]:
    """Each value that was corrected since then says again what it said before.

    Run again, it finds them so, and says the same.
    """
    person = Person.objects.filter(pk=user.person_id).first()
    if person is None:
        return []
    rows = Correction.objects.filter(
        subject=person.pk, table=TABLE, attribute__in=FIELDS, decision__in=DONE, decided_at__gte=since
    )
    young: dict[str, list[Correction]] = {}
    for row in rows.exclude(role=ROLE).order_by("decided_at", "pk"):
        young.setdefault(FIELDS[row.attribute], []).append(row)
    ended = _named(person, since)
    with _act(f"recovery {user.pk}") as act, transaction.atomic():
        for field in [one for one in NAMES if one in young]:
            made = young[field]
            what = sentence(
                "{value}: what it said before is back, as you took your address back", value=NAMES[field]
            )
            try:
                with transaction.atomic():
                    _correct(person, field, str(made[0].before or ""), act, what)
            except ValueError:
                ended.append(
                    Ended(
                        sentence(
                            "{value}, corrected on {day} at {clock}: what it said before does not fit any"
                            " more; look at your profile",
                            **_named_with_day(field, made[-1]),
                        )
                    )
                )
            else:
                ended.append(
                    Ended(
                        sentence(
                            "{value}, corrected on {day} at {clock}: what it said before is back",
                            **_named_with_day(field, made[-1]),
                        ),
                        again=f"correction:{made[-1].pk}",
                    )
                )
    return ended


def _named(person: Person, since: datetime) -> list[Ended]:
    """What a controller corrected elsewhere, as somebody in her session asked: by the rules of its room, so
    it is asked back there.
    """
    rows = Correction.objects.filter(
        subject=person.pk, decision=Correction.Decision.ACCEPTED, decided_at__gte=since, asked_at__gte=since
    )
    made = rows.exclude(table=TABLE).order_by("decided_at", "pk")
    return [
        Ended(
            sentence(
                "A value corrected as asked in your name, {day} at {clock}. If it is wrong now, ask for it"
                " back under Your data",
                **_when(row),
            )
        )
        for row in made
    ]


def _when(row: Correction) -> dict[str, Any]:
    assert row.decided_at is not None
    return {
        "day": timezone.localdate(row.decided_at),
        "clock": f"{timezone.localtime(row.decided_at):%H:%M}",
    }


def _named_with_day(field: str, newest: Correction) -> dict[str, Any]:
    return {"value": NAMES[field], **_when(newest)}


def take_again(user: User, id: str) -> str:
    """The newer value was hers after all. Returns the sentence that says so. Raises CannotKeep."""
    row = Correction.objects.filter(pk=id, subject=user.person_id, table=TABLE, attribute__in=FIELDS).first()
    person = Person.objects.filter(pk=user.person_id).first()
    if row is None or person is None:
        raise CannotKeep(_("This correction is not kept any more. Correct it in your profile."))
    field = FIELDS[row.attribute]
    with _act(f"recovery {user.pk}") as act, transaction.atomic():
        try:
            _correct(
                person,
                field,
                str(row.after or ""),
                act,
                sentence("{value}: you took the newer value again", value=NAMES[field]),
                role="self",
            )
        except ValueError as wrong:
            raise CannotKeep(f"{str(wrong).rstrip('.')}. " + _("Correct it in your profile.")) from None
    return _("The newer value stands again.")


def _act(matter: str) -> gate.purpose:
    return gate.purpose(RIGHT, reader=BACK, about=Job(matter), source="taking your address back")


def _correct(person: Person, field: str, text: str, act: Any, what: str, role: str = ROLE) -> None:
    """Joins the act and its transaction.

    Whoever was given the other value is told; old and new are kept, as of every correction.
    """
    before = values.as_text(getattr(person, KEPT[field]))
    if before == text:
        return
    id, now = uuid4(), timezone.now()
    told = corrections.correct(person, {field: _content(field, text)}, about=id)
    Correction(
        id=id,
        subject=person.pk,
        table=TABLE,
        row=str(person.pk),
        attribute=KEPT[field],
        field_id=values.field_ids(person)[KEPT[field]],
        before=before,
        after=values.as_text(getattr(person, KEPT[field])),
        asked_at=now,
        decided_at=now,
        decision=Correction.Decision.DIRECT,
        role=role,
        told=told,
    ).save(force_insert=True)
    act.kind = "changed"
    act.touch(person.pk, what=what)


def _content(field: str, text: str) -> Any:
    """A kept text as the field takes it; nothing where there was nothing."""
    if text in ("", values.as_text(None)):
        return "" if field == "email" else None
    if field == "address":
        parts = [line.partition(": ") for line in text.splitlines()]
        return {name: part for name, mark, part in parts if mark} or None
    return text
