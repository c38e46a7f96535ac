"""Every page of the ID in real Chromium: axe finds nothing, and nothing scrolls sideways at 320 px, in either
theme.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from kept.accounts.tests.conftest import PASSWORD, type_in_a_new_id
from kept.testing import found_by_axe

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

OPEN = ("/account/login/", "/account/signup/", "/account/signup/passkey/", "/account/password/reset/")
SIGNED_IN = (
    "/account/",
    "/account/sessions/",
    "/account/security/",
    "/account/email/",
    "/account/password/change/",
    "/account/logout/",
    "/account/2fa/",
    "/account/2fa/webauthn/",
    "/account/2fa/totp/activate/",
    "/account/2fa/webauthn/add/",
)


def sound(page: Page, address: str) -> None:
    page.goto(address)
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        page.set_viewport_size({"width": 320, "height": 700})
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, address
        assert found_by_axe(page) == [], address


def test_pages_for_visitors(page: Page) -> None:
    for address in OPEN:
        sound(page, address)


def test_pages_of_ones_own(page: Page) -> None:
    type_in_a_new_id(page)
    page.goto("/account/reauthenticate/?next=/account/")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Yes, it is me").click()
    for address in SIGNED_IN:
        sound(page, address)
