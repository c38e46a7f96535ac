"""Whose request it is: the least that suffices, and never an identity paper (GDPR Art.

12(6); EDPB 01/2022, 3.3).
"""

from __future__ import annotations

from collections.abc import Iterator

from kept.core.register.holdings import holdings
from kept.core.vault import gate
from kept.core.vault.readers import Job, SystemReader
from kept.equipment import serials
from kept.equipment.models import Holding
from kept.people.models import Person
from kept.rights.asking.models import Check, proof_of
from kept.rights.requests.course.verbs import PURPOSE
from kept.rights.requests.models import Request
from kept.rights.requests.request_kinds import kind_of

CLERK = SystemReader(job="asking.identity")


def read(typed: str) -> str:
    """A serial number in any notation, or a reference, as it is compared; "" for nothing."""
    serial = serials.read(typed).serial
    return serial or "".join(typed.split()).upper()[:60]


def whose(check: Check, request: Request) -> Person | None:
    """The one person of the address that was confirmed who also has what was named; None when nobody fits, or
    several do.
    """
    with gate.purpose(PURPOSE, reader=CLERK, about=Job(request.matter_ref), source="identity check"):
        address = request.email
        found = list(Person.objects.find(email=address)[:5]) if address else []
    if kind_of(request.kind).by_address_alone and not check.proof:
        fits = found
    else:
        fits = [
            person for person in found if check.proof and check.proof in set(map(proof_of, _theirs(person)))
        ]
    return fits[0] if len(fits) == 1 else None


def _theirs(person: Person) -> Iterator[str]:
    """The serial numbers of what they and their organisations hold today, and every reference they were
    given, of any touchpoint.
    """
    held = Holding.objects.of(person.pk, *person.organisations()).filter(until=None)
    yield from (holding.unit.serial for holding in held)
    for holding in holdings(person.pk):
        # A reference of a request proves nothing: whoever sent one in her name was given it.
        if holding.model is not Request and any(
            field.name == "reference" for field in holding.model._meta.concrete_fields
        ):
            yield from holding.query().values_list("reference", flat=True)
