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
from kept.testing import PASSWORD, found_by_axe, in_every_size, staff
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
        assert found_by_axe(page) == [], (name, size)


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
