"""The suggestion at the top of a page: you seem to be there, this site is run from here; stay, or go.

Nobody is sent on.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from kept.core.policy.model import Policy
from kept.core.policy.places import Entity, Region
from kept.portal import navigation
from kept.portal.context import shell
from kept.portal.page_hooks import Notice, looks, notice
from kept.portal.regions import geoip, places, region_cookie
from kept.portal.regions.agents import is_program
from kept.portal.regions.places import Sister
from kept.sentences import listed

TOLD = "_region_suggested"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """``country`` as it stands in a sentence. ``page`` is where staying leads back to."""

    country: str
    current: Region
    entity: Entity
    sister: Sister
    page: str

    @property
    def run_from(self) -> str:
        return places.country_name(self.entity.country)

    @property
    def languages(self) -> str:
        """ "English, Spanish and French"."""
        spoken = self.sister.region.controller.languages
        return listed(places.language_name(code, places.reading()) for code in spoken)


@notice("region", order=20)
def suggestion(request: HttpRequest) -> Notice | None:
    """For somebody who reads a page, seems to be in a country of a sister's, and has not said that she
    stays.
    """
    if (
        request.method != "GET"
        or request.path == navigation.CHOOSER
        or request.path.startswith("/desk/")
        or not navigation.there(navigation.CHOOSER)
    ):
        return None
    country = geoip.country(request)
    if not country:
        return None
    around = shell(request)
    policy, current = around.ruling.spoken, around.region
    if (
        policy.company.region_of(country).site == current.site
    ):  # most visitors: nothing more is worked out for them
        return None
    it = offer(
        policy, current, country, request.path, request.META.get("QUERY_STRING", ""), request.get_full_path()
    )
    if (
        it is None
        or _answered(request, policy, current)
        or around.signed_in
        or is_program(request.META.get("HTTP_USER_AGENT", ""))
    ):
        return None
    setattr(request, TOLD, True)
    return Notice("regions/suggestion.html", {"suggestion": it})


def offer(
    policy: Policy, current: Region, country: str, path: str, query: str, page: str = "/"
) -> Suggestion | None:
    """What is said to somebody in a country; nothing where this site serves it, or where it is not known."""
    sister = places.offered(policy.company, current, country, path, query)
    if sister is None:
        return None
    return Suggestion(
        places.in_country(country), current, policy.company.entities[current.entity], sister, page
    )


def _answered(request: HttpRequest, policy: Policy, current: Region) -> bool:
    """Staying on any region of this very site is staying here."""
    stays = region_cookie.stays(request, policy)
    return bool(stays) and policy.company.regions[stays].site == current.site


@looks("region")
def keep_from_caches(request: HttpRequest, answer: HttpResponse) -> None:
    """A page with a suggestion was made for one address: no cache may hand it to another."""
    if getattr(request, TOLD, False):
        answer["Cache-Control"] = "private, no-store"
        patch_vary_headers(answer, ["Cookie"])
