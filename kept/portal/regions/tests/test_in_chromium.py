"""The suggestion in a real browser: it takes no focus, needs no script, fits a small screen, and stays away
once she has chosen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from ipaddress import ip_network
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Request

from kept.testing import found_by_axe, in_every_size

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]

CANADIAN, BELGIAN = "142.150.1.1", "193.190.198.1"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"
FITS = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
SAYS = "You seem to be in Canada. This site is run by CE+T Power, Belgium."
Opens = Callable[..., Page]


@pytest.fixture
def opens(chromium: Browser, live_server: Any, policy: Any, settings: Any) -> Iterator[Opens]:
    """opens("/", from_="142.150.1.1") is a page as somebody with that address sees it, through a proxy of
    ours.
    """
    settings.KEPT_PROXIES = (ip_network("127.0.0.1"),)
    contexts = []

    def opened(
        address: str,
        *,
        from_: str = CANADIAN,
        width: int = 1280,
        dark: bool = False,
        script: bool = True,
        agent: str = FIREFOX,
    ) -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if dark else "light",
            java_script_enabled=script,
            bypass_csp=script,
            user_agent=agent,
            extra_http_headers={"X-Forwarded-For": from_},
        )
        contexts.append(context)
        page = context.new_page()
        page.goto(live_server.url + address)
        return page

    yield opened
    for context in contexts:
        context.close()


def test_a_canadian_address_sees_it_and_a_belgian_one_does_not(opens: Opens) -> None:
    assert opens("/").get_by_text(SAYS).is_visible()
    assert opens("/", from_=BELGIAN).get_by_text("You seem to be").count() == 0
    assert (
        opens("/", agent="Mozilla/5.0 (compatible; Googlebot/2.1)").get_by_text("You seem to be").count() == 0
    )


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_staying_is_remembered_on_the_page_she_was_on(opens: Opens, script: bool) -> None:
    page = opens("/products/?market=rail", script=script)
    assert page.context.cookies() == []
    page.get_by_role("button", name="Stay here").click()
    assert page.url.endswith("/products/?market=rail")
    assert page.get_by_text(SAYS).count() == 0
    assert [cookie["name"] for cookie in page.context.cookies()] == ["kept_region"]
    page.reload()
    assert page.get_by_text(SAYS).count() == 0
    page.get_by_role("contentinfo").get_by_role("link", name="Europe").click()
    page.get_by_role("button", name="Forget my choice").click()
    assert page.context.cookies() == []


def test_going_leads_to_the_same_page_there(opens: Opens) -> None:
    page = opens("/products/?market=rail")
    asked: list[Request] = []
    page.route(
        "https://northamerica.example.com/**",
        lambda route: (asked.append(route.request), route.fulfill(body="there"))[1],
    )
    page.get_by_role("link", name="Go to the North American site our group’s site").click()
    page.wait_for_url("https://northamerica.example.com/**")
    assert page.url == "https://northamerica.example.com/products/?market=rail"
    assert "referer" not in asked[0].headers


def test_it_takes_no_focus_and_stands_after_the_skip_link(opens: Opens) -> None:
    page = opens("/")
    assert page.evaluate("document.activeElement.tagName") == "BODY"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    # In the order of the page, after what is asked about cookies.
    for _ in range(10):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent") == "Stay here":
            break
    assert (
        page.evaluate("document.activeElement.closest('section').getAttribute('aria-labelledby')")
        == "region-told"
    )
    assert page.evaluate("getComputedStyle(document.querySelector('.banner.region')).position") == "static"


@pytest.mark.parametrize("address", ["/", "/privacy/promises/", "/region/?country=CA", "/region/?country=XX"])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(opens: Opens, address: str) -> None:
    page = opens(address)
    for size in in_every_size(page):
        assert found_by_axe(page) == [], size
        assert page.evaluate(FITS), size
    if "promises" not in address:
        page.set_viewport_size({"width": 320, "height": 900})
        page.add_style_tag(content="html { font-size: 200% !important }")
        assert page.evaluate(FITS)


def test_both_ways_are_alike(opens: Opens) -> None:
    """Same height, same weight, same border and ground: no way is pushed."""
    page = opens("/")
    looks = page.evaluate("""[...document.querySelectorAll('.region .ways .quiet')].map(each => {
            const look = getComputedStyle(each);
            return [look.height, look.fontWeight, look.fontSize,
                look.backgroundColor, look.borderColor, look.color].join(' ');
        })""")
    assert len(looks) == 2 and looks[0] == looks[1]


def test_the_chooser_works_without_script_and_by_keyboard(opens: Opens) -> None:
    page = opens("/region/", script=False)
    page.get_by_label("Where do you live?").select_option("CA")
    page.get_by_role("button", name="Show who serves me").click()
    assert page.get_by_role("heading", name="What changes").is_visible()
    page.locator("#europe summary").focus()
    page.keyboard.press("Enter")
    assert page.locator("#europe li", has_text="België").is_visible()
