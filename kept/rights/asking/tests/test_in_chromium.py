"""The whole way in a real browser, with and without a script: a question, a right, a code, and where it
stands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from kept.rights.asking.tests.conftest import ASK, RIGHT, mailed_code
from kept.rights.requests.models import Request
from kept.testing import found_by_axe, in_every_size

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def browse(chromium: Browser, live_server: Any, policy: Any) -> Iterator[Callable[..., Page]]:
    contexts = []

    def opened(address: str, *, width: int = 1280, dark: bool = False, script: bool = True) -> Page:
        scheme: Any = "dark" if dark else "light"
        # axe is put into the page, which the page's own rules forbid.
        context = chromium.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
            java_script_enabled=script,
            bypass_csp=script,
            base_url=live_server.url,
        )
        contexts.append(context)
        page = context.new_page()
        page.goto(address)
        return page

    yield opened
    for context in contexts:
        context.close()


def look(page: Page) -> None:
    """Nothing for axe to find, and nothing sideways, at either width and in either theme."""
    for size in in_every_size(page):
        assert found_by_axe(page) == [], size
        wide, window = page.evaluate(
            "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
        )
        assert wide <= window, size


def fill_question(page: Page) -> None:
    page.select_option("#id_topic", "recipients")
    page.fill("#id_question", "Who has my address?")
    page.fill("#id_email", "eve@example.com")


def test_axe_finds_nothing_on_the_way(browse: Any) -> None:
    page = browse(ASK)
    look(page)
    page.click("text=Send the question")
    look(page)
    page.select_option("#id_country", "JP")
    page.wait_for_selector("text=No other region of ours serves Japan")
    look(page)
    fill_question(page)
    page.click("text=Send the question")
    page.wait_for_selector("text=We have your question")
    look(page)
    page.goto(RIGHT)
    look(page)
    page.goto("/privacy/status/")
    look(page)


def test_who_answers_is_shown_and_nothing_is_lost_without_a_script(browse: Any) -> None:
    page = browse(ASK, script=False)
    page.select_option("#id_country", "US")
    fill_question(page)
    page.click("text=Show who answers")
    assert page.locator("#who").inner_text().count("CE+T Energy Solutions") == 1
    assert (
        page.input_value("#id_question") == "Who has my address?"
        and page.input_value("#id_topic") == "recipients"
    )
    page.click("text=Send the question")
    assert page.locator("h1").inner_text() == "We have your question"


def test_the_enter_key_sends_and_does_not_merely_show(browse: Any) -> None:
    page = browse(ASK, script=False)
    page.select_option("#id_country", "BE")
    page.click("text=Show who answers")
    fill_question(page)
    page.press("#id_email", "Enter")
    assert page.locator("h1").inner_text() == "We have your question"


def test_a_right_is_confirmed_without_a_script(browse: Any, alice: Any, machine: Any) -> None:
    page = browse(RIGHT, script=False)
    page.select_option("#id_country", "BE")
    page.check("#id_kind_0")
    page.fill("#id_email", "alice@example.com")
    page.fill("#id_proof", "1204-88-2")
    page.click("text=Send the request, and a code")
    assert "Look who answers you, then send it" in page.inner_text("main")
    page.click("text=Send the request, and a code")
    page.fill("#id_code", mailed_code())
    page.click("button:text-is('Confirm')")
    assert "Confirmed" in page.inner_text("main")
    assert Request.objects.get().person == alice.person


def test_the_unseen_field_is_seen_by_nobody(browse: Any) -> None:
    page = browse(ASK)
    for _ in range(40):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.name") != "website"
    assert page.locator("div.unseen:has([name=website])").bounding_box()["width"] <= 1
