"""A call that a phone system reports: it rings, somebody of the queue takes it, it ends and has a length."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from kept.core.ledger import versions
from kept.core.vault import gate
from kept.core.vault.readers import Job, StaffReader, SystemReader
from kept.core.vault.sealing.sealed_box import renew_column, reseals
from kept.people import phones
from kept.people.models import Person
from kept.touchpoints.support.calls import flows as calls
from kept.touchpoints.support.calls.models import Call
from kept.touchpoints.support.cases import topics
from kept.touchpoints.support.cases.flows import NotNow
from kept.touchpoints.support.phone_system.models import MARKS, NUMBERS, TAKING, Ring
from kept.touchpoints.support.phone_system.signatures import SIGNATURE, Refused, hear_once, verified
from kept.touchpoints.support.phone_system.systems import PhoneSystem

SWITCHBOARD = SystemReader(job="support.ringing")
EVENTS = ("ringing", "ended")
LONGEST_ID = 100
HIDDEN = frozenset({"", "anonymous", "unavailable", "unknown", "private", "restricted", "withheld"})
"""How phone systems say that there is no number."""
MOST_SECONDS = 24 * 3600


@reseals(NUMBERS, table="support_ring")
def renew_numbers() -> int:
    return renew_column(NUMBERS, Ring, "number")


def receive(given: Mapping[str, str], body: bytes, machine: str) -> Ring:
    """One signed message: ``{"call": …, "event": "ringing" or "ended", …}``. Raises Refused."""
    system = verified(given, body, machine)
    said = _read(body)
    known = {"ringing": _rings, "ended": _ended}[said["event"]]
    looked = _caller(system, said) if said["event"] == "ringing" else None
    with transaction.atomic():
        hear_once(system, given[SIGNATURE])
        return known(system, said, looked)


def _read(body: bytes) -> dict[str, Any]:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        raise Refused(400, "Send JSON.") from None
    if not isinstance(said, dict) or said.get("event") not in EVENTS:
        raise Refused(422, 'Write "event": "ringing" or "ended".')
    name = said.get("call")
    # JSON can name half of a sign, which no text is.
    if (
        not isinstance(name, str)
        or not 0 < len(name.encode(errors="ignore").decode()) == len(name) <= LONGEST_ID
    ):
        raise Refused(422, 'Write in "call" your own word for the call, in at most 100 signs.')
    return said


def _caller(system: PhoneSystem, said: Mapping[str, Any]) -> tuple[str, str]:
    """(who it seems to be, the number). Persons are counted, and nobody is opened."""
    typed = said.get("number", "")
    if not isinstance(typed, str):
        raise Refused(422, 'Write the number as a text, like "number": "04 345 00 17".')
    if typed.strip().lower() in HIDDEN:
        return Ring.Caller.HIDDEN, ""
    company = versions.current().policy.company
    if system.entity not in company.entities:
        raise Refused(422, f"The company of {system.name} is not in the policy any more.")
    try:
        number = phones.parse(typed, company.entities[system.entity].country).e164
    except phones.PhoneError:
        raise Refused(
            422, 'Write in "number" a phone number in any notation, or "" for a hidden one.'
        ) from None
    purpose = topics.PURPOSE_OF[system.kind]
    with gate.purpose(purpose, reader=SWITCHBOARD, about=Job("support.ringing: caller")):
        found = len(Person.objects.at_phone(number)[:2])
    return (Ring.Caller.UNKNOWN, Ring.Caller.KNOWN, Ring.Caller.MAYBE)[found], number


def _rings(system: PhoneSystem, said: Mapping[str, Any], looked: tuple[str, str] | None) -> Ring:
    """A call rings; told a second time, it rings once."""
    direction = said.get("direction", Call.Direction.IN)
    if direction not in Call.Direction.values:
        raise Refused(422, 'Write "direction": "in" or "out".')
    assert looked is not None
    caller, number = looked
    ring = Ring(mark=_mark(system, said), kind=system.kind, entity=system.entity, at=timezone.now())
    ring.direction, ring.caller = direction, caller
    ring.seal(number)
    before = Ring.objects.filter(mark=ring.mark).first()
    if before is not None:
        return before
    ring.save(force_insert=True)
    return ring


def _ended(system: PhoneSystem, said: Mapping[str, Any], _looked: Any) -> Ring:
    """It is over: the call that was taken has its length."""
    seconds = said.get("seconds", 0)
    if isinstance(seconds, bool) or not isinstance(seconds, int) or not 0 <= seconds <= MOST_SECONDS:
        raise Refused(422, 'Write in "seconds" how long it was, as a whole number.')
    ring = Ring.objects.select_for_update(of=("self",)).filter(mark=_mark(system, said)).first()
    if ring is None:
        raise Refused(404, "No call of this name has rung here within the last hour.")
    ring.ended_at, ring.seconds = ring.ended_at or timezone.now(), seconds
    ring.save(update_fields=["ended_at", "seconds"])
    Call.objects.filter(pk=ring.call_id).update(minutes=ring.minutes)
    return ring


def _mark(system: PhoneSystem, said: Mapping[str, Any]) -> str:
    return MARKS.mark(f"{system.name}|call|{said['call']}")


def take(*, reader: StaffReader, ring: Ring) -> Call:
    """It is mine: from here on it is a call in a matter of its own, with its number. Raises NotNow."""
    now = timezone.now()
    free = Ring.objects.filter(Q(taken_at=None) | Q(taken_at__lt=now - TAKING), pk=ring.pk, call=None)
    if not free.update(taken_at=now):
        raise NotNow(_("A colleague has taken this call."))
    said = {
        **dict.fromkeys(("name", "text"), ""),
        "number": ring.opened(),
        "direction": ring.direction,
        "outcome": Call.Outcome.SPOKEN,
        "minutes": 0,
        "next_step": Call.Next.NONE,
        "next_at": None,
    }
    call = calls.log_call(reader=reader, kind=ring.kind, said=said)
    with transaction.atomic():
        row = Ring.objects.select_for_update(of=("self",)).get(pk=ring.pk)
        row.call, row.number = call, None
        row.save(update_fields=["call", "number"])
        if row.ended_at is not None:
            Call.objects.filter(pk=call.pk).update(minutes=row.minutes)
    return call
