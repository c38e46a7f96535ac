"""Whoever seems to be elsewhere is told and may choose; nobody is sent on, and nothing is kept before a
choice.
"""

from __future__ import annotations

from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kept.portal.regions import geoip, places
from kept.portal.regions.tests import mmdb

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policy", "behind_a_proxy")]

CANADIAN, BELGIAN, JAPANESE = "142.150.1.1", "193.190.198.1", "133.11.1.1"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"
SAYS = "You seem to be in Canada. This site is run by CE+T Power, Belgium."
SUGGESTS = "You seem to be in"


@pytest.fixture
def behind_a_proxy(settings: Any) -> None:
    settings.KEPT_PROXIES = (ip_network("127.0.0.1"),)


def browser(address: str = CANADIAN, agent: str = FIREFOX, **more: Any) -> Client:
    return Client(HTTP_X_FORWARDED_FOR=address, HTTP_USER_AGENT=agent, **more)


def page(client: Client, address: str = "/") -> str:
    return client.get(address).content.decode()


def test_a_canadian_address_sees_it_with_both_ways() -> None:
    client = browser()
    answer = client.get("/")
    shown = answer.content.decode()
    assert answer.status_code == 200 and not answer.cookies
    assert SAYS in shown and '<button class="quiet">Stay here</button>' in shown
    assert (
        'class="quiet" href="https://northamerica.example.com/" rel="noopener noreferrer external"'
        ' data-outward="group">Go to the North American site' in shown
    )
    assert (
        "CE+T Energy Solutions is the seller and the controller of your data; prices, warranty and stock are"
        " its own" in shown
    )
    assert "it answers in English, Spanish and French" in shown


@pytest.mark.parametrize("address", [BELGIAN, JAPANESE, "10.1.2.3", "127.0.0.1", "garbage", ""])
def test_whoever_this_site_serves_and_whoever_is_nowhere_sees_none(address: str) -> None:
    answer = browser(address).get("/")
    assert SUGGESTS not in answer.content.decode()
    assert "no-store" not in answer.get("Cache-Control", "")


@pytest.mark.parametrize(
    "agent",
    [
        "",
        "Googlebot/2.1",
        "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
        "curl/8.1",
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/120.0 Safari/537.36",
    ],
)
def test_bots_see_none(agent: str) -> None:
    assert SUGGESTS not in page(browser(agent=agent))


def test_without_a_table_nobody_is_guessed(tmp_path: Path, settings: Any) -> None:
    settings.KEPT_COUNTRIES = mmdb.write(tmp_path / "empty.mmdb", {"203.0.113.0/24": {}})
    assert SUGGESTS not in page(browser())
    settings.KEPT_COUNTRIES = mmdb.write(
        tmp_path / "own.mmdb", {"193.190.0.0/16": {"country": {"iso_code": "US"}}}
    )
    assert "You seem to be in the United States." in page(browser(BELGIAN))
    assert geoip.origins().source.startswith("The country is looked up in the operator")


@pytest.mark.parametrize(
    ("path", "leads_to", "there"),
    [
        ("/privacy/?clause=3", "https://northamerica.example.com/privacy/", True),
        (
            "/products/?market=rail&amp;input=48",
            "https://northamerica.example.com/products/?market=rail&amp;input=48",
            True,
        ),
        (f"/products/?q={'x' * 600}", "https://northamerica.example.com/products/", True),
        ("/privacy/promises/?x=1", "https://northamerica.example.com", False),
        ("/account/login/?next=/me/", "https://northamerica.example.com", False),
    ],
)
def test_it_leads_to_the_same_page_there_or_says_that_there_is_none(
    path: str, leads_to: str, there: bool
) -> None:
    shown = page(browser(), path.replace("&amp;", "&"))
    assert f'href="{leads_to}" rel=' in shown
    assert ("This page is not available there" in shown) is not there


def test_a_page_with_a_suggestion_is_kept_by_no_cache() -> None:
    answer = browser().get("/")
    assert answer["Cache-Control"] == "private, no-store" and "Cookie" in answer["Vary"]


