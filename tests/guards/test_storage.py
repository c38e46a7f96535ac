"""No script keeps anything in a browser that the table of cookies does not name."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.contrib.staticfiles.finders import get_finders

from kept.core.register.declarations import DECLARED

# What a script could keep things with. Those with a name in the policy's table are allowed once a row
# declares one.
STORES = {"localStorage": "local-storage", "sessionStorage": "session-storage"}
NEVER = re.compile(
    r"document\s*\.\s*cookie|\[\s*['\"]cookie['\"]\s*\]|cookieStore|indexedDB|\bcaches\s*\.|navigator\s*\.\s*storage|serviceWorker|window\s*\.\s*name\b"
)


def scripts() -> Iterator[tuple[str, str]]:
    """Every script that is served, libraries' included: name, text."""
    for finder in get_finders():
        for path, storage in finder.list([]):
            if path.endswith((".js", ".mjs")):
                with storage.open(path) as file:
                    yield path, file.read().decode("utf-8")


def keeps(text: str) -> list[str]:
    declared = {cookie.storage for cookie in DECLARED.cookies}
    return NEVER.findall(text) + [
        store for store, storage in STORES.items() if store in text and storage not in declared
    ]


def test_no_script_keeps_anything_in_a_browser() -> None:
    served = dict(scripts())
    assert {"cookies/stays.js", "accounts/passkeys.js"} <= served.keys()
    assert {path: found for path, text in served.items() if (found := keeps(text))} == {}


@pytest.mark.parametrize(
    "line",
    [
        "document.cookie = 'a=1'",
        "document['cookie']",
        "localStorage.setItem('a', 1)",
        "window.sessionStorage.a = 1",
        "indexedDB.open('a')",
        "caches.open('a')",
        "cookieStore.set('a', 1)",
        "navigator.serviceWorker.register('/a.js')",
        "window.name = 'a'",
    ],
)
def test_a_script_that_does_is_seen(line: str) -> None:
    assert keeps(line)


@pytest.mark.parametrize(
    "line", ["navigator.cookieEnabled", "const caches = [];", "document.querySelector('form').name"]
)
def test_what_keeps_nothing_is_let_through(line: str) -> None:
    assert not keeps(line)
