"""A select reads as Django's own template writes it, whatever stands in its options."""

from __future__ import annotations

from typing import Any

import pytest
from django import forms
from django.forms.renderers import TemplatesSetting
from django.utils import translation
from django.utils.safestring import mark_safe

from kept.people import countries
from kept.portal.form_parts import selects
from kept.portal.form_parts.asked_fields import Renderer

TITLED: list[Any] = [("", "Choose"), ("North & South", [('a"b', "A <b>"), ("c", mark_safe("<i>C</i>"))])]


class Odd(forms.Select):
    option_template_name = "django/forms/widgets/checkbox_option.html"


def drawn(widget: forms.Select, value: Any, renderer: Any, **attrs: Any) -> str:
    return str(widget.render("place", value, attrs=attrs, renderer=renderer))


@pytest.mark.parametrize("language", ["en", "fr", "de", "nl"])
def test_countries_read_as_they_did(language: str) -> None:
    with translation.override(language):
        widget = forms.Select(choices=countries.choices())
        ours = drawn(widget, "BE", Renderer(), id="id_place", required=True)
        assert ours == drawn(widget, "BE", TemplatesSetting(), id="id_place", required=True)
        assert ours.count("<option") == len(countries.codes()) and ours.count(" selected") == 1


@pytest.mark.parametrize("value", ["", 'a"b', "c", None, "<script>"])
def test_titles_and_marks_are_escaped_as_they_were(value: Any) -> None:
    for widget in (forms.Select(choices=TITLED), forms.SelectMultiple(choices=TITLED)):
        attrs = {"data-x": "\"'<&>", "disabled": False, "autofocus": True, "size": 3}
        ours = drawn(widget, value, Renderer(), **attrs)
        assert ours == drawn(widget, value, TemplatesSetting(), **attrs)


def test_an_option_with_a_template_of_its_own_is_drawn_by_it() -> None:
    widget = Odd(choices=[("a", "A")])
    assert not selects.drawable(widget.get_context("place", "a", {})["widget"])
    assert drawn(widget, "a", Renderer()) == drawn(widget, "a", TemplatesSetting())
