"""Who answers for whose data: each region with its company, its data controller, and the authority one can
complain to.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kept.core.ledger import versions
from kept.core.policy.model import Policy
from kept.core.policy.places import Entity, Region
from kept.core.register.hooks import meters
from kept.core.register.hooks.meters import Figures
from kept.people.countries import plain
from kept.portal.navigation import ASK, there
from kept.portal.regions.places import country_name, language_name, reading

EVERYWHERE = "*"


@dataclass(frozen=True, slots=True)
class Row:
    """``countries`` and ``languages`` are names; the region of every other country says so in words.

    ``meter``: how promptly it answers.
    """

    region: Region
    entity: Entity
    countries: str
    languages: str
    meter: Figures | None


def rows(policy: Policy) -> list[Row]:
    """In the order of the policy."""
    company = policy.company
    return [
        Row(
            region,
            company.entities[region.entity],
            (
                _("Every country that no other region names")
                if EVERYWHERE in region.countries
                else ", ".join(sorted(map(_country, region.countries), key=plain))
            ),
            ", ".join(language_name(code, by=reading()) for code in region.controller.languages),
            meters.of("requests", region),
        )
        for region in company.regions.values()
    ]


def _country(code: str) -> str:
    """ "BE" by its name; of a part of a country ("US-CA") the ones we have law for are known by theirs."""
    return _("California") if code == "US-CA" else country_name(code)


@login_not_required
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    return render(
        request,
        "promises/controllers.html",
        {"rows": rows(versions.spoken()), "ask": ASK if there(ASK) else ""},
    )
