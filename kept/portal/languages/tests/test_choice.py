"""Whose language a page is in: its address, the profile, this browser's choice, English; never a guess."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from kept.accounts.models import User
from kept.people.models import Person
from kept.portal.languages import choice

pytestmark = pytest.mark.django_db


def language_of(answer: Any) -> str:
    said = re.search(r'<html lang="(\w+)"', answer.content.decode())
    assert said is not None and said[1] == answer["Content-Language"]
    return said[1]


@pytest.mark.parametrize(
    ("path", "split"),
    [
        ("/fr/privacy/", ("fr", "/privacy/")),
        ("/fr/", ("fr", "/")),
        ("/fr", ("", "/fr")),
        ("/france/", ("", "/france/")),
        ("/en/privacy/", ("", "/en/privacy/")),
        ("/privacy/fr/", ("", "/privacy/fr/")),
        ("/nl/de/", ("nl", "/de/")),
        ("/fr//elsewhere.example/", ("", "/fr//elsewhere.example/")),
        ("/fr/\\elsewhere.example/", ("", "/fr/\\elsewhere.example/")),
    ],
)
def test_the_language_stands_first_in_an_address(path: str, split: tuple[str, str]) -> None:
    assert choice.split(path) == split


def test_english_stays_bare() -> None:
    assert choice.address("/fr/privacy/?a=1", "en") == "/privacy/?a=1"
    assert choice.address("/privacy/", "nl") == "/nl/privacy/" and choice.address("/de/x/", "fr") == "/fr/x/"


def test_a_page_speaks_the_language_of_its_address_and_leads_on_in_it(policy: Any) -> None:
    client = Client()
    page = client.get("/de/privacy/")
    assert language_of(page) == "de"
    links = re.findall(r'\s(?:href|action)="(/[^"]*)"', page.content.decode())
    assert links and all(link.startswith(("/de/", "/static/")) for link in links)
    assert language_of(client.get("/privacy/")) == "en"


def test_each_page_lists_itself_in_every_language_and_the_bare_one_for_all_others(policy: Any) -> None:
    page = Client().get("/nl/privacy/").content.decode()
    listed = dict(
        re.findall(r'<link rel="alternate" hreflang="([\w-]+)" href="https?://[^/"]+(/[^"]*)">', page)
    )
    assert listed == {
        "en": "/privacy/",
        "fr": "/fr/privacy/",
        "de": "/de/privacy/",
        "nl": "/nl/privacy/",
        "x-default": "/privacy/",
    }


def test_what_leads_away_leads_away_in_the_same_language(policy: Any) -> None:
    answer = Client().get("/nl/me/")
    assert answer.status_code == 302 and answer["Location"].startswith("/nl/account/login/")


@pytest.mark.parametrize("language", ["fr", "de", "nl"])
def test_a_language_alone_is_its_first_page(policy: Any, language: str) -> None:
    answer = Client().get(f"/{language}")
    assert answer.status_code == 301 and answer["Location"] == f"/{language}/"
    assert Client().get("/it").status_code == Client().post(f"/{language}").status_code == 404


@pytest.mark.parametrize("address", ["/", "/fr/", "/de/privacy/"])
def test_asking_for_the_head_alone_tells_the_length_of_the_page(policy: Any, address: str) -> None:
    client = Client()
    assert client.head(address)["Content-Length"] == client.get(address)["Content-Length"]


def test_nobody_is_moved_by_what_their_browser_asks_for(policy: Any) -> None:
    assert language_of(Client(headers={"Accept-Language": "fr-BE,fr;q=0.9"}).get("/privacy/")) == "en"


def test_a_click_is_remembered_by_the_browser_and_brings_back_to_the_page(policy: Any) -> None:
    client = Client()
    answer = client.post("/language/", {"language": "fr", "page": "/privacy/?version=1"})
    assert (answer.status_code, answer["Location"]) == (302, "/fr/privacy/?version=1")
    said = client.cookies[choice.NAME]
    assert (said.value, said["samesite"], said["httponly"]) == ("fr", "Lax", True) and 170 < said[
        "max-age"
    ] / 86_400 < 190
    page = client.get("/privacy/")
    assert language_of(page) == "fr" and "Cookie" in page["Vary"]
    # An address that names one is written in it, whatever was chosen.
    assert language_of(client.get("/nl/privacy/")) == "nl"
    assert client.post("/nl/language/", {"language": "en", "page": "/privacy/"})["Location"] == "/privacy/"
    assert language_of(client.get("/privacy/")) == "en"


@pytest.mark.parametrize("code", ["", "xx", "eo", "fr-BE", "<b>"])
def test_what_is_no_language_is_no_choice(policy: Any, code: str) -> None:
    client = Client()
    assert (
        client.post("/language/", {"language": code}).status_code == 404 and choice.NAME not in client.cookies
    )
    client.cookies[choice.NAME] = code
    assert language_of(client.get("/privacy/")) == "en"


@pytest.mark.parametrize(
    "page", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:x", "\\\\x", ""]
)
def test_it_leads_to_pages_of_ours_only(policy: Any, page: str) -> None:
    assert Client().post("/language/", {"language": "fr", "page": page})["Location"] == "/fr/"


@pytest.mark.parametrize(
    "page", ["/fr//elsewhere.example/", "/fr/\\elsewhere.example/", "/fr/fr//elsewhere.example/"]
)
@pytest.mark.parametrize("code", ["en", "fr", "de"])
def test_taking_a_language_off_an_address_leads_nowhere_else(policy: Any, page: str, code: str) -> None:
    leads_to = Client().post("/language/", {"language": code, "page": page})["Location"]
    assert re.match(r"/(?![/\\])", leads_to), leads_to
    answer = Client().get(page)
    assert answer.status_code == 404 or re.match(r"/(?![/\\])", answer["Location"])


def test_a_form_of_another_site_chooses_nothing(policy: Any) -> None:
    answer = Client().post("/language/", {"language": "fr"}, headers={"Origin": "https://elsewhere.example"})
    assert answer.status_code == 403 and choice.NAME not in answer.cookies


def test_whoever_is_signed_in_reads_in_the_language_of_their_profile(alice: User, client_of: Any) -> None:
    client, user = client_of(alice), alice
    assert language_of(client.get("/me/")) == "en"
    answer = client.post("/language/", {"language": "de", "page": "/me/"})
    assert answer["Location"] == "/me/"
    assert Person.objects.get(pk=user.person_id).language == "de"
    client.cookies[choice.NAME] = "fr"
    assert language_of(client.get("/me/")) == "de"
    assert language_of(client.get(reverse("profile"))) == "de"
