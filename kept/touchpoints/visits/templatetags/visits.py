"""``{% table it %}``: one report of the dashboard."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django import template
from django.template import Context
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from kept.touchpoints.visits.pages.tables import Drawn

register = template.Library()
BESIDE = ("query", "by_days", "whole_month", "fewest", "alone")
"""What else of the page stands in a table."""


@register.simple_tag(takes_context=True)
def table(context: Context, it: Drawn, alone: bool = False) -> SafeString:
    beside = {**{name: context.get(name) for name in BESIDE}, "alone": alone}
    return _drawn(it, tuple(beside.items()), get_language())


@lru_cache(maxsize=512)
def _drawn(it: Drawn, beside: tuple[tuple[str, Any], ...], language: str | None) -> SafeString:
    """Drawn once for everybody who reads the same figures in the same ``language``: a table says nothing but
    what it is drawn from, and nothing of anybody.
    """
    return render_to_string("visits/parts/table.html", {"it": it, **dict(beside)})
