"""The pages that are compared: one view and one template for both twins.

Mounted at the desk for the length of a bench.
"""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.http import HttpResponse
from django.template import engines
from django.urls import URLPattern, URLResolver, path

from bench.twins import PlainCustomer, SealedCustomer
from kept.accounts.requests import KnownRequest
from kept.core.vault import gate
from kept.urls import urlpatterns as of_the_portal

PAGE = 50
LIST = """{% extends "desk/base.html" %}{% block content %}<table>{% for row in rows %}
<tr><td><a href="/desk/person/{{ row.pk }}/">{{ row.name }}</a></td><td>{{ row.email }}</td>
<td>{{ row.since|date:"j F Y" }}</td></tr>{% endfor %}
</table>{% endblock %}"""
BARE = (
    LIST.replace('{% extends "desk/base.html" %}', "")
    .replace("{% block content %}", "<!doctype html><title>List</title>")
    .replace("{% endblock %}", "")
)
DETAIL = """{% extends "desk/base.html" %}{% block content %}<dl><dt>Name<dd>{{ row.name }}
<dt>E-mail<dd>{{ row.email }}
<dt>Since<dd>{{ row.since|date:"j F Y" }}</dl>{% endblock %}"""


@dataclass
class Matter:
    matter_ref: str = "case 7"
    matter_open: bool = True


def page(request: KnownRequest, model: type[Any], template: str) -> HttpResponse:
    sealed = model is SealedCustomer
    act = gate.purpose("support", reader=request.reader, about=Matter()) if sealed else nullcontext()
    with act:
        if template == "detail":
            context = {"row": model.objects.get(position=0)}
        else:
            context = {"rows": model.objects.order_by("position")[:PAGE]}
        text = _compiled(template).render(context, request)
    return HttpResponse(text)


@cache
def _compiled(template: str) -> Any:
    """As the cached loader of the portal keeps its own."""
    return engines["django"].from_string({"list": LIST, "bare": BARE, "detail": DETAIL}[template])


urlpatterns: list[URLPattern | URLResolver] = [
    *(
        path(f"desk/bench/{kind}/{name}/", page, {"model": model, "template": kind})
        for kind in ("list", "bare", "detail")
        for name, model in (("sealed", SealedCustomer), ("plain", PlainCustomer))
    ),
    *of_the_portal,
]
