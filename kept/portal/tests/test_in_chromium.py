"""Every part of the house in a real browser: nothing for axe to find, nothing sideways, nothing from
elsewhere, keyboard through.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import ConsoleMessage, Page

from kept.products import demo
from kept.testing import found_by_axe, in_every_size

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.urls("kept.portal.tests.sheets")]

PAGES = ("/", "/sheet/components/", "/sheet/desk/", "/raises/not-allowed/", "/nothing-here/")
REFUSED = "main form[method=post] button >> nth=0"
Open = Callable[..., Page]


def sideways(page: Page) -> list[Any]:
    """[width of the page, width of the window] when the page is wider, else nothing."""
    measured = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    return measured if measured[0] > measured[1] else []


@pytest.mark.parametrize("address", PAGES)
def test_axe_finds_nothing(open_page: Open, address: str) -> None:
    demo.load()
    page = open_page(address, trusted=True)
    for size in in_every_size(page):
        assert found_by_axe(page) == [], size


def test_axe_finds_what_shows_in_one_theme_and_at_one_width_alone(open_page: Open) -> None:
    page = open_page("/", trusted=True)
    page.add_style_tag(
        content="@media (prefers-color-scheme: dark) and (max-width: 400px)"
        " { main p { color: #333 !important; background: #222 !important } }"
    )
    found = {size: [rule for rule, _ in found_by_axe(page)] for size in in_every_size(page)}
    assert [size for size, rules in found.items() if rules == ["color-contrast"]] == ["dark, 320 px"]


def test_axe_finds_nothing_on_a_refused_form(open_page: Open) -> None:
    page = open_page("/sheet/components/", trusted=True)
    page.click(REFUSED)
    assert found_by_axe(page) == []


@pytest.mark.parametrize("address", PAGES)
def test_nothing_scrolls_sideways_even_with_text_doubled(open_page: Open, address: str) -> None:
    demo.load()
    page = open_page(address, width=320, trusted=True)
    assert sideways(page) == []
    page.add_style_tag(content="html { font-size: 200% !important }")
    assert sideways(page) == []


def test_a_page_that_is_too_wide_is_noticed(open_page: Open) -> None:
    page = open_page("/sheet/desk/", width=320, trusted=True)
    page.add_style_tag(content=".desk main { min-width: 600px }")
    assert sideways(page)


@pytest.mark.parametrize("address", PAGES)
def test_a_page_asks_nobody_but_us_and_weighs_little(
    chromium: Any, live_server: Any, policy: Any, address: str
) -> None:
    demo.load()
    context = chromium.new_context()
    page = context.new_page()
    weights: dict[str, int] = {}
    said: list[ConsoleMessage] = []
    page.on("console", lambda message: said.append(message))
    page.on("response", lambda response: weights.update({response.url: len(response.body())}))
    page.goto(live_server.url + address, wait_until="networkidle")
    context.close()
    assert {url for url in weights if not url.startswith(live_server.url)} == set()
    assert sum(weights.values()) < 200_000
    assert [message.text for message in said if "Content Security Policy" in message.text] == []


def test_the_keyboard_skips_to_the_content(open_page: Open) -> None:
    page = open_page("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_the_keyboard_opens_the_why_mark(open_page: Open) -> None:
    page = open_page("/sheet/components/")
    mark = page.locator(".field:has(#id_phone) .why")
    mark.locator("summary").focus()
    page.keyboard.press("Enter")
    assert mark.locator("dl").is_visible()


def test_a_refused_form_needs_no_script(open_page: Open) -> None:
    page = open_page("/sheet/components/", script=False)
    page.fill("#id_serial", "1204 88")
    page.fill("#id_bought_0", "31")
    page.click(REFUSED)
    assert page.title().startswith("Error: ")
    assert page.input_value("#id_serial") == "1204 88" and page.input_value("#id_bought_0") == "31"
    assert page.locator(".error-summary").is_visible()


def test_the_error_summary_has_the_focus_and_leads_to_the_field(open_page: Open) -> None:
    page = open_page("/sheet/components/")
    page.fill("#id_bought_0", "31")
    page.click(REFUSED)
    assert page.evaluate("document.activeElement.className") == "error-summary"
    page.click("text=Purchase date must include a month and year >> nth=0")
    assert page.evaluate("document.activeElement.id") == "id_bought_1"


def test_small_targets_are_large_enough(open_page: Open) -> None:
    """WCAG 2.2, 2.5.8: 24 by 24 px for what stands alone; links inside sentences are exempt."""
    page = open_page("/sheet/components/", width=320)
    small = page.evaluate(
        """() => [...document.querySelectorAll('button, summary, nav a, footer li a,'
                + ' input[type=radio], input[type=checkbox], .act a')]
            .filter(each => each.offsetParent && (each.getBoundingClientRect().height < 23.9))
            .map(each => each.outerHTML.slice(0, 80))"""
    )
    assert small == []
