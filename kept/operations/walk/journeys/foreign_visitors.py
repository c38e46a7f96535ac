"""Visitors who seem to be in a country another company of the group serves: offered its site, sent nowhere,
and left alone once they stay.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from django.conf import settings

from kept.operations.serving.guard import Application
from kept.operations.walk.browser import Answer, Browser
from kept.operations.walk.page_parser import Form
from kept.operations.walk.response_checks import Judge, asked_by
from kept.portal.regions import geoip, places
from kept.sentences import sentence

REGION = "region"
STAYING = "/region/staying/"
# Addresses of public name servers and universities, of which the table of countries knows where they are.
ADDRESSES = (
    "8.8.8.8",
    "128.100.1.1",
    "132.248.10.2",
    "18.9.22.69",
    "142.103.1.1",
    "200.57.7.61",
    "195.238.2.21",
    "193.190.198.1",
)


def walk(judge: Judge, application: Application) -> None:
    """One visitor from each country that is served elsewhere and of which we know an address."""
    company = judge.policy.company
    here = places.here(company, settings.KEPT_SITE)
    for country, address in _visitors():
        browser = Browser(
            application,
            settings.KEPT_SITE,
            judge.look,
            who=sentence("a visitor from {country}", country=country),
            address=address,
        )
        judge.browsers.append(browser)
        answer = browser.get("/")
        form = next((form for form in answer.page.forms if form.action == STAYING), None)
        if company.region_of(country).site == here.site:
            if form is not None:
                judge.found(
                    REGION,
                    asked_by("GET /", browser.who),
                    sentence("offers another site to somebody who is served here"),
                )
        else:
            _chooses(judge, browser, answer, form, company.region_of(country).site)


def _visitors() -> Iterator[tuple[str, str]]:
    known = {geoip.origins().country(address): address for address in ADDRESSES}
    return ((country, address) for country, address in sorted(known.items()) if country)


def _chooses(judge: Judge, browser: Browser, answer: Answer, form: Form | None, site: str) -> None:
    place = asked_by("GET /", browser.who)
    judge.count("suggestions")
    ways = [link for link in answer.page.links if urlsplit(link.address).hostname == urlsplit(site).hostname]
    if answer.status != 200:
        judge.found(REGION, place, sentence("sends the reader on by itself"))
        return
    if form is None or not ways:
        judge.found(REGION, place, sentence("offers no choice between staying and going"))
        return
    shapes = {each.get("class", "").removeprefix("button ") for each in form.buttons} | {
        ways[0].marks.get("class", "").removeprefix("button ")
    }
    if len(shapes) != 1 or len(form.buttons) != 1:
        judge.found(REGION, place, sentence("makes one of the two ways the louder one"))
    if "no-store" not in answer.header("cache-control"):
        judge.found(REGION, place, sentence("may be kept by a cache, and handed to somebody elsewhere"))
    browser.follow(browser.submit(answer, form))
    if any(again.action == STAYING for again in browser.get("/").page.forms):
        judge.found(REGION, place, sentence("offers it again to somebody who stayed"))
