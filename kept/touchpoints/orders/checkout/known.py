"""What stands in a page of the check-out already: what was answered on it before, or what we know of whoever
is signed in, with where from and since when.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from kept.accounts.requests import KnownRequest
from kept.core.vault import gate
from kept.core.vault.columns.values import Erased, provenance, show
from kept.core.vault.readers import SelfReader
from kept.people import addresses
from kept.people.models import Membership, Organisation, Person
from kept.rights.access.value_names import source_in_words
from kept.sentences import day
from kept.touchpoints.orders.checkout.forms import CARD, MYSELF, NEW, PURPOSE

Filled = tuple[dict[str, Any], dict[str, str]]
BUYS = (Membership.Role.OWNER, Membership.Role.BUYER)


def initial(step: str, said: Mapping[str, Any], reader: SelfReader | None, request: KnownRequest) -> Filled:
    """(values, origins) by the names of the form's fields."""
    if step == "delivery":
        if "address" in said:
            return {**said, **said["address"]}, {}
        if reader is None:
            return {"receiver": said.get("name", "")}, {}
        assert request.person is not None
        return _of_person(reader, request.person)
    if step == "buyer":
        return {"buyer": MYSELF, **said}, {}
    return {"method": CARD, **said} if step == "payment" else dict(said), {}


def _of_person(reader: SelfReader, person: Person) -> Filled:
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    with gate.purpose(PURPOSE, reader=reader, about=person):
        for name, column in (("receiver", "name"), ("phone", "phone_typed"), ("country", "country")):
            _note(person, column, name, values, origins)
        address = show(person, "address")
        if isinstance(address, dict):
            values |= address
            origins |= dict.fromkeys(address, _origin(person, "address"))
    return values, origins


def _note(person: Person, column: str, name: str, values: dict[str, Any], origins: dict[str, str]) -> None:
    value = show(person, column)
    if value and not isinstance(value, Erased):
        values[name], origins[name] = value, _origin(person, column)


def _origin(person: Person, column: str) -> str:
    came = provenance(person, column)
    if came is None:
        return ""
    return _("From {source}, {day}").format(source=source_in_words(came.source), day=day(came.day))


def organisations(reader: SelfReader | None) -> list[tuple[str, str]]:
    """(id, name) of those they buy for, by name: as their owner, or as a buyer."""
    if reader is None:
        return []
    held = _held(reader)
    found = list(Organisation.objects.filter(pk__in=held.values("organisation")))
    if not found:
        return []
    with gate.purpose(PURPOSE, reader=reader, about=reader.subject):
        named = [(str(one.pk), str(show(one, "name"))) for one in found]
    return sorted(named, key=lambda one: one[1].casefold())


def _held(reader: SelfReader) -> Any:
    return Membership.objects.current().filter(person=reader.subject, role__in=BUYS)


def may_buy(reader: SelfReader | None, buyer: str) -> bool:
    """Whether they may buy for it now: who has left an organisation buys nothing for it."""
    if buyer in (MYSELF, NEW):
        return True
    return reader is not None and bool(_held(reader).filter(organisation=buyer).exists())


def of_organisation(reader: SelfReader | None, buyer: str) -> dict[str, str]:
    """Name and VAT number of the one that was chosen; {} for oneself and for another company."""
    if reader is None or buyer in (MYSELF, NEW):
        return {}
    chosen = Organisation.objects.get(pk=buyer)
    with gate.purpose(PURPOSE, reader=reader, about=reader.subject):
        return {"company": chosen.name, "vat": chosen.vat or ""}


def lines(address: Mapping[str, str]) -> list[str]:
    """As on an envelope, with the country."""
    parts = {part: said for part, said in address.items() if part != "country"}
    country = address.get("country", "")
    return addresses.lines(parts, country.partition("-")[0])
