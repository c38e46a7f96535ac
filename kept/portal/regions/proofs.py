"""What the regions can prove: everybody has a region, whoever seems to be in another is offered it, and
nobody is sent on.
"""

from __future__ import annotations

import re

from django.conf import settings
from django.template.loader import render_to_string

from kept.core.ledger import versions
from kept.core.policy.model import Policy
from kept.core.register.proving import walk_findings
from kept.core.register.proving.proofs import Proof, proof
from kept.people import countries
from kept.portal.marks import external_links
from kept.portal.regions import geoip, places
from kept.portal.regions.hooks import Suggestion, offer
from kept.sentences import sentence

# What would take a reader elsewhere without her.
_SENDS_ON = re.compile(r"http-equiv|<script|onload|<iframe", re.IGNORECASE)
_BUTTON = re.compile(r'<(?:button|a) class="([^"]*)"')


@proof(
    "regions.stay_or_go",
    promise="sister-site",
    title=sentence("Whoever seems to be elsewhere may stay or go, and is not sent on"),
    unseen=sentence("Visitors whose address the table of countries places wrongly."),
    moment=False,
    every=walk_findings.EVERY,
)
def stay_or_go() -> Proof:
    """For each country the suggestion is drawn as its visitors would see it: where a sister serves, with both
    ways alike; elsewhere, none.
    """
    policy = versions.current().policy
    current = places.here(policy.company, settings.KEPT_SITE)
    offered, wrong = 0, []
    for code in sorted(countries.codes()):
        told = offer(policy, current, code, "/", "")
        served_here = policy.company.region_of(code).site == current.site
        if (told is None) != served_here or (told and not _leaves_the_choice(policy, told)):
            wrong.append(places.country_name(code))
        offered += told is not None
    if offer(policy, current, "", "/", "") is not None:
        wrong.append("an unknown country")
    if wrong:
        return Proof(
            False,
            sentence("{n} wrong", n=len(wrong)),
            sentence(
                "Not offered a choice, or offered one wrongly: {countries}.", countries=", ".join(wrong[:5])
            ),
        )
    text = sentence(
        "Visitors from the countries of a sister company are offered its site, with both ways alike; nobody"
        " else is, and nobody is sent on."
    )
    own = Proof(True, sentence("{n} countries offered a choice", n=offered), text)
    return walk_findings.and_walked(
        own,
        ("region",),
        text=sentence("{suggestions} visitors from there read the page as it left, and stayed by a click."),
    )


def _leaves_the_choice(policy: Policy, told: Suggestion) -> bool:
    drawn = render_to_string("regions/suggestion.html", {"it": {"suggestion": told}, "portal": None})
    links = external_links.links(policy, drawn)
    shapes = {shape.removeprefix("button ") for shape in _BUTTON.findall(drawn)}
    return (
        "/region/staying/" in drawn
        and links.outward == 1
        and not links.unmarked
        and shapes == {"quiet"}
        and not _SENDS_ON.search(drawn)
    )


@proof(
    "regions.everybody_has_one",
    promise="system-regions",
    title=sentence("Every country has a region, a company and a controller"),
    unseen=sentence("Whether somebody sits at the controller's desk."),
)
def everybody_has_one() -> Proof:
    """Every country there is, through the policy in force; and the tables that say where somebody seems to
    be, with their age.
    """
    company = versions.current().policy.company
    current = places.here(company, settings.KEPT_SITE)
    lost = []
    for code in sorted(countries.codes()):
        region = company.region_of(code)
        reached = region.site == current.site or places.elsewhere(company, current, region) is not None
        if not (region.controller.email and company.entities[region.entity].address and reached):
            lost.append(places.country_name(code))
    count = len(countries.codes())
    if lost:
        return Proof(
            False,
            sentence("{n} of {all} countries", n=len(lost), all=count),
            sentence(
                "Without a controller, or with a site nobody is led to: {countries}.",
                countries=", ".join(lost[:5]),
            ),
        )
    return Proof(
        True,
        sentence("{n} of {all} countries", n=count, all=count),
        sentence(
            "Every country has a company, a controller and a site. {source}", source=geoip.origins().source
        ),
    )
