"""A real browser that fills in a registration somebody began: with her yes, after her no, and once she took
the yes back; without a script too.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from kept.rights.cookies.tests.conftest import AGENT
from kept.testing import PASSWORD
from kept.touchpoints.registrations.device_memory import COOKIE
from kept.touchpoints.registrations.tests.conftest import ADDRESS, FREE, OTHER

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(params=[True, False], ids=["script", "no script"])
def page(request: Any, chromium: Browser, live_server: Any, alice: Any, units: Any) -> Iterator[Page]:
    context: BrowserContext = chromium.new_context(
        user_agent=AGENT, base_url=live_server.url, java_script_enabled=request.param
    )
    yield context.new_page()
    context.close()


def answer(page: Page, button: str) -> None:
    page.goto("/products/")
    page.click(f".banner button:has-text('{button}')")
    page.wait_for_selector("#cookies-said")


def sign_in(page: Page) -> None:
    page.goto("/account/login/")
    page.fill("#id_login", "alice@example.com")
    page.fill("#id_password", PASSWORD)
    page.click("main button:has-text('Sign in')")
    page.wait_for_url("**/me/")


def machine(page: Page, serial: str) -> None:
    page.goto(ADDRESS)
    page.fill("[name=serial]", serial)
    for part, said in (("day", "3"), ("month", "5"), ("year", "2025")):
        page.fill(f"[name=purchased_{part}]", said)
    page.click("main button:visible:has-text('Go on')")
    page.wait_for_selector("[name=phone]")


def begin(page: Page) -> None:
    machine(page, FREE)
    page.check("[name=holder][value=myself]")
    page.fill("[name=phone]", "02 555 01 23")
    page.select_option("[name=country]", "BE")
    for name, said in (("street", "Rue Exemple 1"), ("postcode", "4020"), ("city", "Liège")):
        page.fill(f"[name={name}]", said)
    page.click("main button:visible:has-text('Go on')")
    page.wait_for_url("**/check/")


def come_back(page: Page) -> tuple[str, str]:
    """Sign out and in again; what stands in the two fields of another registration."""
    page.goto("/account/logout/")
    page.click("main button:has-text('Sign out')")
    sign_in(page)
    page.goto(ADDRESS)
    serial = page.input_value("[name=serial]")
    machine(page, OTHER)
    return serial, page.input_value("[name=phone]")


def held(page: Page) -> list[Any]:
    return [one for one in page.context.cookies() if one["name"] == COOKIE]


def test_yes_then_taken_back(page: Page) -> None:
    answer(page, "Accept")
    sign_in(page)
    begin(page)
    (cookie,) = held(page)
    assert cookie["httpOnly"] and cookie["sameSite"] == "Lax" and "555" not in cookie["value"]
    assert come_back(page) == ("1204-88-2", "02 555 01 23") and "From this browser" in page.inner_text("main")
    page.goto("/privacy/cookies/")
    page.check("[name=preference][value=no]")
    for name in ("measurement", "advertising"):
        if page.locator(f"[name={name}][value=no]").count():
            page.check(f"[name={name}][value=no]")
    page.click("main button:has-text('Save')")
    page.wait_for_selector("#cookies-said")
    assert held(page) == []
    assert come_back(page) == ("", "")


def test_no(page: Page) -> None:
    answer(page, "Reject")
    sign_in(page)
    begin(page)
    assert held(page) == [] and come_back(page) == ("", "")
