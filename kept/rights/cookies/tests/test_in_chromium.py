"""The choice in a real browser: no cookie before it but the essential, the right ones after, none after the
withdrawal; by hand and without a script.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from kept.rights.cookies.tests.conftest import AGENT
from kept.rights.receipts.models import Receipt
from kept.testing import PASSWORD, found_by_axe, in_every_size

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ESSENTIAL = {"kept_session", "kept_csrf", "kept_known", "kept_choices", "kept_region"}
# Everything a page could keep anything in, but for cookies.
STORES = (
    "async () => [localStorage.length, sessionStorage.length, (await indexedDB.databases()).length, (await"
    " caches.keys()).length, document.cookie]"
)
Open = Callable[..., Page]


@pytest.fixture
def opened(chromium: Browser, live_server: Any, policy: Any) -> Iterator[Open]:
    contexts: list[BrowserContext] = []

    def begin(
        address: str = "/",
        *,
        script: bool = True,
        width: int = 1280,
        dark: bool = False,
        trusted: bool = False,
        **headers: str,
    ) -> Page:
        context = chromium.new_context(
            user_agent=AGENT,
            base_url=live_server.url,
            java_script_enabled=script,
            viewport={"width": width, "height": 900},
            color_scheme="dark" if dark else "light",
            bypass_csp=trusted,
            extra_http_headers=headers,
        )
        contexts.append(context)
        page = context.new_page()
        page.goto(address)
        return page

    yield begin
    for context in contexts:
        context.close()


def names(page: Page) -> set[str]:
    return {cookie["name"] for cookie in page.context.cookies()}


def sign_in(page: Page) -> None:
    page.goto("/account/login/")
    page.fill("#id_login", "alice@example.com")
    page.fill("#id_password", PASSWORD)
    page.click("main button:has-text('Sign in')")
    page.wait_for_url("**/me/")


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_the_whole_way(opened: Open, alice: Any, script: bool) -> None:
    page = opened(script=script)
    for address in ("/products/", "/privacy/", "/privacy/cookies/"):
        page.goto(address)
    assert names(page) == set()

    page.goto("/products/?market=telecom")
    page.click("text=Accept")
    page.wait_for_selector("#cookies-said")
    assert (
        page.url.endswith("/products/?market=telecom")
        and "You said yes to" in page.locator("#cookies-said").inner_text()
    )
    page.goto("/products/")
    assert page.locator(".banner").count() == 0 and {"kept_choices"} <= names(page) <= {
        "kept_choices",
        "kept_seen",
    }

    sign_in(page)
    assert names(page) - ESSENTIAL - {"kept_seen"} == {"kept_greeting"}
    page.goto("/account/logout/")
    page.click("main button:has-text('Sign out')")
    page.goto("/")
    assert "Hello Alice" in page.locator(".hello").inner_text().replace("\n", " ")
    page.click("text=Not Alice?")
    page.wait_for_load_state()
    assert "kept_greeting" not in names(page) and page.locator(".hello").count() == 0

    sign_in(page)
    page.goto("/privacy/cookies/")
    for kind in ("preference", "measurement"):
        page.check(f"#{kind}-no")
    page.click("text=Save")
    page.wait_for_selector("#cookies-said")
    assert names(page) <= ESSENTIAL and "You said no to" in page.locator("#cookies-said").inner_text()
    assert [receipt.kind for receipt in Receipt.objects.order_by("id")] == ["consent", "withdrawal"]


def test_nothing_else_is_kept_in_the_browser(opened: Open, alice: Any) -> None:
    page = opened()
    page.click("text=Accept")
    page.wait_for_selector("#cookies-said")
    sign_in(page)
    for address in (
        "/",
        "/products/",
        "/privacy/cookies/",
        "/privacy/ask/",
        "/privacy/request/",
        "/me/copy/",
        "/me/choices/",
        "/account/login/",
    ):
        page.goto(address, wait_until="networkidle")
        assert page.evaluate(STORES) == [0, 0, 0, 0, ""], address


def test_what_is_typed_on_the_page_stays(opened: Open) -> None:
    page = opened("/privacy/ask/")
    page.fill("#id_question", "How long do you keep my name?")
    page.click("text=Reject")
    page.wait_for_selector("#cookies-said")
    assert page.input_value("#id_question") == "How long do you keep my name?" and names(page) == {
        "kept_csrf",
        "kept_choices",
    }
    assert page.evaluate("document.activeElement.id") == "cookies-said"


def test_a_script_that_gets_no_answer_lets_the_browser_send_it(opened: Open) -> None:
    page = opened("/products/")
    page.route(
        "**/privacy/cookies/choice/",
        lambda route: route.abort() if "part=" in (route.request.post_data or "") else route.continue_(),
    )
    page.click("text=Reject")
    page.wait_for_selector("#cookies-said")
    assert "You said no to" in page.locator("#cookies-said").inner_text() and page.url.endswith("/products/")


def test_the_keyboard_meets_it_and_nothing_is_hidden_behind_it(opened: Open) -> None:
    """WCAG 2.4.11: it is in the flow of the page, so that whatever has the focus can be seen."""
    page = opened(width=320)
    assert page.locator(".banner").evaluate("each => getComputedStyle(each).position") == "static"
    page.keyboard.press("Tab")
    seen = []
    for _ in range(4):
        page.keyboard.press("Tab")
        seen.append(page.evaluate("document.activeElement.textContent.trim()"))
    assert seen[:3] == ["Accept", "Reject", "Choose"]
    assert page.evaluate(
        "document.activeElement.getBoundingClientRect().top >="
        " document.querySelector('.banner').getBoundingClientRect().bottom"
    )


@pytest.mark.parametrize("width", [320, 768, 1440])
def test_the_choices_are_equal(opened: Open, width: int) -> None:
    page = opened(width=width)
    looks = (
        "each => { const box = each.getBoundingClientRect(), seen = getComputedStyle(each); return"
        " [box.width, box.height, seen.color, seen.backgroundColor, seen.borderColor, seen.fontSize,"
        " seen.fontWeight].join() }"
    )
    assert (
        len(
            {
                page.locator(f".banner >> text={word}").evaluate(looks)
                for word in ("Accept", "Reject", "Choose")
            }
        )
        == 1
    )
    assert all(
        page.locator(f".banner >> text={word}").bounding_box()["height"] >= 44
        for word in ("Accept", "Reject", "Choose")
    )  # type: ignore[index]


@pytest.mark.parametrize("address", ["/", "/privacy/cookies/"])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(opened: Open, address: str) -> None:
    page = opened(address, trusted=True, **{"sec-gpc": "1"})
    for size in in_every_size(page):
        assert found_by_axe(page) == [], size
    page = opened(address, width=320, trusted=True)
    page.add_style_tag(content="html { font-size: 200% !important }")
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_axe_finds_nothing_once_it_was_answered_and_she_is_greeted(opened: Open, alice: Any) -> None:
    page = opened(width=320, trusted=True)
    page.click("text=Accept")
    page.wait_for_selector("#cookies-said")
    assert found_by_axe(page) == []
    sign_in(page)
    page.context.clear_cookies(name="kept_session")
    page.goto("/")
    assert page.locator(".hello button").bounding_box()["height"] >= 24  # type: ignore[index]
    assert found_by_axe(page) == []
