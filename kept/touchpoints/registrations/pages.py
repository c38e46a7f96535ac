"""What the pages show, read inside the view's act: values, each with the origin a person can follow."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kept.core.ledger import versions
from kept.core.vault.columns.values import held, show
from kept.core.vault.readers import SelfReader
from kept.equipment.models import Holding, Unit, UnitEvent
from kept.people import addresses
from kept.people.models import Organisation, Person
from kept.portal.regions import places
from kept.touchpoints.registrations.flows import own_subjects, working_for
from kept.touchpoints.registrations.models import MYSELF, NEW, Claim, Draft, Registration
from kept.touchpoints.registrations.prefill import Prefilled

PRESENT = {
    UnitEvent.State.REPLACED: _("Replaced"),
    UnitEvent.State.SCRAPPED: _("Scrapped"),
    UnitEvent.State.STOLEN: _("Reported stolen"),
}
HISTORY = 200


@dataclass(frozen=True, slots=True)
class Product:
    """One machine on the list.

    ``whose`` is "" for one's own; ``warranty`` the last day of it, as far as it is known.
    """

    unit: Unit
    whose: str
    since: Any
    bought: date | None
    warranty: date | None
    running: bool
    state: str
    holding: UUID


def products(reader: SelfReader) -> dict[str, Any]:
    held_now = Holding.objects.of(*own_subjects(reader)).filter(until=None).prefetch_related("unit__events")
    history = (
        Registration.objects.filter(person_id=reader.subject)
        .select_related("holding__unit__product")
        .order_by("-registered_at")[:HISTORY]
    )
    claims = Claim.objects.filter(person_id=reader.subject).order_by("-opened_at")
    return {
        "products": list(_machines(held_now, dict(organisations(reader)))),
        "history": history,
        "claims": [{"claim": claim, "number": claim.number} for claim in claims],
    }


def _machines(rows: Any, names: dict[str, str]) -> Iterator[Product]:
    for row in rows:
        until = row.warranty_until
        states = [event.state for event in row.unit.events.all()]
        yield Product(
            row.unit,
            names.get(str(row.organisation_id), "") if row.organisation_id else "",
            row.since,
            row.purchase_date,
            until,
            until is not None and until >= timezone.localdate(),
            str(next((PRESENT[state] for state in reversed(states) if state in PRESENT), "")),
            row.pk,
        )


def organisations(reader: SelfReader) -> list[tuple[str, str]]:
    """(id, name) of those they belong to, by name."""
    found = Organisation.objects.filter(pk__in=reader.organisations) if reader.organisations else ()
    return sorted(
        ((str(each.pk), str(show(each, "name"))) for each in found), key=lambda choice: choice[1].casefold()
    )


def registering(reader: SelfReader) -> list[tuple[str, str]]:
    """(id, name) of those they may register products for: whoever only views one does not."""
    working = {str(id) for id in working_for(reader.subject)}
    return [(id, name) for id, name in organisations(reader) if id in working]


def complete(draft: Draft) -> bool:
    """Whether the second page was answered. Opens nothing."""
    return all(held(draft, name) for name in ("holder", "phone", "address", "keep"))


def answered(draft: Draft, known: Prefilled) -> Prefilled:
    """What they answered before they came back to the page, or what is known.

    What they typed themselves needs no origin.
    """
    if not complete(draft):
        return known
    new = draft.organisation or {}
    values = {
        "holder": draft.holder,
        "organisation": new.get("name", ""),
        "vat": new.get("vat", ""),
        "phone": draft.phone,
        "keep": draft.keep,
    }
    values |= {"language": draft.language or "", "computer": draft.computer or ""}
    values |= draft.address
    return Prefilled(
        values,
        {name: origin for name, origin in known.origins.items() if values.get(name) == known.values[name]},
    )


def languages(controller: str) -> list[tuple[str, str]]:
    """Those the company that answers for somebody speaks, each by its own name."""
    codes = versions.current().policy.company.controller_of(controller).languages
    return [(code, places.language_name(code)) for code in codes]


def to_check(reader: SelfReader, draft: Draft) -> dict[str, Any]:
    """Everything that was said, in the order it was asked."""
    unit = Unit.objects.select_related("product").get(serial=draft.serial)
    holder = draft.holder
    name = draft.organisation["name"] if holder == NEW else dict(organisations(reader)).get(holder, "")
    return {
        "draft": draft,
        "unit": unit,
        "purchased": draft.purchase_date,
        "whose": gettext("Mine") if holder == MYSELF else name,
        "founding": holder == NEW,
        "vat": draft.organisation["vat"] if holder == NEW else "",
        "phone": draft.phone,
        "address": _lines(draft.address),
        "language": places.language_name(draft.language) if draft.language else "",
        "computer": draft.computer or "",
        "keeps": draft.keep == "profile",
    }


def registration(made: Registration, person: Person) -> dict[str, Any]:
    unit = made.holding.unit if made.holding else None
    return {
        "made": made,
        "unit": unit,
        "email": person.email,
        "whose": made.holding.organisation.name if made.holding and made.holding.organisation else "",
        "bought": made.holding.purchase_date if made.holding else None,
        "warranty": made.holding.warranty_until if made.holding else None,
        "phone": made.contact_phone,
        "address": _lines(made.contact_address),
        "language": places.language_name(made.contact_language) if made.contact_language else "",
        "computer": made.computer or "",
        "fresh": made.undone_at is None and timezone.now() < made.undo_until,
    }


def _lines(address: dict[str, str] | None) -> list[str]:
    return (
        addresses.lines(
            {part: said for part, said in address.items() if part != "country"}, address.get("country", "")
        )
        if address
        else []
    )
