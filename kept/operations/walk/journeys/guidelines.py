"""Guidelines and safeguards as they are met: staff who acknowledge theirs, one who has not, and the public
register.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from kept.operations.serving.guard import Application
from kept.operations.walk import people
from kept.operations.walk.browser import Answer, Browser
from kept.operations.walk.journeys.choices import SignIn
from kept.operations.walk.page_parser import Form
from kept.operations.walk.response_checks import Judge, asked_by
from kept.operations.walk.routes import Route
from kept.sentences import sentence

GUIDELINE, CERTIFICATE, SAFEGUARD = "guideline", "certificate", "safeguard"
DESK, OWN, HIDDEN = "desk/", "desk/guidelines/", "csrfmiddlewaretoken"


def acknowledge(judge: Judge, browser: Browser, role: str) -> None:
    """Open each guideline of a role, answer its check and press the button, as on a first day."""
    for one in judge.policy.guidelines_for(role):
        page = browser.get(f"/{OWN}{one.id}/")
        form = _check(page)
        if form is None:
            judge.found(
                GUIDELINE,
                asked_by(f"GET /{OWN}", browser.who),
                sentence("offers no way to acknowledge what binds a role"),
            )
            continue
        answers = {f"question-{n}": str(each.right) for n, each in enumerate(one.text().questions)}
        browser.follow(browser.submit(page, form, answers))


def walk(judge: Judge, application: Application, sign_in: SignIn, everywhere: Iterable[Route]) -> None:
    """One of staff who has acknowledged nothing, at every page of the desk; then the public register."""
    role = next((role for one in judge.policy.guidelines.values() for role in one.roles), "")
    if role and _there("desk-guidelines"):
        newcomer = people.invented(sentence("a newcomer of staff"))
        judge.people.append(newcomer)
        people.member_of_staff(newcomer, judge.policy, role)
        browser = sign_in(judge, application, newcomer, staff=True)
        if browser is not None:
            _is_kept_out(judge, browser, everywhere)
            _comes_in(judge, browser, role)
    if address := _there("safeguards"):
        visitor = Browser(
            application, settings.KEPT_SITE, judge.look, who=sentence("a visitor who reads of safeguards")
        )
        judge.browsers.append(visitor)
        _reads_the_register(judge, visitor.get(address), visitor)


def _is_kept_out(judge: Judge, browser: Browser, everywhere: Iterable[Route]) -> None:
    """Every address of the desk refuses, and says where the guidelines are."""
    for one in everywhere:
        if not one.path or not one.pattern.startswith(DESK) or one.pattern.startswith(OWN):
            continue
        answer = browser.get(one.path)
        judge.count("doors closed")
        if answer.status != 403:
            judge.found(
                GUIDELINE,
                asked_by(f"GET /{one.pattern}", browser.who),
                sentence("opens before anything was acknowledged ({status})", status=answer.status),
            )
        elif not any(link.address == f"/{OWN}" for link in answer.page.links):
            judge.found(
                GUIDELINE,
                asked_by(f"GET /{one.pattern}", browser.who),
                sentence("does not say where the guidelines are"),
            )


def _comes_in(judge: Judge, browser: Browser, role: str) -> None:
    """Not by sending the button's form unopened, nor with wrong answers; by reading and answering."""
    bound = judge.policy.guidelines_for(role)
    right = {
        one.id: [(f"question-{n}", str(each.right)) for n, each in enumerate(one.text().questions)]
        for one in bound
    }
    # A token of this session from elsewhere: the guideline itself is not opened.
    page = browser.get("/account/")
    token = next((each.value for form in page.page.forms for each in form.fields if each.name == HIDDEN), "")
    for one in bound:
        browser.send("POST", f"/{OWN}{one.id}/acknowledgement/", [(HIDDEN, token), *right[one.id]])
    _still_closed(judge, browser, sentence("acknowledges what was never opened"))
    for one in bound:
        page = browser.get(f"/{OWN}{one.id}/")
        if (form := _check(page)) is not None and right[one.id]:
            wrong = {name: str((int(value) + 1) % 2) for name, value in right[one.id]}
            browser.submit(page, form, wrong)
    _still_closed(judge, browser, sentence("acknowledges with wrong answers"))
    acknowledge(judge, browser, role)
    if browser.get(f"/{DESK}").status == 200:
        judge.count("guidelines acknowledged", len(bound))
    else:
        judge.found(
            GUIDELINE,
            asked_by(f"GET /{DESK}", browser.who),
            sentence("stays closed though everything is acknowledged"),
        )


def _still_closed(judge: Judge, browser: Browser, what: str) -> None:
    if browser.get(f"/{DESK}").status != 403:
        judge.found(GUIDELINE, asked_by(f"POST /{OWN}", browser.who), what)


def _reads_the_register(judge: Judge, page: Answer, visitor: Browser) -> None:
    """Each safeguard; each certificate with what it covers; a badge on the days of its certificate alone."""
    body, today = page.body.decode("utf-8", "replace"), timezone.localdate()
    where = asked_by(f"GET {page.path}", visitor.who)
    for one in judge.policy.safeguards:
        judge.count("safeguards seen")
        if f'data-safeguard="{one}"' not in body:
            judge.found(SAFEGUARD, where, sentence("does not show the safeguard {one}", one=one))
    spoken = [judge.policy.in_language(language) for language in judge.policy.company.languages]
    for certificate in judge.policy.certificates.values():
        judge.count("certificates seen")
        badge = f'data-certificate="{certificate.id}"' in body
        since, until = certificate.since, certificate.until
        due = since is not None and until is not None and since <= today <= until
        if badge != due:
            judge.found(
                CERTIFICATE,
                where,
                sentence(
                    "shows a badge on a day that its certificate does not cover: {one}", one=certificate.id
                )
                if badge
                else sentence("shows no badge for a certificate that holds: {one}", one=certificate.id),
            )
        if not any(escape(each.certificates[certificate.id].scope) in body for each in spoken):
            judge.found(
                CERTIFICATE,
                where,
                sentence("does not say what a certificate covers: {one}", one=certificate.id),
            )


def _check(page: Answer) -> Form | None:
    """The form of the check on a guideline's page."""
    return next((one for one in page.page.forms if one.action.endswith("/acknowledgement/")), None)


def _there(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
