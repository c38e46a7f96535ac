"""{% load wording %}: the policy's own words and tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.safestring import SafeString

from kept.promises import tables, wording

register = template.Library()


@register.simple_tag(name="wording", takes_context=True)
def worded(context: template.Context, text: str) -> SafeString:
    """A clause's Markdown as HTML, in the version that is shown."""
    return wording.html(text, context["policy"])


@register.filter
def slug(number: str) -> str:
    """A clause number as it stands in an address: 4.2 becomes 4-2."""
    return number.replace(".", "-")


@register.filter
def fingerprint(identity: str) -> str:
    """A hash as people compare it: its first twelve figures and its last four."""
    return f"{identity[:4]} {identity[4:8]} {identity[8:12]} … {identity[-4:]}"


@register.filter
def get(mapping: Mapping[str, Any], key: str) -> Any:
    return mapping[key]


@register.simple_tag(takes_context=True)
def policy_table(context: template.Context, name: str) -> tables.Table:
    """One of the tables the wording asks for, rendered from the version shown and never typed twice."""
    return tables.table(context["policy"], name)
