"""Dana takes in Bob's successor at the desk and lets Bob go: in a real browser, on a narrow and a wide
screen, in light and dark.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from kept.accounts.models import User
from kept.desk.staff.tests.conftest import ANOTHER, NEW, letters, link
from kept.testing import PASSWORD, found_by_axe

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PICTURES = os.environ.get("KEPT_TEST_PICTURES_OF_STAFF", "")


def sign_in(context: BrowserContext, email: str, password: str = PASSWORD) -> Page:
    page = context.new_page()
    page.goto("/account/login/")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    return page


def looked_at(page: Page, name: str) -> None:
    """Nothing for axe to find, nothing sideways, at three widths and in both themes."""
    for dark in (False, True):
        page.emulate_media(color_scheme="dark" if dark else "light")
        for width in (320, 768, 1440):
            page.set_viewport_size({"width": width, "height": 900})
            wide = page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            assert wide <= 0, (name, width)
            if PICTURES:
                page.screenshot(
                    path=Path(PICTURES) / f"{name}-{width}-{'dark' if dark else 'light'}.png", full_page=True
                )
        assert found_by_axe(page) == [], name


def test_dana_takes_in_bob_s_successor_and_lets_bob_go(
    chromium: Browser, live_server: Any, dana: User, bob: User
) -> None:
    at = {"base_url": live_server.url}
    bobs = sign_in(chromium.new_context(**at), "bob@example.com")
    assert bobs.goto("/desk/").status == 200  # type: ignore[union-attr]
    danas = sign_in(chromium.new_context(**at), "dana@example.com")
    danas.get_by_role("link", name="Staff").first.click()
    danas.get_by_role("link", name="Take somebody in").click()
    danas.get_by_role("button", name="Send the invitation").click()
    looked_at(danas, "invite-refused")
    danas.get_by_label("Their name").fill(NEW["name"])
    danas.get_by_label("Their e-mail address").fill(NEW["email"])
    danas.get_by_label("Role").select_option("support")
    danas.get_by_role("button", name="Send the invitation").click()
    looked_at(danas, "list-invited")
    noors_browser = chromium.new_context(**at)
    noor = noors_browser.new_page()
    noor.goto(link())
    looked_at(noor, "invitation")
    noor.get_by_label("New password").fill(ANOTHER)
    noor.get_by_role("button", name="Accept, and keep this password").click()
    noor.close()
    noor = sign_in(noors_browser, NEW["email"], ANOTHER)
    noor.goto("/desk/")
    noor.get_by_role("link", name="Read your guidelines").click()
    looked_at(noor, "guidelines")
    noor.get_by_role("link", name="Guidelines for support staff").click()
    noor.get_by_role("button", name="I have read it, and will keep to it").click()
    looked_at(noor, "guideline-refused")
    for answer in ("I send a code", "The person it is about, too", "A request for their data"):
        noor.get_by_label(answer).check()
    noor.get_by_role("button", name="I have read it, and will keep to it").click()
    assert noor.get_by_role("button", name="Open the matter").count() == 1
    danas.goto("/desk/staff/")
    danas.locator("tr", has_text="Bob Martin").get_by_role("link").click()
    looked_at(danas, "post")
    danas.get_by_role("button", name="End this post now").click()
    assert (
        danas.get_by_text("The post has ended.").count() == 1 and danas.get_by_text("Bob Martin").count() == 0
    )
    bobs.goto("/desk/")
    assert "/account/login/" in bobs.url
    assert "Your post at the desk has ended" in letters("bob@example.com")[-1].subject
    for context in chromium.contexts:
        context.close()
