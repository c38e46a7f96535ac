"""Bob's side of a case in a real browser: on a narrow and a wide screen, in light and dark, and without
scripts.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from kept.accounts.models import User
from kept.testing import PASSWORD, found_by_axe, in_every_size, reader_of, staff
from kept.touchpoints.support.cases import flows
from kept.touchpoints.support.models import Case
from kept.touchpoints.support.tests.conftest import leave, said

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PICTURES = os.environ.get("KEPT_TEST_PICTURES_OF_CASES", "")
ANSWER = "Answer to the customer"


def sign_in(context: BrowserContext, email: str) -> Page:
    page = context.new_page()
    page.goto("/account/login/")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    return page


def looked_at(page: Page, name: str) -> None:
    """Nothing for axe to find, nothing sideways."""
    for size in in_every_size(page, widths=(320, 768, 1440)):
        if PICTURES:
            page.screenshot(path=Path(PICTURES) / f"{name}-{size}.png", full_page=True)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0 and found_by_axe(page) == [], (name, size, wide)


@pytest.mark.parametrize("scripts", [True, False])
def test_an_answer_is_taken_back_within_ten_seconds(
    chromium: Browser, live_server: Any, alice: User, bob: User, case: Case, catalogue: None, scripts: bool
) -> None:
    page = sign_in(
        chromium.new_context(base_url=live_server.url, java_script_enabled=scripts), "bob@example.com"
    )
    page.goto(f"/desk/cases/{case.reference}/")
    page.get_by_label(ANSWER).fill("Switch it off.")
    page.locator(".to-customer").get_by_role("button", name="Send to the customer").last.click()
    assert page.get_by_role("heading", name="Your answer leaves in a moment").is_visible()
    if scripts:
        looked_at(page, "held")
    page.get_by_role("button", name="Undo").click()
    assert page.get_by_label(ANSWER).input_value() == "Switch it off."
    if scripts:
        looked_at(page, "taken-back")
    page.locator(".to-customer").get_by_role("button", name="Send to the customer").last.click()
    assert leave() == 1 and said(alice, case)[-1] == "Switch it off."


def test_a_case_is_given_to_a_colleague_and_passed_on(
    chromium: Browser, live_server: Any, bob: User, case: Case, catalogue: None
) -> None:
    staff("Kim Maes", "kim@example.com", "support")
    page = sign_in(
        chromium.new_context(base_url=live_server.url, java_script_enabled=False), "bob@example.com"
    )
    page.goto("/desk/cases/colleagues/")
    page.get_by_role("button", name="I am on it from now on").click()
    page.goto(f"/desk/cases/{case.reference}/")
    page.get_by_role("link", name="Give it to a colleague").click()
    page.get_by_role("button", name="Give it to them").click()
    assert page.get_by_role("link", name="Choose a colleague").is_visible()
    page.get_by_label("Kim Maes").check()
    page.get_by_role("button", name="Give it to them").click()
    page.get_by_text("Pass it to the second level").click()
    page.get_by_label("Why does it need the second level?").fill("It needs the controller's firmware.")
    page.get_by_role("button", name="Pass it on").click()
    assert page.get_by_text("With the second level", exact=True).is_visible()
    scripted = sign_in(chromium.new_context(base_url=live_server.url), "bob@example.com")
    for name, address in (
        ("passed-on", f"/desk/cases/{case.reference}/"),
        ("assigning", f"/desk/cases/{case.reference}/assigning/"),
        ("colleagues", "/desk/cases/colleagues/"),
        ("queue", "/desk/cases/?show=second"),
    ):
        scripted.goto(address)
        looked_at(scripted, name)


def test_part_of_a_case_becomes_one_of_its_own_and_both_are_linked(
    chromium: Browser, live_server: Any, alice: User, bob: User, case: Case, catalogue: None
) -> None:
    flows.reply(reader=reader_of(alice), case=case, by=alice.person, text="Which lugs fit?")
    page = sign_in(
        chromium.new_context(base_url=live_server.url, java_script_enabled=False), "bob@example.com"
    )
    page.goto(f"/desk/cases/{case.reference}/")
    page.get_by_role("link", name="Make a case of some of its messages").click()
    page.get_by_role("button", name="Make it a case").click()
    assert page.get_by_text("Choose some of the messages").is_visible()
    page.get_by_label("Which lugs fit?").check()
    page.get_by_role("button", name="Make it a case").click()
    assert page.get_by_text("This one follows from it").is_visible()
    scripted = sign_in(chromium.new_context(base_url=live_server.url), "bob@example.com")
    scripted.goto(page.url)
    looked_at(scripted, "linked")
    scripted.goto(f"/desk/cases/{case.reference}/parting/")
    looked_at(scripted, "parting")
    hers = sign_in(chromium.new_context(base_url=live_server.url), "alice@example.com")
    hers.goto(f"/support/cases/{case.reference}/")
    assert hers.get_by_text("It follows from this one").is_visible()
    looked_at(hers, "linked-hers")


def test_what_she_writes_appears_by_itself_and_nothing_typed_is_lost(
    chromium: Browser, live_server: Any, alice: User, bob: User, case: Case, catalogue: None
) -> None:
    page = sign_in(chromium.new_context(base_url=live_server.url), "bob@example.com")
    page.add_init_script(
        "document.addEventListener('DOMContentLoaded', () => document.querySelectorAll('[data-live]')"
        ".forEach((part) => { part.dataset.live = 1; }));"
    )
    page.goto(f"/desk/cases/{case.reference}/")
    assert page.get_by_label("Hold this page as it is").is_visible()
    page.get_by_label(ANSWER).fill("I am typing.")
    flows.reply(reader=reader_of(alice), case=case, by=alice.person, text="It smokes now.")
    page.get_by_text("It smokes now.").wait_for(timeout=20_000)
    assert page.get_by_label(ANSWER).input_value() == "I am typing."
    page.goto("/desk/cases/")
    looked_at(page, "live-queue")


def test_the_box_finds_a_case_and_asks_for_a_matter(
    chromium: Browser, live_server: Any, bob: User, case: Case, catalogue: None
) -> None:
    page = sign_in(
        chromium.new_context(base_url=live_server.url, java_script_enabled=False), "bob@example.com"
    )
    page.goto("/desk/")
    page.get_by_label("Search the desk").fill("Lambert")
    page.get_by_role("search").get_by_role("button", name="Search", exact=True).click()
    page.get_by_label("Who, about what?").fill("Her fan hums.")
    page.get_by_role("button", name="Open it and look").click()
    assert page.get_by_text("Alice Lambert").first.is_visible()
    page.get_by_label("Search the desk").fill(case.reference.lower())
    page.get_by_role("search").get_by_role("button", name="Search", exact=True).click()
    assert page.url.endswith(f"/desk/cases/{case.reference}/")
    scripted = sign_in(chromium.new_context(base_url=live_server.url), "bob@example.com")
    scripted.goto("/desk/")
    scripted.get_by_label("Search the desk").fill("Lambert")
    scripted.get_by_role("search").get_by_role("button", name="Search", exact=True).click()
    looked_at(scripted, "finding")
