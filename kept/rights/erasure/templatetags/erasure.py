"""{% load erasure %}: that somebody is to be erased, where they look at their data."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import Context

from kept.rights.erasure import flows

register = template.Library()


@register.inclusion_tag("erasure/parts/banner.html", takes_context=True)
def erasure_banner(context: Context) -> dict[str, Any]:
    """The day it is done, and the way to undo it. Nothing where nothing was asked for."""
    return {"erasure": flows.of(context["request"].person.pk)}
