"""Copies of a contact value in other rooms: an open request, a registration, a mail that still waits.

A change takes them with it.

Each room says in its ``personal.py`` of every sealed name, e-mail, phone and address it holds: it follows the
profile, for these rows; or it stays, because … A copy that says something else than the profile did was meant
for its own row, and stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models

from kept.people.mailboxes import canonical
from kept.people.models import Person
from kept.registry import Registry

CATEGORIES = ("identity.name", "identity.account", "contact.email", "contact.phone", "contact.address")
COLUMNS = {
    "name": ("name",),
    "email": ("email",),
    "phone": ("phone_typed",),
    "address": ("address", "country"),
    "country": ("address", "country"),
}
"""What is read of a person before and after a change of each field."""
Snapshot = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Follows:
    """``rows(person)``: those that are still worked with.

    ``renew`` puts the new value into one row, in the open act.
    """

    model: type[models.Model]
    name: str
    of: str
    rows: Callable[[Person], Iterable[Any]]
    renew: Callable[[Any, Any], None]


FOLLOWING: Registry[Follows] = Registry("contact copies", "copies of a contact value that follow the profile")
"""Field id → how it follows."""
STAYING: Registry[str] = Registry(
    "contact copies that stay", "copies of a contact value that must not follow, and why"
)
"""Field id → why it must not."""


def follows(
    model: type[models.Model],
    name: str,
    *,
    of: str,
    rows: Callable[[Person], Iterable[Any]],
    renew: Callable[[Any, Any], None] | None = None,
) -> None:
    """Declare that a sealed field follows a person's name, email, phone or address, where it held what the
    profile held.
    """

    def assign(row: Any, value: Any) -> None:
        setattr(row, name, value)
        row.save(update_fields=[name])

    FOLLOWING.add(_field_id(model, name), Follows(model, name, of, rows, renew or assign))


def stays(model: type[models.Model], *names: str, because: str) -> None:
    """Declare that sealed fields keep what was said in them, and why."""
    for name in names:
        STAYING.add(_field_id(model, name), because)


def _field_id(model: type[models.Model], name: str) -> str:
    field: Any = model._meta.get_field(name)
    return str(field.field_id)


def snapshot(person: Person, changes: Iterable[str]) -> dict[str, Any]:
    """What the person's profile says in the fields that change. Inside an act that may read them."""
    return {column: getattr(person, column) for field in changes for column in COLUMNS.get(field, ())}


def follow(person: Person, before: Snapshot, after: Snapshot) -> int:
    """Let every copy that said what ``before`` says say what ``after`` says.

    Joins the open act. Returns how many rows.
    """
    done = 0
    for copy in FOLLOWING.values():
        old, new = _value(copy.of, before), _value(copy.of, after)
        # An e-mail address that was taken away leaves nothing to write to: what is open keeps the one it has.
        if old is None or old == new or (copy.of == "email" and not new):
            continue
        for row in copy.rows(person):
            if _same(copy.of, getattr(row, copy.name), old):
                copy.renew(row, new)
                done += 1
    return done


def _value(of: str, said: Snapshot) -> Any:
    """As rows keep it: an address with its country in it. None where it is not known, or does not change."""
    if of != "address":
        return said.get("phone_typed" if of == "phone" else of) or None
    address = said.get("address")
    return {**address, "country": said.get("country") or ""} if address else None


def _same(of: str, one: Any, other: Any) -> bool:
    if not one:
        return False
    if of == "email":
        return canonical(str(one)) == canonical(str(other))
    if of == "address":
        return {part: said for part, said in one.items() if said} == {
            part: said for part, said in other.items() if said
        }
    return bool(one == other)
