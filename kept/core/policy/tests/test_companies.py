"""The demo company promises everything; a quite different company needs no line of Python."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from kept.core.policy import render
from kept.core.policy.decide import Allowed, Reader, Refused, Standing, decide
from kept.core.policy.loader import PolicyError, from_files
from kept.core.policy.model import SERVICES, Policy
from kept.core.policy.tests.conftest import CET_POWER, Edit

TODAY = date(2026, 11, 23)


def test_every_promise_and_system_has_its_row_and_clause(cet: Policy) -> None:
    rows = [promise.row for promise in cet.promises.values()]
    assert sorted(rows, key=lambda row: (row[0], int(row[1:]))) == [f"P{n}" for n in range(1, 36)] + [
        f"S{n}" for n in range(1, 22)
    ]
    assert all(cet.clause(promise.clause) for promise in cet.promises.values())


def test_every_category_has_a_reason_besides_the_right_to_see_it(cet: Policy) -> None:
    covered = {
        category for purpose in cet.purposes.values() if not purpose.right for category in purpose.uses
    }
    assert covered == set(cet.categories)


def test_whatever_is_held_about_a_person_can_be_seen_by_that_person(cet: Policy) -> None:
    unseen = set(cet.categories) - set(cet.purposes["own-data"].uses)
    assert unseen == {"visit.derived"}, "only what identifies no one may be missing from the right to see"


def test_only_those_who_need_to_read(cet: Policy) -> None:
    for purpose in cet.purposes.values():
        assert "operator" not in purpose.read_by or purpose.id == "visits"
        assert "marketing" not in purpose.read_by or purpose.id == "visits"
    assert not {"payment.card", "research.occupation", "security.sign-in"} & set(cet.purposes["support"].uses)


def test_all_eight_tasks_of_the_closed_list_are_given_to_somebody(cet: Policy) -> None:
    assert {service for recipient in cet.recipients.values() for service in recipient.services} == set(
        SERVICES
    )


def test_every_recipient_may_receive_today(cet: Policy) -> None:
    assert {
        recipient.id: render.recipient_state(recipient, TODAY) for recipient in cet.recipients.values()
    } == dict.fromkeys(cet.recipients, "")


@pytest.mark.parametrize(
    ("country", "entity"),
    [
        ("BE", "cet-power"),
        ("JP", "cet-power"),
        ("US", "cet-energy-solutions"),
        ("us-ca", "cet-energy-solutions"),
        ("US-TX", "cet-energy-solutions"),
    ],
)
def test_every_country_has_somebody_who_answers(country: str, entity: str, cet: Policy) -> None:
    assert cet.company.region_of(country).entity == entity


def test_what_is_not_essential_serves_a_purpose_with_a_choice(cet: Policy) -> None:
    for cookie in cet.cookies.values():
        assert cookie.kind == "essential" or cet.purposes[cookie.purpose].choice != "none"
    assert {cookie.name for cookie in cet.cookies.values() if cookie.place == "accounts"} == {
        "kept_session",
        "kept_csrf",
        "kept_known",
    }


@pytest.mark.parametrize("country", ["BE", "IS", "GB", "CH"])
def test_a_notice_is_refused_where_a_yes_must_come_first(cet: Policy, country: str) -> None:
    company = cet.files["company.toml"].replace(
        '["US", "US-CA", "CA", "MX"]', f'["US", "CA", "{country}"]\ncookies = "notice"'
    )
    with pytest.raises(PolicyError) as caught:
        from_files({**cet.files, "company.toml": company})
    sentence = (
        f'"notice" is not enough where the law wants a yes first, and this region holds {country}. Write'
        ' cookies = "ask".'
    )
    assert f"company.toml: regions.north-america.cookies: {sentence}" in caught.value.problems


def test_a_notice_is_taken_where_the_law_lets_it_suffice(cet: Policy, edited: Edit) -> None:
    assert cet.company.region_of("US").cookies == "ask"
    told = edited(
        cet, "company.toml", 'title = "North America"', 'title = "North America"\ncookies = "notice"'
    )
    assert told.company.region_of("US").cookies == "notice" and told.company.region_of("BE").cookies == "ask"


def test_the_seven_markets(cet: Policy) -> None:
    assert len(cet.company.markets) == 7


def test_a_bakery_is_a_company_too(bakery: Policy) -> None:
    baker = Reader("baker", "shop")
    assert decide(bakery, "loyalty", "card.number", baker, Standing(), None, TODAY) == Allowed("1.1")
    refused = decide(bakery, "allergies", "allergies", baker, Standing(), None, TODAY)
    assert isinstance(refused, Refused) and refused.who_to_ask == "La boulangerie, bonjour@example.org"
    assert isinstance(
        decide(bakery, "loyalty", "card.number", Reader("support", "shop"), Standing(), None, TODAY), Refused
    )
    assert bakery.company.region_of("FR").entity == "shop"


@pytest.mark.parametrize(
    ("file", "entry"),
    [("purposes.toml", "support"), ("recipients.toml", "survey-house"), ("promises.toml", "no-sale")],
)
def test_the_examples_of_the_manual_can_be_used_as_they_stand(file: str, entry: str, cet: Policy) -> None:
    manual = (CET_POWER.parents[1] / "docs" / "policy-folder.md").read_text("utf-8")
    example = re.search(rf"```toml\n(\[{entry}\]\n.*?)```", manual, re.DOTALL)
    assert example
    replaced, times = re.subn(
        rf"^\[{entry}\]\n.*?(?=^\[|\Z)",
        lambda _: example[1] + "\n",
        cet.files[file],
        flags=re.DOTALL | re.MULTILINE,
    )
    assert times == 1
    assert from_files({**cet.files, file: replaced}) != cet


def test_it_runs_without_django() -> None:
    modules = sorted(
        path.stem for path in Path(render.__file__).parent.glob("*.py") if path.stem != "__init__"
    )
    code = (
        f"import sys; [__import__('kept.core.policy.' + name) for name in {modules}]; sys.exit('django' in"
        " sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0


def test_a_sister_site_names_the_pages_it_has(cet: Policy, edited: Edit) -> None:
    site = cet.company.sister_sites[0]
    assert [
        site.has(path)
        for path in ("/", "/products/model-10/", "/products/", "/privacy/", "/privacy/promises/", "/me/")
    ] == [True] * 4 + [False] * 2
    assert (
        edited(cet, "company.toml", 'called = "the North American site"', "").company.sister_sites[0].called
        == ""
    )


@pytest.mark.parametrize(
    "page", ["products/", "https://elsewhere.example/", "/products*", "/../", "//elsewhere.example/"]
)
def test_a_page_that_is_no_address_is_refused(cet: Policy, page: str) -> None:
    company = cet.files["company.toml"].replace('pages = ["/", ', f'pages = ["{page}", ', 1)
    with pytest.raises(PolicyError) as caught:
        from_files({**cet.files, "company.toml": company})
    assert any(
        "sister-sites.north-america.pages" in problem and "is not the address of a page" in problem
        for problem in caught.value.problems
    )
