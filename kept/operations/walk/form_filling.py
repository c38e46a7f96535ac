"""What somebody types into a form: by the kind of each control and the names our forms use, with words of her
own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from kept.operations.walk.page_parser import Field, Form
from kept.operations.walk.response_checks import Invented

BY_TYPE: Mapping[str, Callable[[Invented], str]] = {
    "email": lambda one: one.email,
    "tel": lambda one: one.phone,
    "number": lambda one: "1",
    "date": lambda one: "2026-01-15",
    "password": lambda one: one.password,
    "textarea": lambda one: f"A question of {one.name}, {one.email}, {one.phone}.",
}
BY_NAME: Mapping[str, Callable[[Invented], str]] = {
    "login": lambda one: one.email,
    "email": lambda one: one.email,
    "name": lambda one: one.name,
    "phone": lambda one: one.phone,
    "street": lambda one: "1 Walking Street",
    "postcode": lambda one: "4020",
    "city": lambda one: "Liège",
    "code": lambda one: "000000",
    "serial": lambda one: "1204-88-2",
    "day": lambda one: "15",
    "month": lambda one: "1",
    "year": lambda one: "2026",
}


def filled(form: Form, one: Invented) -> dict[str, str]:
    """What she types and chooses; what stands there already, like a token, is left as it is."""
    typed = {}
    for control in form.asked:
        said = _said(control, one)
        if said is not None and control.name not in typed:
            typed[control.name] = said
    return typed


def _said(control: Field, one: Invented) -> str | None:
    if control.type in {"radio", "checkbox"}:
        return control.value
    if control.type == "select":
        return next((value for value in control.values if value), control.value)
    if control.value or control.type == "file":
        return None
    say = BY_NAME.get(control.name) or BY_TYPE.get(control.type) or (lambda one: f"From {one.first_name}")
    return say(one)
