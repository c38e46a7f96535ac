"""The keys of the desk: listed by ?, never while somebody types, and off for whoever does not want them."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser

from kept.accounts.models import StaffMember, User
from kept.desk.tests.conftest import said
from kept.testing import PASSWORD, found_by_axe, in_every_size

PAGE = "/desk/keys/"


@pytest.mark.django_db
def test_they_are_listed_and_switched_off_by_each_for_themselves(
    desk: Any, bob: User, dana: User, client_of: Any
) -> None:
    assert "Go to the search box" in said(desk.get(PAGE))
    assert b"desk/keys.js" in desk.get("/desk/").content
    for _ in range(2):
        desk.post(PAGE, {"off": "1"})
    assert [one.user for one in StaffMember.objects.exclude(keys_off=None)] == [bob]
    assert b"desk/keys.js" not in desk.get("/desk/").content
    assert "You switched them off on" in said(desk.get(PAGE))
    assert b"desk/keys.js" in client_of(dana).get("/desk/").content
    desk.post(PAGE)
    assert b"desk/keys.js" in desk.get("/desk/").content


@pytest.mark.django_db
def test_they_are_for_staff(alice: User, client_of: Any) -> None:
    assert client_of(alice).get(PAGE).status_code == 403


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_none_fires_while_somebody_types(chromium: Browser, live_server: Any, bob: User) -> None:
    page = chromium.new_context(base_url=live_server.url).new_page()
    page.goto("/account/login/")
    page.get_by_label("E-mail address").fill("bob@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.goto("/desk/")
    page.keyboard.press("/")
    page.keyboard.type("?gd/j")
    assert page.get_by_label("Search the desk").input_value() == "?gd/j"
    assert not page.get_by_role("dialog").is_visible()
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("?")
    assert page.get_by_role("dialog").is_visible()
    for size in in_every_size(page, widths=(320, 768, 1440)):
        assert found_by_axe(page) == [], size
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.closest('.queue') !== null")
    page.keyboard.press("g")
    page.keyboard.press("2")
    page.wait_for_url("**/desk/*/")
    page.goto(PAGE)
    page.get_by_role("main").get_by_role("button", name="Switch them off").click()
    page.keyboard.press("?")
    assert page.get_by_role("dialog").count() == 0
    for size in in_every_size(page, widths=(320, 768, 1440)):
        assert found_by_axe(page) == [], size
