"""Parts that renew themselves, in a real browser: they wait, become something else, and leave what is typed
beside them alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route

SCRIPT = Path(__file__).parents[1] / "static/portal/parts.js"
SITE = "http://kept.example"
WORK = '<div class="work" data-every="0.1" data-becomes=".work, .done">{}</div>'
ASK = (
    '<form><div data-shows="#who" data-sends="country show"><select'
    ' name="country"><option>BE<option>US</select></div><button name="show" value="1">Show</button></form><p'
    ' id="who">{}</p>'
)


class Site:
    """Answers one page after another; ``sent`` is what was posted. An answer that is None fails."""

    def __init__(self) -> None:
        self.pages: list[str | None] = []
        self.sent: list[str | None] = []

    def answer(self, route: Route) -> None:
        if route.request.url.endswith("parts.js"):
            route.fulfill(body=SCRIPT.read_text("utf-8"), content_type="text/javascript")
            return
        if route.request.method == "POST":
            self.sent.append(route.request.post_data)
        page = self.pages.pop(0) if len(self.pages) > 1 else self.pages[0]
        shown = f'<!doctype html><input id="typed">{page}<script src="/parts.js" defer></script>'
        route.fulfill(status=200 if page else 500, body=shown, content_type="text/html")


@pytest.fixture
def site(chromium: Browser) -> Iterator[tuple[Site, Page]]:
    context = chromium.new_context()
    page, served = context.new_page(), Site()
    page.route(f"{SITE}/**", served.answer)
    yield served, page
    context.close()


def test_it_looks_again_until_it_is_done(site: tuple[Site, Page]) -> None:
    served, page = site
    served.pages = [
        WORK.format("1 of 3"),
        WORK.format("2 of 3"),
        None,
        WORK.format("3 of 3"),
        '<div class="done">Yours</div>',
    ]
    page.goto(f"{SITE}/copy/")
    page.fill("#typed", "a question")
    page.wait_for_selector(".done")
    assert page.locator(".work").count() == 0 and page.input_value("#typed") == "a question"


def test_a_change_asks_for_one_part(site: tuple[Site, Page]) -> None:
    served, page = site
    served.pages = [ASK.format("nobody yet"), ASK.format("North America")]
    page.goto(f"{SITE}/ask/")
    page.fill("#typed", "a question")
    page.select_option("select", "US")
    page.wait_for_selector("text=North America")
    assert served.sent == ["country=US&show=1"] and page.input_value("#typed") == "a question"


def test_an_answer_that_fails_changes_nothing(site: tuple[Site, Page]) -> None:
    served, page = site
    served.pages = [ASK.format("nobody yet"), None]
    page.goto(f"{SITE}/ask/")
    with page.expect_response(lambda response: response.status == 500):
        page.select_option("select", "US")
    assert page.locator("#who").inner_text() == "nobody yet"
