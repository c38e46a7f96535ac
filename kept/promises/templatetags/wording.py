"""{% load wording %}: the policy's own words and tables."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from kept.core.policy.model import Policy
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


@register.simple_tag(takes_context=True)
def drawn_table(context: template.Context, name: str) -> SafeString:
    """The same as a page shows it: drawn once a day for each version and each language."""
    return _drawn(context["policy"], name, timezone.localdate(), get_language())


@lru_cache(maxsize=256)
def _drawn(policy: Policy, name: str, today: date, language: str | None) -> SafeString:
    """``today``: what is over is told as over; ``language``: the one it is drawn in."""
    return render_to_string("promises/parts/table.html", {"policy": policy, "table": name})
