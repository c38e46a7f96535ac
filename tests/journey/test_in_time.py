"""Dana answers by the clock: she extends, passes on and answers what people ask; and what is late breaks its
promise in public.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.journey.asking import ask
from tests.journey.later import days_later
from tests.journey.portal import Portal, kept, make_demo, running
from tests.journey.walk import Walk

pytestmark = pytest.mark.browser
DANA, ASKER = "dana@example.com", "noor.vale@example.org"
QUESTIONS = {
    "answered": "Who made my invoice?",
    "extended": "Which partner repaired it, and when?",
    "passed on": "Do you sell what I type?",
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_demo(tmp_path_factory.mktemp("time"))


def asked(chromium: Browser, portal: Portal, question: str) -> str:
    """A stranger asks. Returns the reference."""
    stranger = Walk(chromium, portal)
    reference = ask(stranger, question, email=ASKER)
    stranger.close()
    return reference


def promise(portal: Portal, chromium: Browser) -> str:
    """What the public page says of P32."""
    anybody = Walk(chromium, portal)
    anybody.go("/privacy/promises/")
    row = anybody.page.locator(
        "tr, li, article, section", has_text="answers a privacy question within 30 days"
    ).last.inner_text()
    anybody.close()
    return row


def test_dana_answers_by_the_clock_and_what_is_late_breaks_the_promise(
    home: Path, chromium: Browser, tmp_path: Path
) -> None:
    with running(home) as portal:
        references = {what: asked(chromium, portal, question) for what, question in QUESTIONS.items()}
        _dana_works(Walk(chromium, portal), references)
        assert kept(home, "requests").returncode == 0
        assert any(ASKER in mail for mail in portal.mails())
    later = days_later(40, tmp_path)
    assert kept(home, "requests", **later).returncode == 1
    with running(home, **later) as portal:
        portal.wait_for(lambda: "broken" in promise(portal, chromium).lower(), seconds=60)
        dana = Walk(chromium, portal)
        dana.sign_in(DANA)
        dana.go("/desk/requests/")
        late = dana.page.locator("tr", has_text=references["passed on"]).inner_text()
        assert "late" in late.lower(), late
        # What was extended in time is not late yet, and what was answered is off the board.
        assert "late" not in dana.page.locator("tr", has_text=references["extended"]).inner_text().lower()
        assert not dana.says(references["answered"])
        dana.close()


def _dana_works(dana: Walk, references: dict[str, str]) -> None:
    dana.sign_in(DANA)
    _open(dana, references["answered"])
    dana.press("Send the answer")
    assert dana.page.title().startswith("Error") or dana.says("Write the answer")
    dana.page.locator("form[action$='/answer/'] textarea").fill(
        "The office in Liège, on the day it was sent."
    )
    dana.press("Send the answer")
    _open(dana, references["extended"])
    dana.page.locator("summary", has_text="It takes longer").click()
    dana.page.locator("form[action$='/extension/'] textarea").fill(
        "The partner looks through the paper file of that year."
    )
    dana.press("Extend it")
    _open(dana, references["passed on"])
    due = dana.page.locator("nav dd time").first.get_attribute("datetime")
    dana.page.locator("summary", has_text="Another controller answers").click()
    dana.page.locator("form[action$='/controller/'] select").select_option("world")
    dana.press("Pass it on")
    _open(dana, references["passed on"])
    assert dana.says("The data controller for the rest of the world")
    assert dana.page.locator("nav dd time").first.get_attribute("datetime") == due
    dana.close()


def _open(dana: Walk, reference: str) -> None:
    dana.go("/desk/requests/")
    dana.page.get_by_role("link", name=reference).click()
    dana.page.wait_for_load_state()
    dana.look()
    assert dana.says(reference)
