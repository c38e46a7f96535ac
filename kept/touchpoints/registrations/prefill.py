"""What we know already is filled in, and says where it comes from and since when (P10).

Never more than the purpose may use.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kept.core.vault.columns.fields import SealedModel
from kept.core.vault.columns.values import Erased, held, provenance, show
from kept.core.vault.readers import SelfReader
from kept.equipment import serials
from kept.people import phones
from kept.people.models import Person
from kept.portal.regions.browser_hints import Told
from kept.rights.access.value_names import source_in_words
from kept.sentences import day
from kept.touchpoints.registrations import flows
from kept.touchpoints.registrations.models import Draft, Registration

# Where each thing the form asks for may be known from, the surest place first. A draft is what her own
# browser remembers: ``device_memory``.
PLACES: Mapping[str, tuple[tuple[type[SealedModel], str], ...]] = {
    "phone": ((Person, "phone_typed"), (Registration, "contact_phone"), (Draft, "phone")),
    "address": ((Person, "address"), (Registration, "contact_address"), (Draft, "address")),
    "language": ((Registration, "contact_language"), (Draft, "language")),
    "computer": ((Registration, "computer"), (Draft, "computer")),
}
COUNTRY = "country"
BROWSER = gettext_lazy("From what your browser tells")


@dataclass(frozen=True, slots=True)
class Known:
    """One thing we know: in which row and column. It is not opened yet."""

    row: SealedModel
    name: str

    @property
    def origin(self) -> str:
        """ "From your registration REG-2026-7KQ4M2, 3 May 2026"."""
        came = provenance(self.row, self.name)
        if came is None:
            return ""
        return _("From {source}, {day}").format(source=source_in_words(came.source), day=day(came.day))


@dataclass(frozen=True, slots=True)
class Prefilled:
    """``values``: what is filled in. ``origins``: for each of its names, the sentence beneath."""

    values: Mapping[str, Any]
    origins: Mapping[str, str]


def latest(person: Person) -> Registration | None:
    found: Registration | None = (
        Registration.objects.filter(person=person, undone_at=None).order_by("-registered_at").first()
    )
    return found


def known(person: Person, last: Registration | None, here: Draft | None = None) -> dict[str, Known]:
    """What we, or this browser, know of what the form asks, without opening any of it."""
    rows: dict[type[SealedModel], SealedModel | None] = {Person: person, Registration: last, Draft: here}
    found = {}
    for name, places in PLACES.items():
        for model, column in places:
            row = rows[model]
            if name not in found and row is not None and held(row, column):
                found[name] = Known(row, column)
    return found


def fill(person: Person, last: Registration | None, here: Draft | None = None) -> Prefilled:
    """Inside an act: opens what the purpose may use. What it may not use, or what is erased, stays empty."""
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    for name, place in known(person, last, here).items():
        value = show(place.row, place.name)
        if not value or isinstance(value, Erased):
            continue
        parts = (
            _parts(place, value)
            if name == "address"
            else {name: _phone(place, value) if name == "phone" else value}
        )
        values |= parts
        origins |= dict.fromkeys((part for part, said in parts.items() if said), place.origin)
    return Prefilled(values, origins)


def machine(here: Draft | None, reader: SelfReader) -> Prefilled:
    """Inside an act: the serial number this browser remembers, unless the machine was registered elsewhere
    meanwhile.
    """
    place = Known(here, "serial") if here is not None and held(here, "serial") else None
    serial = show(place.row, place.name) if place else None
    if (
        place is None
        or not serial
        or isinstance(serial, Erased)
        or flows.machine(serial, flows.own_subjects(reader)).mine
    ):
        return Prefilled({}, {})
    return Prefilled({"serial": serials.display(serial)}, {"serial": place.origin})


def for_the_browser(answers: Mapping[str, Any]) -> dict[str, Any]:
    """What her browser may remember of her answers. What is to be used once is used once."""
    return {
        name: answers[name] if answers["keep"] == "profile" else None
        for name in ("phone", "address", "language", "computer")
    }


def _phone(place: Known, typed: str) -> str:
    """As typed where that is plain in every country; else with its country code, as the next form may be
    filled in for another one.
    """
    if isinstance(place.row, Person):
        country = show(place.row, COUNTRY)
    else:
        country = (
            show(place.row, "address" if isinstance(place.row, Draft) else "contact_address") or {}
        ).get(COUNTRY)
    return (
        phones.carried(typed, country)
        if isinstance(country, str) and country not in {"", phones.HOME}
        else typed
    )


def from_browser(told: Told, typed: Mapping[str, Any], languages: Collection[str]) -> Prefilled:
    """What a browser told, for the fields that are still empty and can take it.

    Nothing that was typed or known is written over.
    """
    said = {
        "country": told.country,
        "language": next((one for one in told.languages if one in languages), ""),
        "computer": told.computer,
    }
    new = {name: value for name, value in said.items() if value and not typed.get(name)}
    return Prefilled(new, dict.fromkeys(new, str(BROWSER)))


def _parts(place: Known, address: Mapping[str, str]) -> dict[str, str]:
    """An address by the names of its fields. On a person its country stands in a column of its own."""
    country = show(place.row, COUNTRY) if isinstance(place.row, Person) else address.get(COUNTRY)
    return {**address, COUNTRY: country or ""}
