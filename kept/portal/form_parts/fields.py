"""How one field stands on a page, after the GOV.UK Design System: the facts; portal/parts/field.html draws
them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

from kept.portal.form_parts import asked_fields, error_wording
from kept.portal.form_parts.forms import DatePartsField, DatePartsWidget

# What a browser may fill in, and how a phone's keyboard should look, by the names our forms use for personal
# values.
KNOWN: Mapping[str, Mapping[str, str]] = {
    "name": {"autocomplete": "name", "spellcheck": "false"},
    "email": {"autocomplete": "email", "spellcheck": "false", "autocapitalize": "none"},
    "login": {"autocomplete": "username", "spellcheck": "false", "autocapitalize": "none"},
    "phone": {"autocomplete": "tel"},
    "organisation": {"autocomplete": "organization"},
    "occupation": {"autocomplete": "organization-title"},
    "street": {"autocomplete": "address-line1"},
    "address": {"autocomplete": "street-address"},
    "postcode": {"autocomplete": "postal-code", "class": "short"},
    "city": {"autocomplete": "address-level2"},
    "country": {"autocomplete": "country"},
    "code": {"autocomplete": "one-time-code", "inputmode": "numeric", "class": "short code"},
}


NOTHING = SafeString("")


@dataclass(frozen=True, slots=True)
class Choice:
    id: str
    label: str
    hint: str
    control: SafeString


@dataclass(frozen=True, slots=True)
class Shown:
    """One field. ``kind`` is plain, tick (one checkbox), choices (radios or checkboxes) or parts (a date)."""

    id: str
    kind: str
    label: str
    hint: str
    optional: bool
    wrongs: tuple[str, ...]
    origin: str
    described_by: str
    control: SafeString = NOTHING
    choices: tuple[Choice, ...] = ()
    parts: tuple[Choice, ...] = ()

    @property
    def group(self) -> bool:
        return self.kind in {"choices", "parts"}


def kind_of(bound: BoundField) -> str:
    widget = bound.field.widget
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return "choices"
    if isinstance(widget, DatePartsWidget):
        return "parts"
    return "tick" if isinstance(widget, forms.CheckboxInput) else "plain"


def first_control(bound: BoundField) -> str:
    """The id of the control a problem sends the reader to: of a group the first, of a date the part that is
    wrong.
    """
    kind = kind_of(bound)
    if kind == "choices":
        return f"{bound.auto_id}_0"
    if kind == "parts":
        return f"{bound.auto_id}_{wrong_parts(bound)[0]}"
    return str(bound.auto_id)


def wrong_parts(bound: BoundField) -> tuple[int, ...]:
    """Which of day, month and year (0, 1, 2) an error is about; all of them when it is about the date."""
    return DatePartsField.parts_of(
        error.code or "" for error in bound.form.errors.as_data().get(bound.name, ())
    )


def describe(bound: BoundField, attributes: Mapping[str, Any] | None = None) -> Shown:
    """Everything the template draws. ``attributes`` go to the control and win over what the form and we know.

    Where a prefilled value came from stands in ``field.origin`` or in the form's ``origins`` (name →
    sentence); hints of single choices in the form's ``hints`` (name → value → sentence).
    """
    kind, name = kind_of(bound), str(bound.auto_id)
    if bound.name == "phone" and getattr(bound.field.widget, "input_type", "") == "text":
        bound.field.widget.input_type = "tel"
    wrongs = error_wording.said(bound)
    origin = str(getattr(bound.field, "origin", "") or getattr(bound.form, "origins", {}).get(bound.name, ""))
    hint = conditional_escape(bound.help_text)
    described = [
        part
        for part, there in ((f"{name}-hint", hint), (f"{name}-wrong", wrongs), (f"{name}-origin", origin))
        if there
    ]
    described_by = " ".join(described)
    common = (name, kind, str(bound.label), hint, not bound.field.required, wrongs, origin, described_by)
    if left_out := asked_fields.admit(bound):
        return Shown(name, "plain", *common[2:], control=left_out)
    if kind == "choices":
        return Shown(*common, choices=_choices(bound))
    if kind == "parts":
        return Shown(*common, parts=_parts(bound, described_by))
    return Shown(*common, control=bound.as_widget(attrs=_attributes(bound, described_by, attributes or {})))


def _attributes(bound: BoundField, described_by: str, given: Mapping[str, Any]) -> dict[str, Any]:
    known = {} if kind_of(bound) == "tick" else KNOWN.get(bound.name, {})
    own = bound.field.widget.attrs
    attributes: dict[str, Any] = {**{key: value for key, value in known.items() if key not in own}, **given}
    attributes["aria-describedby"] = described_by or None
    attributes["aria-invalid"] = "true" if bound.errors else None
    return {key: value for key, value in attributes.items() if value is not None}


def _choices(bound: BoundField) -> tuple[Choice, ...]:
    hints: Mapping[str, str] = getattr(bound.form, "hints", {}).get(bound.name, {})
    shown = []
    for option in bound.subwidgets:
        name, hint = option.id_for_label, hints.get(str(option.data["value"]), "")
        option.data["attrs"] = {
            key: value
            for key, value in option.data["attrs"].items()
            if not key.startswith("aria-") and key != "required"
        }
        if hint:
            option.data["attrs"]["aria-describedby"] = f"{name}-hint"
        shown.append(Choice(name, str(option.choice_label), hint, option.tag(wrap_label=False)))
    return tuple(shown)


def _parts(bound: BoundField, described_by: str) -> tuple[Choice, ...]:
    widget, wrong = bound.field.widget, wrong_parts(bound) if bound.errors else ()
    context = widget.get_context(bound.html_name, bound.value(), {"id": bound.auto_id})
    shown = []
    for index, (part, label) in enumerate(zip(context["widget"]["subwidgets"], widget.labels, strict=True)):
        attributes = {
            **part["attrs"],
            "aria-describedby": described_by or None,
            "aria-invalid": "true" if index in wrong else None,
        }
        part["attrs"] = {
            key: value for key, value in attributes.items() if value is not None and key != "required"
        }
        shown.append(Choice(part["attrs"]["id"], str(label), "", widget.draw(part)))
    return tuple(shown)
