"""A list to choose from, drawn at once: Django's own template is read again for each option, and the list of
countries has 250 of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

TEMPLATE = "django/forms/widgets/select.html"
OPTION = "django/forms/widgets/select_option.html"


def drawable(widget: Mapping[str, Any]) -> bool:
    """Whether every option of a select is a plain one: an own template is drawn by Django."""
    return all(option["template_name"] == OPTION for _, some, _ in widget["optgroups"] for option in some)


def select(widget: Mapping[str, Any]) -> SafeString:
    """What Django's template makes of a select, to the byte."""
    options = "".join(_groups(widget["optgroups"]))
    name = conditional_escape(widget["name"])
    return SafeString(f'<select name="{name}"{_attributes(widget["attrs"])}>{options}\n</select>')


def _groups(groups: list[tuple[Any, list[dict[str, Any]], int]]) -> Iterator[str]:
    for title, options, _ in groups:
        if title:
            yield f'\n  <optgroup label="{conditional_escape(title)}">'
        for option in options:
            value, label = conditional_escape(str(option["value"])), conditional_escape(option["label"])
            yield f'\n  <option value="{value}"{_attributes(option["attrs"])}>{label}</option>\n'
        if title:
            yield "\n  </optgroup>"


def _attributes(attributes: Mapping[str, Any]) -> str:
    said = (
        f" {conditional_escape(name)}" + ("" if value is True else f'="{conditional_escape(str(value))}"')
        for name, value in attributes.items()
        if value is not False
    )
    return "".join(said)
