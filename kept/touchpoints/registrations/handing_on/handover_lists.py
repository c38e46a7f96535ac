"""The two lists: what goes with the machine, and what stays with whoever held it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from django.utils import timezone

from kept.equipment.models import Holding, Unit, UnitEvent
from kept.sentences import Sentence, joined, sentence

_STATES: Mapping[str, Callable[[date], Sentence]] = {
    UnitEvent.State.PRODUCED: lambda day: sentence("produced {day}", day=day),
    UnitEvent.State.SHIPPED: lambda day: sentence("shipped {day}", day=day),
    UnitEvent.State.REGISTERED: lambda day: sentence("registered {day}", day=day),
    UnitEvent.State.TRANSFERRED: lambda day: sentence("transferred {day}", day=day),
    UnitEvent.State.REPLACED: lambda day: sentence("replaced {day}", day=day),
    UnitEvent.State.SCRAPPED: lambda day: sentence("scrapped {day}", day=day),
    UnitEvent.State.STOLEN: lambda day: sentence("stolen {day}", day=day),
}


def history(unit: Unit) -> list[Sentence]:
    """The dated states of the machine, oldest first; nobody is named in them."""
    return [_STATES[event.state](timezone.localdate(event.at)) for event in unit.events.all()]


def went(holding: Holding) -> list[Sentence]:
    """What moves with the machine. Opens the warranty date of the holding: inside an act."""
    unit, until = holding.unit, holding.warranty_until
    found = [
        sentence("{product}, serial number {number}", product=unit.product.name, number=unit.number),
        sentence("Its history: {states}", states=joined(history(unit), "; ")),
    ]
    if until:
        found.append(sentence("Its warranty, until {day}; it does not begin anew", day=until))
    return found


def stays() -> list[Sentence]:
    """What the machine leaves behind, said to whoever held it."""
    return [
        sentence("The reference of your registration, and the day you bought it"),
        sentence("The phone number and address you gave for it, and the proofs you sent"),
        sentence("What you asked us about it, and what we answered"),
    ]


def not_yours() -> list[Sentence]:
    """The same, said to whoever takes it over."""
    return [
        sentence(
            "Who held it before, how to reach them, when they bought it, and what they asked us about it"
        )
    ]
