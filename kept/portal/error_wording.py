"""What is wrong, said the GOV.UK way, where a form left a library's own sentence standing."""

from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.forms.boundfield import BoundField

REQUIRED = str(forms.Field.default_error_messages["required"])
ADDRESS = "Enter an e-mail address in the correct format, like name@example.com"


def said(bound: BoundField) -> tuple[str, ...]:
    """Every problem of one field in the words the reader gets.

    Sentences a form's author wrote stay as they are.
    """
    errors = bound.form.errors.as_data().get(bound.name, ())
    return tuple(_said(bound, error, text) for error in errors for text in error.messages)


def _said(bound: BoundField, error: ValidationError, text: str) -> str:
    if error.code == "required" and text == REQUIRED:
        return asked(bound)
    if isinstance(bound.field, forms.EmailField) and text == str(EmailValidator.message):
        return ADDRESS
    if (
        error.code == "max_length"
        and "max_length" not in bound.field.error_messages
        and error.params
        and "limit_value" in error.params
    ):
        return f"{bound.label} must be {error.params['limit_value']} characters or fewer"
    return text


def asked(bound: BoundField) -> str:
    """ "Enter the serial number", "Select a country": what to do about an empty field."""
    label = str(bound.label).rstrip("?.")
    name = f"{label[:1].lower()}{label[1:]}" if label[1:2].islower() else label
    if isinstance(bound.field, forms.FileField):
        return f"Select a file: {name}"
    if isinstance(bound.field.widget, forms.CheckboxInput):
        return f"Tick the box: {name}"
    return f"Select an answer: {name}" if isinstance(bound.field, forms.ChoiceField) else f"Enter the {name}"
