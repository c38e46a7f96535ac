"""What is wrong with a form, in the order of the page, each with the place to mend it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.forms import BaseForm

from kept.portal.form_parts import error_wording, fields


@dataclass(frozen=True, slots=True)
class Problem:
    text: str
    address: str


def problems(*forms: BaseForm | Iterable[BaseForm] | None) -> list[Problem]:
    """Every problem of one form, several or none, fields in page order, then what concerns the form as a
    whole.
    """
    return [problem for form in _flat(forms) for problem in _of(form)]


def _flat(forms: Iterable[BaseForm | Iterable[BaseForm] | None]) -> Iterator[BaseForm]:
    for form in forms:
        if isinstance(form, BaseForm):
            yield form
        elif form is not None:
            yield from _flat(form)


def _of(form: BaseForm) -> Iterator[Problem]:
    if not form.is_bound:
        return
    for bound in form.visible_fields():
        for text in error_wording.said(bound):
            yield Problem(text, fields.first_control(bound))
    for bound in form.hidden_fields():
        for text in error_wording.said(bound):
            yield Problem(text, "")
    for whole in form.non_field_errors():
        yield Problem(str(whole), "")
