"""Dimension lines around a product's drawing, as on an engineering drawing: the real measures, not the drawn
ones.
"""

from __future__ import annotations

from decimal import Decimal

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from kept.products.drawings import Drawing
from kept.products.units import in_words

register = template.Library()

ABOVE = 26
# Half the room a figure takes in its line; a body narrower than the figure has it above the line instead.
HALF = 34


@register.filter
def mm(value: Decimal) -> str:
    return in_words(value, "mm")


@register.simple_tag
def dimension_lines(drawing: Drawing, width: Decimal, height: Decimal) -> SafeString:
    """Two dimension lines with arrow heads: above the body its width, left of it its height, both in mm."""
    return _across(drawing, width) + _upright(drawing, height)


def _across(it: Drawing, width: Decimal) -> SafeString:
    y = it.top - ABOVE if it.top > 20 else -14
    broken = it.right - it.left > 2 * HALF + 24
    line = (
        f"M{it.left:g} {y:g}H{it.middle - HALF:g}M{it.middle + HALF:g} {y:g}H{it.right:g}"
        if broken
        else f"M{it.left:g} {y:g}H{it.right:g}"
    )
    arrows = f"M{it.left + 8:g} {y - 3:g}l-8 3 8 3M{it.right - 8:g} {y - 3:g}l8 3-8 3"
    ticks = f"M{it.left:g} {it.top - 4:g}V{y - 6:g}M{it.right:g} {it.top - 4:g}V{y - 6:g}"
    return format_html(
        '<path d="{}"/><text x="{}" y="{}" text-anchor="middle">{}</text>',
        line + arrows + ticks,
        f"{it.middle:g}",
        f"{y if broken else y - 12:g}",
        mm(width),
    )


def _upright(it: Drawing, height: Decimal) -> SafeString:
    x = it.left - it.aside
    start, end = it.gap
    line = f"M{x:g} {it.top:g}V{start:g}M{x:g} {end:g}V{it.bottom:g}"
    arrows = f"M{x - 3:g} {it.top + 8:g}l3-8 3 8M{x - 3:g} {it.bottom - 8:g}l3 8 3-8"
    ticks = f"M{it.left - 4:g} {it.top:g}H{x - 6:g}M{it.left - 4:g} {it.bottom:g}H{x - 6:g}"
    return format_html(
        '<path d="{}"/><text x="{}" y="{}" text-anchor="middle">{}</text>',
        line + arrows + ticks,
        f"{x:g}",
        f"{it.centre:g}",
        mm(height),
    )
