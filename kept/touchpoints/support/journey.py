"""Somebody asks for help, to the end: a case opened page by page, seen by who opened it, and nobody else."""

from __future__ import annotations

import re
from typing import Any

from django.urls import reverse

from kept.core.register.proving.walk_findings import JOURNEYS, Walking
from kept.sentences import sentence

HELPED = "helped"
WORDS = "Alarm 214 after start, from the walk"
TYPED = {
    "machine": "none",
    "severity": "question",
    "topic": "fault",
    "title": "Alarm 214",
    "text": WORDS,
    "firmware": "4.2.1",
}
_CSRF = re.compile(rb'name="csrfmiddlewaretoken" value="\w+"')


@JOURNEYS.under("support")
def walk(walking: Walking) -> None:
    """As a customer with a question, and as another one who types the address of her case."""
    her = walking.customer(sentence("a customer who asks for help"))
    other = walking.customer(sentence("a customer with the address of somebody else's case"))
    if her is None or other is None:
        return
    opened = _opens(walking, her)
    if opened:
        _stays_hers(walking, other, opened)


def _opens(walking: Walking, browser: Any) -> str:
    """The address of the case; "" where it was not opened, which is found."""
    address = reverse("support-new")
    page = browser.get(address)
    form = next((one for one in page.page.forms if any(each.name == "text" for each in one.asked)), None)
    shown = browser.follow(browser.submit(page, form, TYPED)) if form is not None else page
    walking.count("cases opened")
    if WORDS.encode() not in shown.body or shown.path == address:
        walking.found(HELPED, f"POST {address}", browser, sentence("does not get a case to its page"))
        return ""
    return str(shown.path)


def _stays_hers(walking: Walking, browser: Any, opened: str) -> None:
    """Asked for by somebody else, it answers exactly like one that does not exist."""
    reference = opened.rstrip("/").rpartition("/")[2]
    nothing = f"{reference[:-6]}000000"
    browser.get(opened)
    theirs, none = browser.get(opened), browser.get(opened.replace(reference, nothing))
    walking.count("cases refused")
    told = _CSRF.sub(b"", theirs.body).replace(reference.encode(), nothing.encode())
    if {theirs.status, none.status} != {404} or told != _CSRF.sub(b"", none.body):
        walking.found(
            HELPED, f"GET {opened}", browser, sentence("tells somebody else that there is such a case")
        )
