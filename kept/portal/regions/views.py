"""The chooser: every region with its company, what changes between them, and the choice to stay.

Choosing moves nobody's data.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from kept.core.policy.places import Region
from kept.people import countries
from kept.portal.context import Portal, shell
from kept.portal.form_parts import own_forms
from kept.portal.form_parts.error_wording import within
from kept.portal.navigation import ASK, CHOOSER, there
from kept.portal.regions import differences, geoip, places, region_cookie

EVERYWHERE = "*"


@login_not_required
@never_cache
@require_safe
def chooser(request: HttpRequest) -> HttpResponse:
    """``?country=CA`` shows who serves there and what would change; a country that is none is asked for
    again.
    """
    around = shell(request)
    policy = around.ruling.spoken
    country = request.GET.get("country", "")[:8]
    known = country in countries.codes()
    stays = region_cookie.stays(request, policy)
    context = {
        "regions": [_described(around, region) for region in policy.company.regions.values()],
        "countries": countries.choices(),
        "country": country if known else "",
        "wrong": bool(country) and not known,
        "result": _result(around, country) if known else None,
        "languages": _languages(around, country if known else around.entity.country),
        "spoken_where": places.in_country(country if known else around.entity.country),
        "stays": policy.company.regions[stays].title if stays else "",
        "home": _home(request, around),
        "source": geoip.origins().source,
        "ask": ASK if there(ASK) else "",
    }
    return render(request, "regions/chooser.html", context, status=422 if context["wrong"] else 200)


def _described(around: Portal, region: Region) -> dict[str, Any]:
    company = around.about
    return {
        "region": region,
        "entity": company.entities[region.entity],
        "languages": [(code, places.language_name(code)) for code in region.controller.languages],
        "countries": [places.own_names(code) for code in region.countries if len(code) == 2],
        "rest": EVERYWHERE in region.countries,
        "current": region.site == around.region.site,
        "sister": places.elsewhere(company, around.region, region),
    }


def _result(around: Portal, country: str) -> dict[str, Any]:
    """Who serves a country, and what of somebody's data differs from here."""
    company, current = around.about, around.region
    region = company.region_of(country)
    rows = differences.between(around.ruling.spoken, current, region, country, timezone.localdate())
    return {
        "name": places.in_country(country),
        "region": region,
        "entity": company.entities[region.entity],
        "named": country in region.countries,
        "sister": places.elsewhere(company, current, region),
        "changed": [row for row in rows if not row.same],
        "same": "".join(f"; {within(row.name)}" for row in rows if row.same),
    }


def _languages(around: Portal, country: str) -> list[dict[str, Any]]:
    """Those of a country, each by its own name, with this page in it; what the company has no words in is
    said to be missing.
    """
    spoken = places.spoken_in(country)
    here = {one.code: one for one in around.languages if one.code in around.about.languages}
    codes = [*spoken, *(code for code in here if code not in spoken)]
    return [
        {
            "code": code,
            "name": places.language_name(code),
            "there": here.get(code),
            "now": code == get_language(),
        }
        for code in codes
    ]


def _home(request: HttpRequest, around: Portal) -> dict[str, Any] | None:
    """For somebody who is signed in: which company answers for them, whatever they choose on this page."""
    person = getattr(request, "person", None)
    entity = around.about.entities.get(person.controller) if person is not None else None
    return {"entity": entity, "controller": around.about.controller_of(entity.id)} if entity else None


# What a stranger's form could do is hide a suggestion, or bring it back; the origin is looked at all the
# same.
@csrf_exempt
@login_not_required
@require_POST
def staying(request: HttpRequest) -> HttpResponse:
    """She stays on a region of ours; said once, it is not suggested again.

    Leads back to the page she was on.
    """
    if refused := own_forms.refused(request):
        return refused
    policy = shell(request).ruling.policy
    region = request.POST.get("region", "")
    if region not in policy.company.regions:
        raise Http404
    answer = redirect(own_forms.page_before(request, CHOOSER))
    region_cookie.remember(answer, policy, region)
    return answer


@csrf_exempt
@login_not_required
@require_POST
def forgetting(request: HttpRequest) -> HttpResponse:
    """The choice is taken back: the cookie goes."""
    if refused := own_forms.refused(request):
        return refused
    answer = redirect(CHOOSER)
    region_cookie.forget(answer)
    return answer
