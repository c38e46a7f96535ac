"""A real Chromium, and what is looked for on each page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page


@pytest.fixture
def open_page(chromium: Browser, live_server: Any, policy: Any) -> Iterator[Callable[..., Page]]:
    """open_page("/", width=320, dark=True, script=False) is a page of the running portal; its console is kept
    in ``page.said``.
    """
    contexts = []

    def opened(
        address: str, *, width: int = 1280, dark: bool = False, script: bool = True, trusted: bool = False
    ) -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if dark else "light",
            java_script_enabled=script,
            # Only to put axe or a larger font into the page: the page's own rules forbid both.
            bypass_csp=trusted,
        )
        contexts.append(context)
        page = context.new_page()
        page.goto(live_server.url + address)
        return page

    yield opened
    for context in contexts:
        context.close()
