"""What is wrong, said the GOV.UK way, where a form left a library's own sentence standing."""

from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.forms.boundfield import BoundField
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

ADDRESS = _("Enter an e-mail address in the correct format, like name@example.com")


def said(bound: BoundField) -> tuple[str, ...]:
    """Every problem of one field in the words the reader gets.

    Sentences a form's author wrote stay as they are.
    """
    errors = bound.form.errors.as_data().get(bound.name, ())
    return tuple(_said(bound, error, text) for error in errors for text in error.messages)


def _said(bound: BoundField, error: ValidationError, text: str) -> str:
    if error.code == "required" and text == str(forms.Field.default_error_messages["required"]):
        return asked(bound)
    if isinstance(bound.field, forms.EmailField) and text == str(EmailValidator.message):
        return str(ADDRESS)
    if (
        error.code == "max_length"
        and "max_length" not in bound.field.error_messages
        and error.params
        and "limit_value" in error.params
    ):
        return gettext("{name} must be {most} characters or fewer").format(
            name=bound.label, most=error.params["limit_value"]
        )
    return text


def asked(bound: BoundField) -> str:
    """ "Enter the serial number", "Select a country": what to do about an empty field."""
    name = within(str(bound.label).rstrip("?.\N{NO-BREAK SPACE}"))
    if isinstance(bound.field, forms.FileField):
        said = gettext("Select a file: {name}")
    elif isinstance(bound.field.widget, forms.CheckboxInput):
        said = gettext("Tick the box: {name}")
    elif isinstance(bound.field, forms.ChoiceField):
        said = gettext("Select an answer: {name}")
    else:
        said = gettext("Enter the {name}")
    return said.format(name=name)


def within(label: str) -> str:
    """A label as it stands inside a sentence: small, as "E-mail address" is too, unless it begins like "VAT"
    or the language has nouns with capitals.
    """
    if (get_language() or "").startswith("de"):
        return label
    small = label[1:2].islower() or (label[1:2] == "-" and label[2:3].islower())
    return f"{label[:1].lower()}{label[1:]}" if small else label