def test_staying_is_remembered_and_leads_back() -> None:
    client = browser()
    answer = client.post("/region/staying/", {"region": "europe", "page": "/products/?market=rail"})
    assert (answer.status_code, answer["Location"]) == (302, "/products/?market=rail")
    cookie = answer.cookies["kept_region"]
    assert (
        cookie.value == "europe"
        and cookie["httponly"]
        and cookie["samesite"] == "Lax"
        and 180 <= cookie["max-age"] / 86_400 <= 185
    )
    assert "kept_session" not in answer.cookies and "kept_csrf" not in answer.cookies
    assert SUGGESTS not in page(client)
    assert "You chose to stay on the site for Europe" in page(client, "/region/")
    client.post("/region/forgetting/")
    assert client.cookies["kept_region"].value == "" and SAYS in page(client)


@pytest.mark.parametrize(
    "value", ["north-america", "mars", "", "x" * 5000, "europe;", '"><b>', "eur\u00f6pe"]
)
def test_a_cookie_that_is_no_choice_of_this_site_is_none(value: str) -> None:
    client = browser()
    client.cookies["kept_region"] = value
    assert SAYS in page(client)


@pytest.mark.parametrize(
    "back",
    [
        "https://elsewhere.example/",
        "//elsewhere.example/",
        "/\\elsewhere.example",
        "javascript:alert(1)",
        "",
        "me/",
    ],
)
def test_staying_never_leads_off_the_site(back: str) -> None:
    assert browser().post("/region/staying/", {"region": "europe", "page": back})["Location"] == "/region/"


def test_a_form_of_another_site_is_refused_and_a_region_that_is_none_is_not_found() -> None:
    client = browser()
    said = client.post("/region/staying/", {"region": "europe"}, HTTP_ORIGIN="https://elsewhere.example")
    assert said.status_code == 403 and b"did not come from our own site" in said.content and not said.cookies
    assert client.post("/region/forgetting/", HTTP_ORIGIN="null").status_code == 403
    assert (
        client.post("/region/staying/", {"region": "europe"}, HTTP_ORIGIN="http://testserver").status_code
        == 302
    )
    assert client.post("/region/staying/", {"region": "mars"}).status_code == 404
    assert client.get("/region/staying/").status_code == 405


def test_whoever_is_signed_in_is_not_asked(alice: Any) -> None:
    client = browser()
    client.force_login(alice)
    assert SUGGESTS not in page(client, "/products/")


def test_nobody_is_sent_on() -> None:
    for path in ("/", "/products/", "/privacy/", "/region/", "/nothing-here/"):
        answer = browser().get(path)
        assert answer.status_code in (200, 404) and "Location" not in answer and "Refresh" not in answer


def test_it_costs_no_query() -> None:
    """A page with the suggestion asks the database what the same page asks without: a page that is drawn
    for each who asks.
    """
    asked = []
    for address in (BELGIAN, CANADIAN):
        browser(address).get("/privacy/ask/")
        with CaptureQueriesContext(connection) as captured:
            shown = page(browser(address), "/privacy/ask/")
        asked.append([query["sql"] for query in captured])
        assert (SUGGESTS in shown) is (address == CANADIAN)
    assert asked[0] == asked[1]


def test_the_sister_s_own_portal_offers_the_way_back(settings: Any) -> None:
    settings.KEPT_SITE = "https://northamerica.example.com"
    shown = page(browser(BELGIAN), "/privacy/")
    assert "You seem to be in Belgium. This site is run by CE+T Energy Solutions, United States." in shown
    assert 'href="https://www.example.com/privacy/" rel=' in shown and "Go to the European site" in shown
    assert SUGGESTS not in page(browser(CANADIAN)) and "You seem to be in Japan" in page(browser(JAPANESE))


def test_a_company_without_a_sister_site_suggests_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "offered", lambda *args: None)
    assert SUGGESTS not in page(browser())
