"""Yes, no and not any more: the banner, the page about cookies, the greeting and the suggested region, by
pressing their buttons.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fnmatch import fnmatchcase

from django.conf import settings
from django.urls import reverse

from kept.core.policy.model import Policy
from kept.core.register.declarations import DECLARED
from kept.operations.serving.guard import Application
from kept.operations.walk.browser import Answer, Browser
from kept.operations.walk.page_parser import Form
from kept.operations.walk.response_checks import COOKIE, GREETING, Invented, Judge, asked_by
from kept.portal.visitors import greeting
from kept.portal.visitors.device_consent import ESSENTIAL, NAME, SIGNALLED, TELL
from kept.sentences import sentence

BANNER = "banner"
SignIn = Callable[..., Browser | None]
PAGES = ("/", "/products/", "/privacy/", "/privacy/promises/", "/no-such-page/")


def walk(judge: Judge, application: Application, customer: Invented, sign_in: SignIn) -> None:
    """Every choice, each in a browser of its own."""
    asked = asked_for(judge.policy)
    if not asked:
        return
    address = reverse("cookie-choice")
    new = lambda who, **more: _new(judge, application, who, **more)  # noqa: E731 (one line, many browsers)
    _banner(judge, new(sentence("a visitor who is asked")), address)
    _refuses(judge, new(sentence("a visitor who says no")), address, asked)
    _withdraws(judge, new(sentence("a visitor who takes a yes back")), address, asked)
    _forges(judge, new(sentence("a visitor with a forged answer")), address, asked)
    _signals(
        judge, new(sentence("a visitor whose browser says no"), headers={"HTTP_SEC_GPC": "1"}), address, asked
    )
    _greets(judge, application, customer, sign_in, address, asked)


def asked_for(policy: Policy) -> frozenset[str]:
    """The kinds of cookie one yes or no is about."""
    return frozenset(one.kind for one in policy.cookies.values() if one.kind != ESSENTIAL)


def says_yes(judge: Judge, browser: Browser) -> bool:
    """Yes to each kind, on the page about cookies; whether there was a form for it."""
    judge.says_yes(browser, asked_for(judge.policy))
    page, choice = browser.get(reverse("cookies")), reverse("cookie-choice")
    form = next((form for form in page.page.forms if form.action == choice and form.asked), None)
    if form is None:
        return False
    browser.follow(browser.submit(page, form, {one.name: "yes" for one in form.asked if one.type == "radio"}))
    return True


def _new(
    judge: Judge, application: Application, who: str, headers: Mapping[str, str] | None = None
) -> Browser:
    browser = Browser(application, settings.KEPT_SITE, judge.look, who=who, headers=headers or {})
    judge.browsers.append(browser)
    return browser


def form_to(answer: Answer, address: str) -> Form | None:
    return next((form for form in answer.page.forms if form.action == address), None)


def _banner(judge: Judge, browser: Browser, address: str) -> None:
    """On the first page, in the flow: one form, two buttons alike but for their word, a way to more, nothing
    ticked.
    """
    page = browser.get("/")
    forms = [form for form in page.page.forms if form.action == address]
    place = asked_by("GET /", browser.who)
    if not forms:
        judge.found(BANNER, place, sentence("shows no banner"))
        return
    judge.count("banners")
    form, *others = forms
    values = {each.get("value", "") for each in form.buttons}
    alike = {
        tuple(sorted((name, text) for name, text in each.items() if name != "value")) for each in form.buttons
    }
    wanted = {"no"} if _only_told(judge.policy) else {"yes", "no"}
    if others:
        judge.found(BANNER, place, sentence("has more than one form that asks"))
    if values != wanted or len(alike) != 1 or len(form.buttons) != len(wanted):
        judge.found(BANNER, place, sentence("has buttons for yes and no that are not alike"))
    if any(one.on for one in form.fields) or form.asked:
        judge.found(BANNER, place, sentence("has something ticked or chosen beforehand"))
    if reverse("cookies") not in {link.address for link in page.page.links}:
        judge.found(BANNER, place, sentence("has no link to more"))


def _only_told(policy: Policy) -> bool:
    return all(region.cookies == TELL for region in policy.company.regions.values())


def _answer(browser: Browser, address: str, said: str) -> Answer | None:
    """Press yes or no in the banner. None where there is none to press."""
    page = browser.get("/")
    form = form_to(page, address)
    return browser.submit(page, form, button=said) if form else None


def _refuses(judge: Judge, browser: Browser, address: str, asked: frozenset[str]) -> None:
    """After a no, no page sets anything but what is essential: every answer is judged by it.

    And she is not asked again.
    """
    said = _answer(browser, address, "no")
    if said is None:
        return
    judge.count("refusals")
    browser.follow(said)
    if NAME not in browser.jar:
        judge.found(BANNER, asked_by(f"POST {address}", browser.who), sentence("does not remember the no"))
    for path in PAGES:
        if form_to(browser.get(path), address):
            judge.found(BANNER, asked_by(f"GET {path}", browser.who), sentence("asks again"))


def _withdraws(judge: Judge, browser: Browser, address: str, asked: frozenset[str]) -> None:
    """A yes, what it brings, and a no by the same click: with that very answer each cookie of the kind leaves
    the device.
    """
    judge.says_yes(browser, asked)
    said = _answer(browser, address, "yes")
    if said is None:
        return
    judge.count("acceptances")
    browser.follow(said)
    for path in PAGES:
        browser.get(path)
    for one in DECLARED.cookies:
        if one.kind != ESSENTIAL and one.storage == "cookie":
            browser.jar.setdefault(one.name.replace("*", "x"), "1")
    held = [name for name in browser.jar if _kind(name) in asked]
    page = browser.get(reverse("cookies"))
    form = next((form for form in page.page.forms if form.action == address and form.asked), None)
    if form is None:
        judge.found(
            BANNER,
            asked_by(f"GET {reverse('cookies')}", browser.who),
            sentence("gives no way to take a yes back"),
        )
        return
    judge.says_yes(browser, frozenset())
    after = browser.submit(
        page, form, dict.fromkeys((one.name for one in form.asked if one.type == "radio"), "no")
    )
    judge.count("withdrawals")
    taken = {one.name for one in after.cookies if one.taken}
    for name in held:
        if name not in taken:
            judge.found(
                COOKIE,
                asked_by(f"POST {address}", browser.who),
                sentence("leaves the cookie {cookie} on the device after a no", cookie=name),
            )
    browser.follow(after)


def _forges(judge: Judge, browser: Browser, address: str, asked: frozenset[str]) -> None:
    """An answer nobody gave, signed by nobody: it is none, so the question stands and nothing optional is
    set.
    """
    judge.says_yes(browser, asked)
    said = _answer(browser, address, "yes")
    if said is None or NAME not in browser.jar:
        return
    browser.follow(said)
    browser.jar = {NAME: browser.jar[NAME][:-2] + ('A"' if browser.jar[NAME].endswith('"') else "AA")}
    judge.says_yes(browser, frozenset())
    judge.count("forgeries")
    if form_to(browser.get("/"), address) is None:
        judge.found(COOKIE, asked_by("GET /", browser.who), sentence("takes an answer that nobody signed"))
    for path in PAGES:
        browser.get(path)


def _signals(judge: Judge, browser: Browser, address: str, asked: frozenset[str]) -> None:
    """A browser that asks not to be followed: one click of yes is no yes to what it refuses."""
    judge.says_yes(browser, asked - SIGNALLED)
    for path in PAGES:
        browser.get(path)
    said = _answer(browser, address, "yes")
    if said is not None:
        browser.follow(said)
    for path in PAGES:
        browser.get(path)


def _greets(
    judge: Judge,
    application: Application,
    customer: Invented,
    sign_in: SignIn,
    address: str,
    asked: frozenset[str],
) -> None:
    """Signed out, she is greeted from the device after a yes, and only then: not after a no, and by no cookie
    but ours.
    """
    if greeting.COOKIE not in {one.name for one in DECLARED.cookies}:
        return
    browser = sign_in(judge, application, customer)
    if browser is None:
        return
    browser.who = sentence("a customer who wants to be greeted")
    judge.says_yes(browser, asked)
    page = browser.get(reverse("cookies"))
    form = next((form for form in page.page.forms if form.action == address and form.asked), None)
    if form is None:
        return
    kinds = {one.name: "yes" for one in form.asked if one.type == "radio"}
    browser.follow(browser.submit(page, form, kinds))
    browser.get("/me/")
    held = browser.jar.get(greeting.COOKIE)
    if held is None:
        judge.found(
            GREETING,
            asked_by("GET /me/", sentence("a customer who said yes")),
            sentence("does not keep the greeting she wanted"),
        )
        return
    for who, jar, yes in _devices(browser, held):
        _is_greeted(judge, application, customer, who, jar, yes, asked)


def _devices(browser: Browser, held: str) -> Iterator[tuple[str, dict[str, str], bool]]:
    """Signed out, on this device and on others that differ in one thing."""
    answer = browser.jar[NAME]
    forged = held[:-2] + ('A"' if held.endswith('"') else "AA")
    yield sentence("a visitor who is remembered"), {NAME: answer, greeting.COOKIE: held}, True
    yield sentence("a visitor without an answer"), {greeting.COOKIE: held}, False
    yield sentence("a visitor with a forged greeting"), {NAME: answer, greeting.COOKIE: forged}, False


def _is_greeted(
    judge: Judge,
    application: Application,
    customer: Invented,
    who: str,
    jar: dict[str, str],
    yes: bool,
    asked: frozenset[str],
) -> None:
    browser = _new(judge, application, who)
    browser.jar = dict(jar)
    judge.says_yes(browser, asked if NAME in jar else frozenset())
    if yes:
        judge.herself[id(browser)] = customer
    answer = browser.get("/")
    greeted = customer.first_name.encode() in answer.body
    judge.count("greetings tried")
    if greeted is not yes:
        judge.found(
            GREETING,
            asked_by("GET /", who),
            sentence("greets by name") if greeted else sentence("does not greet, though she wants it"),
        )
    if "no-store" not in answer.header("cache-control") and greeting.COOKIE in jar:
        judge.found(GREETING, asked_by("GET /", who), sentence("may be kept by a cache"))
    if (
        not yes
        and NAME not in jar
        and greeting.COOKIE not in {one.name for one in answer.cookies if one.taken}
    ):
        judge.found(
            GREETING, asked_by("GET /", who), sentence("leaves a greeting on the device that nobody allowed")
        )


def _kind(name: str) -> str | None:
    return next(
        (one.kind for one in DECLARED.cookies if one.storage == "cookie" and fnmatchcase(name, one.name)),
        None,
    )
