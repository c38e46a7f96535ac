"""Passkeys in real Chromium under the portal's own strict headers, with a device that the browser
simulates.
"""

from __future__ import annotations

import pytest
from django.test import Client
from playwright.sync_api import Page

from kept.accounts.models import User
from kept.accounts.tests.conftest import PASSWORD, code, type_in_a_new_id

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def sign_out(page: Page) -> None:
    page.goto("/account/logout/")
    page.get_by_role("button", name="Sign out").click()


def use_device(page: Page, button: str) -> None:
    """Press what only a script can do, once the page that a click led to has run its scripts."""
    page.get_by_role("button", name=button).wait_for()
    page.wait_for_load_state()
    page.get_by_role("button", name=button).click()


def test_an_id_is_made_and_opened_with_a_passkey_alone(page: Page) -> None:
    page.goto("/account/signup/passkey/")
    page.get_by_label("Your name").fill("Alice Example")
    page.get_by_label("E-mail address").fill("alice@example.com")
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Code").fill(code())
    page.get_by_role("button", name="Confirm").click()
    use_device(page, "Make my passkey")
    page.wait_for_url("**/me/")
    assert not User.objects.get().has_usable_password()
    sign_out(page)
    page.goto("/account/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url("**/me/")


def test_nobody_uses_up_the_owner_s_passkey(page: Page) -> None:
    """Wrong passwords and resets in her name, until no stranger gets another try: the passkey opens the ID as
    before.
    """
    page.goto("/account/signup/passkey/")
    page.get_by_label("Your name").fill("Alice Example")
    page.get_by_label("E-mail address").fill("alice@example.com")
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Code").fill(code())
    page.get_by_role("button", name="Confirm").click()
    use_device(page, "Make my passkey")
    page.wait_for_url("**/me/")
    sign_out(page)
    # A browser nobody knows: what counts is the passkey, not where it is used.
    page.context.clear_cookies()
    for number in range(11):
        stranger = Client(REMOTE_ADDR=f"192.0.2.{number}")
        answer = stranger.post(
            "/account/login/", {"login": "alice@example.com", "password": "wrong wrong wrong"}
        )
        stranger.post("/account/password/reset/", {"email": "alice@example.com"})
    assert "Too many tries" in answer.content.decode()
    page.goto("/account/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url("**/me/")


def test_a_passkey_is_added_named_and_proves_who_is_there(page: Page) -> None:
    type_in_a_new_id(page)
    page.goto("/account/2fa/webauthn/add/")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Yes, it is me").click()
    page.get_by_label("Name of this passkey").fill("Blue key")
    use_device(page, "Add this passkey")
    page.wait_for_url("**/recovery-codes/")
    page.goto("/account/2fa/webauthn/")
    assert page.get_by_text("Blue key").first.is_visible()
    sign_out(page)
    page.goto("/account/login/")
    page.get_by_label("E-mail address").fill("alice@example.com")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    use_device(page, "Use my passkey")
    page.wait_for_url("**/me/")
    page.goto("/account/2fa/webauthn/reauthenticate/?next=/account/sessions/")
    page.get_by_role("button", name="Use my passkey").click()
    page.wait_for_url("**/account/sessions/")


def test_a_device_that_says_no_is_answered_in_words(page: Page) -> None:
    page.goto("/account/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.get_by_role("alert").wait_for()
    assert "Try again, or use another way." in page.get_by_role("alert").inner_text()
