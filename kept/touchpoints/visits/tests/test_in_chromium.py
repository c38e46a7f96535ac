"""The dashboard in a real browser: nothing for axe to find, nothing sideways, nothing heavy, and all of it
without a script.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from kept.testing import found_by_axe, in_every_size

pytestmark = pytest.mark.django_db(transaction=True)
HERE = "/privacy/visits/"
COMPARED = f"{HERE}?period=last-month&compare=before"
HEAVIEST = 200_000


@pytest.fixture
def browse(chromium: Browser, live_server: Any, year: Any) -> Iterator[Callable[..., Page]]:
    contexts = []

    def opened(address: str, *, width: int = 1440, dark: bool = False, script: bool = True) -> Page:
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


@pytest.mark.parametrize("address", [COMPARED, f"{HERE}ways/?period=this-year", f"{HERE}?from=soon"])
def test_nothing_for_axe_and_nothing_sideways(browse: Any, address: str) -> None:
    page = browse(address)
    for summary in page.query_selector_all("details.numbers > summary"):
        summary.click()
    for size in in_every_size(page, (320, 768, 1440)):
        assert found_by_axe(page) == [], size
        wide, window = page.evaluate(
            "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
        )
        assert wide <= window, size


def test_it_is_all_there_without_a_script(browse: Any) -> None:
    page = browse(HERE, script=False)
    assert (
        page.locator("svg.chart.wide >> visible=true").count() == 2
        and page.locator("svg.chart.narrow >> visible=true").count() == 0
    )
    page.click("text=Last month")
    assert "period=last-month" in page.url and page.locator("text=1 October 2026").count()
    page.fill("#id_from", "2026-05-01")
    page.fill("#id_to", "2026-05-07")
    page.select_option("#id_compare", "before")
    page.click("text=Show these days")
    assert "from=2026-05-01&to=2026-05-07&compare=before" in page.url
    assert page.locator("thead >> text=Time before").count() > 10
    page.click("text=All 13")
    assert page.url.endswith("/privacy/visits/pages/?from=2026-05-01&to=2026-05-07&compare=before")


def test_a_phone_sees_the_narrow_drawing(browse: Any) -> None:
    page = browse(HERE, width=320)
    assert (
        page.locator("svg.chart.narrow >> visible=true").count() == 2
        and page.locator("svg.chart.wide >> visible=true").count() == 0
    )
    texts = page.evaluate(
        "[...document.querySelectorAll('svg.chart.narrow text')].map(one =>"
        " one.getBoundingClientRect().height)"
    )
    assert min(texts) >= 9


OVERLAP = """() => [...document.querySelectorAll('svg.chart')]
    .filter(one => one.clientWidth).some(svg => {
    const boxes = [...svg.querySelectorAll('text')].map(one => one.getBoundingClientRect());
    return boxes.some((a, i) => boxes.slice(i + 1).some(
        b => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom));
})"""


def test_figures_of_a_drawing_never_stand_in_each_other(browse: Any) -> None:
    for width in (320, 1440):
        for period in ("7-days", "30-days", "this-month", "last-month", "this-year"):
            assert browse(f"{HERE}?period={period}&compare=before", width=width).evaluate(OVERLAP) is False, (
                width,
                period,
            )


@pytest.mark.parametrize("language", ["fr", "de", "nl"])
def test_longer_words_burst_neither_a_drawing_nor_a_page(browse: Any, language: str) -> None:
    for asked in ("?period=last-month&compare=before", "?period=this-year", "find-me/"):
        page = browse(f"/{language}{HERE}{asked}", width=320)
        assert page.evaluate(OVERLAP) is False, asked
        wide, window = page.evaluate(
            "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
        )
        assert wide <= window, asked


def test_the_keyboard_reaches_every_act(browse: Any) -> None:
    page = browse(HERE)
    reached = set()
    for _ in range(40):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.name || document.activeElement.textContent.trim()"))
    assert {"Find me in it", "7 days", "from", "to", "compare", "Show these days", "Pages"} <= reached


def test_it_weighs_little_and_asks_nobody_else(browse: Any, live_server: Any) -> None:
    page = browse("/health/")
    sizes: list[int] = []
    page.on("response", lambda answer: sizes.append(len(answer.body()) if answer.status == 200 else 0))
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url))
    page.goto(COMPARED, wait_until="networkidle")
    assert all(url.startswith(live_server.url) for url in asked)
    assert 0 < sum(sizes) < HEAVIEST
