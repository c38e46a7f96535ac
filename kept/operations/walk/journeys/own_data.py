"""What somebody told the portal stands on the page of her data, and what she corrects stands there after."""

from __future__ import annotations

from collections.abc import Mapping

from django.urls import reverse

from kept.operations.serving.guard import Application
from kept.operations.walk import people
from kept.operations.walk.browser import Browser
from kept.operations.walk.journeys.choices import SignIn
from kept.operations.walk.response_checks import Judge, asked_by
from kept.sentences import sentence

SHOWN = "shown"
SECTIONS = "data/"


def walk(judge: Judge, application: Application, sign_in: SignIn) -> None:
    """As a customer of whom the portal knows name and mail."""
    her = people.invented(sentence("a customer who looks at her data"))
    people.customer(her)
    judge.people.append(her)
    browser = sign_in(judge, application, her)
    if browser is None:
        return
    is_shown(judge, browser, {sentence("name"): her.name, sentence("mail address"): her.email})
    page = browser.get(reverse("profile"))
    form = next((one for one in page.page.forms if any(each.name == "phone" for each in one.fields)), None)
    corrected = people.invented("nobody").phone
    if form is None:
        judge.found(
            SHOWN,
            asked_by(f"GET {page.path}", browser.who),
            sentence("has no form to correct a phone number"),
        )
        return
    browser.follow(browser.submit(page, form, {"phone": corrected}))
    is_shown(judge, browser, {sentence("corrected phone number"): corrected})


def is_shown(judge: Judge, browser: Browser, told: Mapping[str, str]) -> None:
    """Find what of this, words and values, does not stand there."""
    answer = browser.get(reverse("me"))
    # What is folded is a page of its own, below this one.
    folded = {one for one in answer.page.addresses if one.startswith(f"{answer.path}{SECTIONS}")}
    pages = [answer, *map(browser.get, sorted(folded))]
    text = "".join("".join(page.body.decode("utf-8", "replace").split()) for page in pages)
    for what, value in told.items():
        judge.count("values seen")
        if "".join(value.split()) not in text:
            judge.found(
                SHOWN,
                asked_by(f"GET {answer.path}", browser.who),
                sentence("does not show her {what}", what=what),
            )
