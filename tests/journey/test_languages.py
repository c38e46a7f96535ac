"""The journey in the other languages: chosen by a click, kept in the profile, and spoken by every page and
mail on the way.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import pytest
from django.utils import translation

from kept.portal.languages import catalogs, pseudo
from tests.journey.portal import PASSWORD, Portal, kept
from tests.journey.test_journey import BOUGHT
from tests.journey.walk import NARROW, SIDEWAYS, WIDE, Walk

pytestmark = pytest.mark.browser

Walking = Callable[..., Walk]
OWN_NAMES = {"fr": "Français", "de": "Deutsch", "nl": "Nederlands"}
READ = ("/", "/products/", "/privacy/", "/privacy/promises/", "/privacy/visits/", "/privacy/cookies/")
# Names of the world's countries need a second font file, which the browser counts for whatever page follows.
HEAVY = ("/region/",)
# Its words are the policy's, which is written in the languages of the company.
THE_POLICY = ("/privacy/",)
HERS = ("/me/", "/me/timeline/", "/me/profile/", "/account/", "/me/products/")


class Speaking:
    """Somebody who walks in one language, and presses buttons by its words."""

    def __init__(self, her: Walk, language: str) -> None:
        self.her, self.language = her, language

    def word(self, message: str) -> str:
        with translation.override(self.language):
            said = translation.gettext(message)
        assert said != message, f"“{message}” is not said in {self.language}"
        return said

    def go(self, address: str) -> None:
        self.her.go(address)
        self.is_spoken()

    def press(self, message: str) -> None:
        self.her.press(self.word(message))
        self.is_spoken()

    def is_spoken(self) -> None:
        page = self.her.page
        assert page.get_attribute("html", "lang") == self.language, page.url


@pytest.mark.parametrize("language", OWN_NAMES)
def test_the_journey_in_another_language(
    walk: Walking, portal: Portal, tmp_path: Path, language: str
) -> None:
    name, address = f"Alice {language.upper()}", f"alice.{language}@example.org"
    her = walk()
    speaking = Speaking(her, language)
    her.go("/")
    her.page.locator("footer button", has_text=OWN_NAMES[language]).click()
    her.page.wait_for_url(f"**/{language}/")
    for place in READ:
        speaking.go(f"/{language}{place}")
    speaking.go("/account/signup/")
    her.type_in(name=name, email=address, password1="short")
    speaking.press("Make my ID")
    her.type_in(password1=PASSWORD)
    speaking.press("Make my ID")
    her.type_in(code=portal.code(to=address))
    speaking.press("Confirm")
    # Another browser, in which nothing was chosen: the profile speaks.
    her.context.clear_cookies(name="kept_language")
    for place in HERS:
        speaking.go(place)
    _registers(her, speaking)
    _takes_a_copy(her, speaking, portal, tmp_path / "copy.zip")
    letters = [mail for mail in portal.mails() if f"To: {address}" in mail]
    assert speaking.word("Your code to confirm your e-mail address") in letters[0]


DESK = ("/desk/", "/desk/requests/", "/desk/staff/", "/desk/beyond/", "/desk/breaches/")
ALOUD = "[...document.querySelectorAll('h1, label, main button, nav a, footer a')].map(it => it.textContent)"


@pytest.mark.parametrize(
    ("who", "pages"),
    [
        ("", (*READ, *HEAVY, "/account/login/", "/account/signup/", "/privacy/ask/")),
        ("alice", HERS),
        ("dana", DESK),
    ],
    ids=["visitor", "customer", "desk"],
)
def test_no_page_bursts_where_words_are_longer(walk: Walking, who: str, pages: tuple[str, ...]) -> None:
    """The language for looking at pages: 40 % longer, in brackets, so that its words are told from others."""
    catalogs.write_pseudo()
    her = walk()
    if who:
        her.sign_in(f"{who}@example.com")
    her.context.add_cookies([{"name": "kept_language", "value": pseudo.CODE, "url": her.portal.url}])
    for address in pages:
        her.page.goto(address)
        for size in (NARROW, WIDE):
            her.page.set_viewport_size(size)  # type: ignore[arg-type]
            wide, window = her.page.evaluate(SIDEWAYS)
            assert wide <= window, f"{address} scrolls sideways at {window} px where words are longer"
        spoken = [text for text in her.page.evaluate(ALOUD) if re.search(r"[a-z]{3}", text)]
        marked = sum("[" in text for text in spoken)
        assert marked >= len(spoken) / 2 or (marked and address in THE_POLICY), f"{address}: {spoken}"


def _registers(her: Walk, speaking: Speaking) -> None:
    """Up to the last page, and back: the demo has three machines that nobody registered."""
    speaking.go("/me/products/register/")
    her.type_in(serial="1204-88-3", **BOUGHT)
    speaking.press("Go on")
    assert her.page.locator(".error-summary").is_visible()
    her.type_in(serial="1205-01-2")
    speaking.press("Go on")


def _takes_a_copy(her: Walk, speaking: Speaking, portal: Portal, copy: Path) -> None:
    speaking.go("/me/copy/")
    speaking.press("Make my copy")
    her.type_in(password=PASSWORD)
    with her.page.expect_download() as coming:
        her.page.get_by_role("button", name=speaking.word("Yes, it is me")).click()
    coming.value.save_as(copy)
    said = kept(copy.parent / "nobody", "verify", str(copy), "--key", str(portal.home / "ledger.pub"))
    assert said.returncode == 0 and said.stdout.startswith("Holds."), said.stdout + said.stderr
    with ZipFile(copy) as archive:
        pages = [archive.read(one).decode() for one in archive.namelist() if one.endswith(".html")]
    assert pages and all(re.search(rf'<html lang="{speaking.language}"', page) for page in pages)
