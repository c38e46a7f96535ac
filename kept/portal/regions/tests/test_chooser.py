"""The chooser: every region with its company, what changes between them, and country and language apart."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from kept.portal.marks import external_links
from kept.testing import default_policy

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policy")]


def page(query: str = "", client: Client | None = None) -> str:
    return (client or Client()).get(f"/region/{query}").content.decode()


def test_it_is_in_every_footer() -> None:
    for address in ("/", "/privacy/", "/account/login/", "/region/"):
        assert '<span>Region</span> <a href="/region/">Europe</a>' in Client().get(address).content.decode()


def test_every_region_is_there_with_company_controller_and_languages() -> None:
    shown = page()
    company = default_policy().company
    for region in company.regions.values():
        assert (
            f'<section id="{region.id}">' in shown
            and region.controller.title in shown
            and region.controller.email in shown
        )
        assert company.entities[region.entity].name in shown
    assert (
        '<span lang="nl">Nederlands</span>' in shown and "Every country that no other region names" in shown
    )
    assert external_links.links(default_policy(), shown) == external_links.Links(1, ())


def test_countries_carry_their_own_names_and_no_flags() -> None:
    shown = page()
    assert (
        '<span lang="nl">België</span> · <span lang="fr">Belgique</span> · <span lang="de">Belgien</span>'
        in shown
    )
    assert not [letter for letter in shown if "\U0001f1e6" <= letter <= "\U0001f1ff"]


def test_belgium_has_four_languages_and_only_those_we_have_are_offered() -> None:
    shown = page("?country=BE")
    for code, name in (("nl", "Nederlands"), ("fr", "Français"), ("de", "Deutsch")):
        assert f'<dt lang="{code}">{name}</dt><dd><a href="' in shown
        assert f'/{code}/region/" hreflang="{code}"' in shown
    assert '<dt lang="en">English</dt><dd>You are' in shown
    assert '<dt lang="es">Español</dt><dd>Not yet' in page("?country=ES")


def test_a_country_of_a_sister_shows_what_changes_for_her_data() -> None:
    shown = page("?country=CA")
    changes = shown[shown.index('id="result"') : shown.index("</table>")]
    for words in (
        "CE+T Energy Solutions",
        "The data controller for North America",
        "California Privacy Protection Agency",
        "GDPR Art. 12(3)",
        "No law’s own term is on file there",
        "United States, outside the European Economic Area",
        "Standard contractual clauses",
    ):
        assert words in changes
    assert (
        "Go to the North American site" in shown and '<form method="post" action="/region/staying/"' in shown
    )


def test_a_law_of_her_own_is_named() -> None:
    assert (
        "Civ. Code" not in page("?country=US")
        and "Nothing changes." in page("?country=JP")
        and "it belongs to: The rest of the world." in page("?country=JP")
    )


@pytest.mark.parametrize("country", ["XX", "be", "BELGIUM1", "<b>", "%00", "é"])
def test_a_country_that_is_none_is_asked_for_again(country: str) -> None:
    answer = Client().get("/region/", {"country": country})
    assert answer.status_code == 422
    assert '<a href="#country">Choose a country from the list</a>' in answer.content.decode()


def test_no_country_is_no_mistake() -> None:
    assert Client().get("/region/?country=").status_code == 200


def test_an_id_has_a_home_that_a_click_does_not_move(alice: Any, client_of: Any) -> None:
    shown = page("?country=CA", client_of(alice))
    assert (
        "<dt>Answers for your data</dt><dd>CE+T Power<small>The data controller for Europe</small></dd>"
        in shown
    )
    assert '<a class="button quiet" href="/privacy/ask/">Ask the controllers</a>' in shown
    alice.person.refresh_from_db()
    assert alice.person.controller == "cet-power"
    assert "Your ID" not in page()


def test_it_says_which_table_and_how_old() -> None:
    assert "iptocc" in page() and "built on" in page() and "What no table knows is not guessed." in page()
