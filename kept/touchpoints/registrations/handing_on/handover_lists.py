"""The two lists: what goes with the machine, and what stays with whoever held it."""

from __future__ import annotations

from django.utils import timezone

from kept.equipment.models import Holding, Unit


def history(unit: Unit) -> list[str]:
    """The dated states of the machine, oldest first; nobody is named in them."""
    return [
        f"{event.get_state_display().lower()} {timezone.localtime(event.at):%-d %B %Y}"
        for event in unit.events.all()
    ]


def went(holding: Holding) -> list[str]:
    """What moves with the machine. Opens the warranty date of the holding: inside an act."""
    unit, until = holding.unit, holding.warranty_until
    warranty = f"Its warranty, until {until:%-d %B %Y}; it does not begin anew" if until else ""
    found = [
        f"{unit.product.name}, serial number {unit.number}",
        f"Its history: {'; '.join(history(unit))}",
        warranty,
    ]
    return [line for line in found if line]


def stays() -> list[str]:
    """What the machine leaves behind, said to whoever held it."""
    return [
        "The reference of your registration, and the day you bought it",
        "The phone number and address you gave for it, and the proofs you sent",
        "What you asked us about it, and what we answered",
    ]


def not_yours() -> list[str]:
    """The same, said to whoever takes it over."""
    return ["Who held it before, how to reach them, when they bought it, and what they asked us about it"]
