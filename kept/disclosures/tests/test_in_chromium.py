"""The pages of disclosures in a real browser: nothing for axe, nothing sideways, in each size and theme."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from kept.disclosures.tests.test_desk import FEED
from kept.disclosures.tests.test_disclose import hand
from kept.outbox.handing_over.carrier import carry
from kept.outbox.tests.recipient import Recipient
from kept.testing import found_by_axe, in_every_size

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
PICTURES = os.environ.get("KEPT_TEST_PICTURES_OF_PAGES", "")


def look(page: Page, name: str) -> None:
    for size in in_every_size(page, (320, 768, 1440)):
        assert found_by_axe(page) == [], size
        wide, window = page.evaluate(
            "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
        )
        assert wide <= window, size
        if PICTURES:
            page.screenshot(path=str(Path(PICTURES) / f"{name} {size}.png"), full_page=True)


def opened(chromium: Browser, live_server: Any, browser: Any) -> Page:
    context = chromium.new_context(bypass_csp=True, base_url=live_server.url)
    cookies = [
        {"name": one.key, "value": one.value, "url": live_server.url} for one in browser.cookies.values()
    ]
    context.add_cookies(cookies)  # type: ignore[arg-type]
    return context.new_page()


def test_ones_own(
    chromium: Browser, live_server: Any, client_of: Any, alice: Any, carrier: Recipient
) -> None:
    hand(alice)
    carry()
    page = opened(chromium, live_server, client_of(alice))
    page.goto("/me/disclosures/")
    assert page.get_by_role("heading", level=1).inner_text() == "Which company got what"
    look(page, "mine")
    page.context.close()


def test_the_desk(
    chromium: Browser, live_server: Any, client_of: Any, alice: Any, dana: Any, carrier: Recipient
) -> None:
    hand(alice)
    carry()
    page = opened(chromium, live_server, client_of(dana))
    page.goto("/desk/disclosures/")
    look(page, "desk")
    page.get_by_role("link", name="Try a feed").click()
    look(page, "trial")
    page.get_by_label("Recipient").fill("carrier-europe")
    page.get_by_label("Purpose").fill("orders")
    page.get_by_label("The feed").fill(FEED)
    page.get_by_role("button", name="Try it").click()
    assert page.get_by_text("2 rows would be prepared without it.").is_visible()
    look(page, "tried")
    page.context.close()


def test_demands(chromium: Browser, live_server: Any, client_of: Any, alice: Any, dana: Any) -> None:
    page = opened(chromium, live_server, client_of(dana))
    page.goto("/desk/authorities/")
    look(page, "demands")
    page.get_by_role("link", name="Write down a demand").click()
    page.get_by_role("button", name="Write it down").click()
    look(page, "demand refused")
    page.get_by_label("A law or a court demands it").check()
    page.get_by_label("E-mail address of the ID it is about").fill("alice@example.com")
    page.get_by_label("Court or authority").fill("Court of first instance")
    page.get_by_label("Legal basis").fill("Code of criminal procedure, art. 46bis")
    page.get_by_label("Name", exact=True).check()
    page.get_by_label("How you checked that they sent it").fill("Called back")
    page.get_by_role("button", name="Write it down").click()
    assert page.get_by_text("so somebody else decides").is_visible()
    look(page, "demand")
    page.goto("/privacy/disclosures/")
    look(page, "counts")
    page.context.close()
