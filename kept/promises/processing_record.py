"""The record of processing (GDPR Art.

30) as a page and in the forms that machines read. Public: there is nothing in it to hide.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from kept.core.ledger import versions
from kept.core.policy.model import Policy
from kept.core.register.datamap import activities, dpv, fideslang, table


def context(policy: Policy, at: date) -> dict[str, Any]:
    """What the templates show: the controllers, and each activity as (heading, cell) pairs."""
    found = activities.activities(policy, at)
    rows = [
        (one, list(zip(activities.HEADINGS, activities.row(policy, one), strict=True))[1:]) for one in found
    ]
    return {
        "policy": policy,
        "at": at,
        "controllers": [
            (region, policy.company.entities[region.entity]) for region in policy.company.regions.values()
        ],
        "rows": rows,
        "used": sum(not one.dormant for one in found),
    }


@login_not_required
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    return render(request, "promises/record.html", context(versions.spoken(), timezone.localdate()))


def _file(
    text: Callable[[Policy, date], str], media_type: str, name: str, policy: Callable[[], Policy]
) -> Callable[[HttpRequest], HttpResponse]:
    @login_not_required
    @require_safe
    def view(request: HttpRequest) -> HttpResponse:
        body = text(policy(), timezone.localdate())
        return HttpResponse(
            body, content_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'}
        )

    return view


def _current() -> Policy:
    """As it was published: machines read one language."""
    return versions.current().policy


as_csv = _file(table.text, "text/csv; charset=utf-8", "record-of-processing.csv", versions.spoken)
as_yaml = _file(fideslang.text, "application/yaml; charset=utf-8", "data-map.yaml", _current)
as_jsonld = _file(dpv.text, "application/ld+json", "data-map.jsonld", _current)
