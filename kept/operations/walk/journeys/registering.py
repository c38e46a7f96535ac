"""What a browser fills into a registration: begun by somebody who said yes, and tried again on devices that
differ in one thing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse

from kept.core.register.declarations import DECLARED
from kept.equipment import serials
from kept.operations.serving.guard import Application
from kept.operations.walk import people
from kept.operations.walk.browser import Answer, Browser
from kept.operations.walk.journeys.choices import SignIn, asked_for
from kept.operations.walk.response_checks import FILLING, Invented, Judge, asked_by
from kept.portal.visitors.device_consent import NAME
from kept.sentences import sentence

COOKIE = "kept_registering"
PLACE = "register-product"
BOUGHT = {"purchased_day": "15", "purchased_month": "1", "purchased_year": "2026"}
ADDRESS = {
    "holder": "myself",
    "country": "BE",
    "street": "1 Walking Street",
    "postcode": "4020",
    "city": "Liège",
    "keep": "profile",
}


@dataclass(frozen=True, slots=True)
class _Device:
    """``one`` signs in on it, with these cookies; ``filled``: whether anything may, and must, be filled
    in.
    """

    who: str
    one: Invented
    jar: dict[str, str]
    filled: bool


def walk(judge: Judge, application: Application, other: Invented, sign_in: SignIn) -> None:
    """Begin a registration with a yes, leave it, and come back: as herself, as somebody else, without the
    yes, and with what nobody sealed.
    """
    address = _there()
    if COOKIE not in {one.name for one in DECLARED.cookies} or not address:
        return
    # One of whom the portal knows nothing but name and mail: what is filled in for her is filled in by her
    # browser.
    customer = people.invented(sentence("a customer who registers something"))
    people.customer(customer)
    judge.people.append(customer)
    first, second = people.free_machine(), people.free_machine()
    browser = sign_in(judge, application, customer)
    if browser is None or not _says_yes(judge, browser):
        return
    browser.who = sentence("a customer who wants her browser to fill in")
    begins(browser, address, first, {**ADDRESS, "phone": customer.phone})
    answer, held = browser.jar.get(NAME), browser.jar.get(COOKIE)
    if answer is None or held is None:
        judge.found(
            FILLING,
            asked_by(f"POST {address}", browser.who),
            sentence("does not have the browser remember what she wanted it to"),
        )
        return
    if any(word in held for word in (*customer.words, first)):
        judge.found(
            FILLING,
            asked_by(f"POST {address}", browser.who),
            sentence("puts on the device what anybody there can read"),
        )
    for device in _devices(customer, other, answer, held):
        _tries(judge, application, device, sign_in, (address, first, second, customer.phone))


def _there() -> str:
    try:
        return reverse(PLACE)
    except NoReverseMatch:
        return ""


def _says_yes(judge: Judge, browser: Browser) -> bool:
    judge.says_yes(browser, asked_for(judge.policy))
    page, choice = browser.get(reverse("cookies")), reverse("cookie-choice")
    form = next((form for form in page.page.forms if form.action == choice and form.asked), None)
    if form is None:
        return False
    browser.follow(browser.submit(page, form, {one.name: "yes" for one in form.asked if one.type == "radio"}))
    return True


def begins(browser: Browser, address: str, serial: str, more: dict[str, str] | None = None) -> Answer:
    """The first page, and the second where it is to be answered; never the last."""
    page = browser.get(address)
    form = next((form for form in page.page.forms if any(one.name == "serial" for one in form.fields)), None)
    if form is None:
        return page
    second = browser.follow(browser.submit(page, form, {**BOUGHT, "serial": serial}))
    form = next((form for form in second.page.forms if any(one.name == "phone" for one in form.fields)), None)
    return browser.submit(second, form, more) if form and more else second


def _devices(customer: Invented, other: Invented, answer: str, held: str) -> Iterator[_Device]:
    forged = held[:-6] + ("AAAAAA" if not held.endswith("AAAAAA") else "BBBBBB")
    yield _Device(sentence("a customer who comes back"), customer, {NAME: answer, COOKIE: held}, True)
    yield _Device(
        sentence("another customer at the same browser"), other, {NAME: answer, COOKIE: held}, False
    )
    yield _Device(sentence("a customer without an answer"), customer, {COOKIE: held}, False)
    yield _Device(
        sentence("a customer with what nobody sealed"), customer, {NAME: answer, COOKIE: forged}, False
    )


def _tries(
    judge: Judge, application: Application, device: _Device, sign_in: SignIn, told: tuple[str, str, str, str]
) -> None:
    address, first, second, phone = told
    browser = sign_in(judge, application, device.one)
    if browser is None:
        return
    browser.who, browser.jar = device.who, browser.jar | device.jar
    judge.says_yes(browser, asked_for(judge.policy) if NAME in device.jar else frozenset())
    page = browser.get(address)
    gone = COOKIE not in browser.jar
    next_page = begins(browser, address, second)
    judge.count("devices tried")
    for what, value, answer in (
        (sentence("the serial number"), serials.display(first), page),
        (sentence("the phone number"), phone, next_page),
    ):
        shown = value in values_of(answer)
        if shown is not device.filled:
            judge.found(
                FILLING,
                asked_by(f"GET {address}", device.who),
                sentence("fills in {what}", what=what)
                if shown
                else sentence("does not fill in {what}", what=what),
            )
        if shown and b"From this browser" not in answer.body:
            judge.found(
                FILLING,
                asked_by(f"GET {address}", device.who),
                sentence("fills in {what} without saying where it is from", what=what),
            )
    if NAME not in device.jar and not gone:
        judge.found(
            FILLING,
            asked_by(f"GET {address}", device.who),
            sentence("leaves on the device what nobody allowed"),
        )


def values_of(answer: Answer) -> set[str]:
    return {one.value for form in answer.page.forms for one in form.fields}
