"""{% load desk_shell %}: what stands around every page of the desk — the bar, the post, the purpose."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import template
from django.template import Context
from django.urls import NoReverseMatch, reverse

from kept.core.register.hooks.desk import queues_for
from kept.desk.flows import PURPOSES
from kept.desk.forms import FindForm

register = template.Library()


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the desk's bar: a queue this role may see."""

    title: str
    address: str
    current: str


@register.inclusion_tag("desk/parts/bar.html", takes_context=True)
def desk_bar(context: Context) -> dict[str, Any]:
    """The queues of the reader's role, in the order they were registered.

    A queue without a page is not linked.
    """
    request = context["request"]
    post = getattr(request, "post_held", None)
    return {
        "entries": (
            [
                entry
                for queue in queues_for(post.role)
                if (entry := _entry(queue.title, queue.url, request.path))
            ]
            if post
            else []
        )
    }


@register.inclusion_tag("desk/parts/find.html", takes_context=True)
def desk_find(context: Context) -> dict[str, Any]:
    """The search box, for roles that open matters. What is typed goes by POST: no address holds it."""
    request = context["request"]
    held = getattr(request, "post_held", None)
    works = held is not None and held.role in PURPOSES
    box = FindForm(use_required_attribute=False)["text"].as_widget(attrs={"id": "desk-find"}) if works else ""
    return {"box": box, "csrf_token": context.get("csrf_token")}


@register.inclusion_tag("desk/parts/keys.html", takes_context=True)
def desk_keys(context: Context) -> dict[str, Any]:
    """The keys of the desk, for whoever has not switched them off."""
    held = getattr(context["request"], "post_held", None)
    return {"on": held is not None and held.keys_off is None}


@register.inclusion_tag("desk/parts/post.html", takes_context=True)
def post(context: Context) -> dict[str, Any]:
    """Who works here: address, role and company, as the ledger will name role and company."""
    request = context["request"]
    held = getattr(request, "post_held", None)
    entity = context["portal"].about.entities.get(held.entity) if held else None
    return {"user": request.user, "post": held, "entity": entity}


@register.inclusion_tag("desk/parts/under.html")
def under(matter: Any, purpose: str = "", until: Any = None, leave: str = "") -> dict[str, Any]:
    """The band that names the purpose: ``{% under matter purpose.title until=matter.closes_at leave=address
    %}``.

    A matter is named by its ``matter_words`` where it has any, else as the ledger names it.
    """
    return {
        "matter": matter,
        "ref": getattr(matter, "matter_words", matter.matter_ref),
        "purpose": purpose or matter.purpose,
        "until": until,
        "leave": leave,
    }


def _entry(title: str, url: str, path: str) -> Entry | None:
    try:
        address = reverse(url)
    except NoReverseMatch:
        return None
    return Entry(title, address, "page" if path == address else "true" if path.startswith(address) else "")
