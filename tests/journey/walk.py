"""A person in a browser: nothing of a page's trouble is missed, and each page they come to is looked at."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page

from kept.testing import found_by_axe
from tests.journey.portal import PASSWORD, ROOT, Portal

HEAVIEST = 200_000
HEAVIEST_PICTURE = 150_000
TOUR = ROOT / "docs" / "tour"
WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 320, "height": 900}
CONTRAST = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
WEIGHT = """() => ['navigation', 'resource'].flatMap(kind => performance.getEntriesByType(kind))
    .reduce((sum, each) => sum + each.encodedBodySize, 0)"""
HEAVY = """() => ['navigation', 'resource'].flatMap(kind => performance.getEntriesByType(kind))
    .sort((one, other) => other.encodedBodySize - one.encodedBodySize).slice(0, 5)
    .map(each => `${each.name} ${each.encodedBodySize}`)"""
SIDEWAYS = "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"


class Walk:
    """One browser context and its page.

    ``trouble``: what the console said, what a script threw, whom a page asked besides us.
    """

    def __init__(self, browser: Browser, portal: Portal, *, script: bool = True) -> None:
        self.portal, self.script = portal, script
        self.context: BrowserContext = browser.new_context(
            base_url=portal.url, viewport=WIDE, java_script_enabled=script, accept_downloads=True
        )  # type: ignore[arg-type]
        self.page: Page = self.context.new_page()
        self.trouble: list[str] = []
        self.page.on("console", lambda message: self._said(message.type, message.text))
        self.page.on("pageerror", lambda error: self.trouble.append(str(error)))
        self.page.on("request", lambda request: self._asked(request.url))

    def _said(self, kind: str, text: str) -> None:
        # Chromium writes a line for each answer of 4xx, which a refused form is meant to be.
        if kind == "error" and not re.search(r"status of 4\d\d", text):
            self.trouble.append(text)

    def _asked(self, url: str) -> None:
        if not url.startswith((self.portal.url, "data:", "blob:")):
            self.trouble.append(f"asked {url}")

    def go(self, address: str) -> None:
        self.page.goto(address)
        self.look()

    def press(self, name: str) -> None:
        """A button, by the words on it; then look at where it led."""
        self.page.get_by_role("button", name=name, exact=True).first.click()
        self.page.wait_for_load_state()
        self.look()

    def type_in(self, **fields: str) -> None:
        """Into controls by their ids: id_<name>."""
        for name, text in fields.items():
            control = self.page.locator(f"#id_{name}")
            (
                control.select_option(text)
                if control.evaluate("it => it.tagName") == "SELECT"
                else control.fill(text)
            )

    def sign_in(self, address: str, password: str = PASSWORD) -> None:
        self.go("/account/login/")
        self.type_in(login=address, password=password)
        self.press("Sign in")

    def open_sections(self) -> None:
        """Open every kind of record on *Your data*, as somebody does who wants to see all of it."""
        for part in self.page.locator("details[data-opens]").all():
            part.locator("> summary").click()
            part.locator(".records").wait_for(state="attached")

    def says(self, text: str) -> bool:
        """Whether the page shows these words, folded parts and other lines included."""
        return text in re.sub(r"\s+", " ", self.page.locator("body").text_content() or "")

    def look(self) -> None:
        """axe, weight and width of the present page, in both themes, at both widths."""
        if not self.script:
            return
        page = self.page
        where = page.url
        weight = page.evaluate(WEIGHT)
        assert weight < HEAVIEST, f"{where} weighs {weight}: {page.evaluate(HEAVY)}"
        for size, theme, options in (
            (NARROW, "dark", {}),
            (NARROW, "light", CONTRAST),
            (WIDE, "dark", CONTRAST),
            (WIDE, "light", {}),
        ):
            page.set_viewport_size(size)  # type: ignore[arg-type]
            page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
            wide, window = page.evaluate(SIDEWAYS)
            assert wide <= window, f"{where} scrolls sideways at {window} px"
            assert found_by_axe(page, **options) == [], f"{where} {theme} {size}"
        assert self.trouble == [], where

    def picture(self, name: str) -> None:
        """For the tour in the README, when they are wanted."""
        if os.environ.get("KEPT_TEST_PICTURES") != "1":
            return
        TOUR.mkdir(exist_ok=True)
        file: Path = TOUR / f"{name}.png"
        self.page.screenshot(path=file)
        assert file.stat().st_size < HEAVIEST_PICTURE, f"{name} weighs {file.stat().st_size}"

    def close(self) -> None:
        self.context.close()


def attribute(page: Page, selector: str, name: str) -> Any:
    return page.locator(selector).first.get_attribute(name)
