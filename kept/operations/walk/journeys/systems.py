"""What the systems are there for, done to the end: a product found without a name, and one registered, shown,
asked once, corrected.
"""

from __future__ import annotations

from urllib.parse import urlencode

from django.conf import settings
from django.urls import NoReverseMatch, reverse

from kept.equipment import serials
from kept.operations.serving.guard import Application
from kept.operations.walk import people
from kept.operations.walk.browser import Answer, Browser
from kept.operations.walk.journeys.choices import SignIn
from kept.operations.walk.journeys.registering import ADDRESS, begins, values_of
from kept.operations.walk.response_checks import Invented, Judge, asked_by
from kept.products.markets import THE_SEVEN
from kept.products.models import Product
from kept.sentences import sentence

CATALOGUE, REGISTERED, ONCE, SHOWN = "catalogue", "registered", "once", "shown"
FINDER, MACHINE, HERS, PROFILE = "products", "register-product", "me", "profile"
SECTIONS = "data/"


def walk(judge: Judge, application: Application, sign_in: SignIn) -> None:
    """As a visitor whom nobody knows, and as a customer of whom the portal knows name and mail when she
    begins.
    """
    if _there(FINDER):
        visitor = Browser(
            application, settings.KEPT_SITE, judge.look, who=sentence("a visitor who looks for a product")
        )
        judge.browsers.append(visitor)
        _finds(judge, visitor)
    if not _there(MACHINE):
        return
    her = people.invented(sentence("a customer who registers to the end"))
    other = people.invented(sentence("a customer with somebody else's number"))
    for one in (her, other):
        people.customer(one)
        judge.people.append(one)
    machine, next_one = people.free_machine(), people.free_machine()
    hers, others = (sign_in(judge, application, one) for one in (her, other))
    if hers is None or others is None:
        return
    _registers(judge, hers, machine, her)
    _cannot_take(judge, others, machine)
    _is_asked_once(judge, hers, next_one, her)
    _sees_and_corrects(judge, hers, machine, her)


def _there(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def _finds(judge: Judge, visitor: Browser) -> None:
    """Each of the seven markets leads to its products, all of them and no other, and a part number to its
    own, without a sign-in.
    """
    known = {product.get_absolute_url() for product in Product.objects.all()}
    for market in THE_SEVEN:
        sold = list(
            Product.objects.filter(markets__slug=market.slug)
            .exclude(lifecycle=Product.Lifecycle.OBSOLETE)
            .order_by("slug")
        )
        if sold:
            judge.count("markets asked")
            wanted = {one.get_absolute_url() for one in sold}
            shown = _found(judge, visitor, {"market": market.slug}, market.name) & known
            judge.count("products found", len(wanted & shown))
            if shown != wanted:
                where = asked_by(f"GET {_there(FINDER)}", visitor.who)
                judge.found(
                    CATALOGUE,
                    where,
                    sentence(
                        "shows {n} products for {market}, where {all} are sold",
                        n=len(shown),
                        market=market.name,
                        all=len(wanted),
                    ),
                )
            if sold[0].get_absolute_url() not in _found(
                judge, visitor, {"q": sold[0].code}, sentence("a part number")
            ):
                judge.found(
                    CATALOGUE,
                    asked_by(f"GET {_there(FINDER)}", visitor.who),
                    sentence("does not find a product by its part number"),
                )


def _found(judge: Judge, visitor: Browser, asked: dict[str, str], words: str) -> set[str]:
    answer = visitor.get(f"{_there(FINDER)}?{urlencode(asked)}")
    if answer.status != 200:
        judge.found(
            CATALOGUE,
            asked_by(f"GET {_there(FINDER)}", visitor.who),
            sentence("does not answer for {words} ({status})", words=words, status=answer.status),
        )
    return {link.address for link in answer.page.links}


def _registers(judge: Judge, browser: Browser, machine: str, her: Invented) -> None:
    """Serial number, whose it is, check, done; and it stands on her page."""
    page = browser.follow(begins(browser, _there(MACHINE), machine, {**ADDRESS, "phone": her.phone}))
    form = next(
        (
            one
            for one in page.page.forms
            if one.method == "post" and not one.asked and _leads_on(one.action, page)
        ),
        None,
    )
    if form is not None:
        browser.follow(browser.submit(page, form))
    judge.count("registrations made")
    shown = browser.get(_there("my-products"))
    if serials.display(machine).encode() not in shown.body:
        judge.found(
            REGISTERED,
            asked_by(f"GET {shown.path}", browser.who),
            sentence("does not show what she registered"),
        )


def _leads_on(action: str, page: Answer) -> bool:
    """Whether a form without questions is the one of this page, and not the sign-out or a choice of the
    shell.
    """
    return action in {"", page.path} and page.path.endswith("/check/")


def _cannot_take(judge: Judge, browser: Browser, machine: str) -> None:
    """A number that somebody holds is registered by nobody else, whoever types it."""
    page = begins(browser, _there(MACHINE), machine)
    judge.count("numbers refused")
    shown = browser.get(_there("my-products"))
    if not page.path.endswith("/proof/") or serials.display(machine).encode() in shown.body:
        judge.found(
            REGISTERED,
            asked_by(f"POST {_there(MACHINE)}", browser.who),
            sentence("lets somebody register what is another's"),
        )


def _is_asked_once(judge: Judge, browser: Browser, machine: str, her: Invented) -> None:
    """What she told in the first registration stands in the second, with where it is from."""
    page = begins(browser, _there(MACHINE), machine)
    filled = values_of(page)
    for what, value in (
        (sentence("phone number"), her.phone),
        (sentence("street"), ADDRESS["street"]),
        (sentence("postcode"), ADDRESS["postcode"]),
        (sentence("city"), ADDRESS["city"]),
    ):
        judge.count("answers asked once")
        if value not in filled:
            judge.found(
                ONCE,
                asked_by(f"GET {_there(MACHINE)}", browser.who),
                sentence("asks again for her {what}", what=what),
            )


def _sees_and_corrects(judge: Judge, browser: Browser, machine: str, her: Invented) -> None:
    """All she told stands on the page of her data, and what she corrects there stands there after."""
    _is_shown(
        judge,
        browser,
        {
            sentence("name"): her.name,
            sentence("mail address"): her.email,
            sentence("street"): ADDRESS["street"],
            sentence("machine"): serials.display(machine),
        },
    )
    page = browser.get(_there(PROFILE))
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
    _is_shown(judge, browser, {sentence("corrected phone number"): corrected})


def _is_shown(judge: Judge, browser: Browser, told: dict[str, str]) -> None:
    answer = browser.get(_there(HERS))
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
