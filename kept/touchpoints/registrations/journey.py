"""A machine registered, to the end, by invented people: shown, asked once, and filled in by the browser of
whoever wants that, and of nobody else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse

from kept.core.register.proving.walk_findings import JOURNEYS, Walking
from kept.equipment import serials
from kept.equipment.models import Unit
from kept.portal.visitors.device_consent import NAME
from kept.products.drawings import DRAWINGS
from kept.products.models import Product
from kept.sentences import sentence
from kept.touchpoints.registrations.device_memory import COOKIE

REGISTERED, ONCE, FILLING = "registered", "once", "filling"
BOUGHT = {"purchased_day": "15", "purchased_month": "1", "purchased_year": "2026"}
ADDRESS = {
    "holder": "myself",
    "country": "BE",
    "street": "1 Walking Street",
    "postcode": "4020",
    "city": "Liège",
    "keep": "profile",
}
_SIZES = (
    "rated_w",
    "input_nominal",
    "input_min",
    "input_max",
    "output_nominal",
    "width",
    "height",
    "depth",
    "weight",
    "efficiency",
)
_PRODUCT = {
    **dict.fromkeys(_SIZES, 1),
    "name": "Walk",
    "line": "Walk",
    "kind": Product.Kind.INVERTER,
    "drawing_name": next(iter(DRAWINGS)),
    "support_until": date(2000, 1, 1),
    "temperature_min": 0,
    "temperature_max": 1,
}


@JOURNEYS.under("registrations")
def walk(walking: Walking) -> None:
    """Registered to the end; and begun by somebody whose browser is to fill in, and tried again on devices
    that differ in one thing.
    """
    _to_the_end(walking)
    _on_devices(walking)


def _to_the_end(walking: Walking) -> None:
    """As a customer of whom the portal knows name and mail when she begins, and as another one who types her
    number.
    """
    her = walking.customer(sentence("a customer who registers to the end"))
    other = walking.customer(sentence("a customer with somebody else's number"))
    if her is None or other is None:
        return
    machine, next_one, phone = free_machine(), free_machine(), walking.person(her).phone
    _registers(walking, her, machine, phone)
    _cannot_take(walking, other, machine)
    _is_asked_once(walking, her, next_one, phone)
    told: dict[str, str] = {
        sentence("street"): ADDRESS["street"],
        sentence("machine"): serials.display(machine),
    }
    walking.sees(her, told)


def free_machine() -> str:
    """A machine of an invented product that nobody holds; its serial number."""
    product, _ = Product.objects.get_or_create(code="WALK", slug="walk", defaults=_PRODUCT)
    number = Unit.objects.count() + 1
    return Unit.objects.produce(serial=serials.make(900_000 + number), product=product).serial


def _begins(browser: Any, serial: str, more: Mapping[str, str] | None = None) -> Any:
    """The first page, and the second where it is to be answered; never the last."""
    page = browser.get(reverse("register-product"))
    form = next((form for form in page.page.forms if any(one.name == "serial" for one in form.fields)), None)
    if form is None:
        return page
    second = browser.follow(browser.submit(page, form, {**BOUGHT, "serial": serial}))
    form = next((form for form in second.page.forms if any(one.name == "phone" for one in form.fields)), None)
    return browser.submit(second, form, more) if form and more else second


def _registers(walking: Walking, browser: Any, machine: str, phone: str) -> None:
    """Serial number, whose it is, check, done; and it stands on her page."""
    page = browser.follow(_begins(browser, machine, {**ADDRESS, "phone": phone}))
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
    walking.count("registrations made")
    shown = browser.get(reverse("my-products"))
    if serials.display(machine).encode() not in shown.body:
        walking.found(REGISTERED, f"GET {shown.path}", browser, sentence("does not show what she registered"))


def _leads_on(action: str, page: Any) -> bool:
    """Whether a form without questions is the one of this page, and not the sign-out or a choice of the
    shell.
    """
    return action in {"", page.path} and page.path.endswith("/check/")


def _cannot_take(walking: Walking, browser: Any, machine: str) -> None:
    """A number that somebody holds is registered by nobody else, whoever types it."""
    page = _begins(browser, machine)
    walking.count("numbers refused")
    shown = browser.get(reverse("my-products"))
    if not page.path.endswith("/proof/") or serials.display(machine).encode() in shown.body:
        walking.found(
            REGISTERED,
            f"POST {reverse('register-product')}",
            browser,
            sentence("lets somebody register what is another's"),
        )


def _is_asked_once(walking: Walking, browser: Any, machine: str, phone: str) -> None:
    """What she told in the first registration stands in the second, with where it is from."""
    filled = values_of(_begins(browser, machine))
    for what, value in (
        (sentence("phone number"), phone),
        (sentence("street"), ADDRESS["street"]),
        (sentence("postcode"), ADDRESS["postcode"]),
        (sentence("city"), ADDRESS["city"]),
    ):
        walking.count("answers asked once")
        if value not in filled:
            walking.found(
                ONCE,
                f"GET {reverse('register-product')}",
                browser,
                sentence("asks again for her {what}", what=what),
            )


@dataclass(frozen=True, slots=True)
class _Device:
    """``of`` signs in on it, with these cookies; ``filled``: whether anything may, and must, be filled in."""

    who: str
    of: Any
    jar: dict[str, str]
    filled: bool


def _on_devices(walking: Walking) -> None:
    """Begin a registration with a yes, leave it, and come back: as herself, as somebody else, without the
    yes, and with what nobody sealed.
    """
    # One of whom the portal knows nothing but name and mail: what is filled in for her is filled in by her
    # browser.
    browser = walking.customer(sentence("a customer who wants her browser to fill in"))
    other = walking.customer(sentence("another customer"))
    if browser is None or other is None or not walking.says_yes(browser):
        return
    her, first, second = walking.person(browser), free_machine(), free_machine()
    _begins(browser, first, {**ADDRESS, "phone": her.phone})
    asked = f"POST {reverse('register-product')}"
    answer, held = browser.jar.get(NAME), browser.jar.get(COOKIE)
    if answer is None or held is None:
        what = sentence("does not have the browser remember what she wanted it to")
        walking.found(FILLING, asked, browser, what)
        return
    if any(word in held for word in (*her.words, first)):
        walking.found(FILLING, asked, browser, sentence("puts on the device what anybody there can read"))
    for device in _devices(browser, other, answer, held):
        _tries(walking, device, first, second, her.phone)


def _devices(her: Any, other: Any, answer: str, held: str) -> Iterator[_Device]:
    forged = held[:-6] + ("AAAAAA" if not held.endswith("AAAAAA") else "BBBBBB")
    yield _Device(sentence("a customer who comes back"), her, {NAME: answer, COOKIE: held}, True)
    yield _Device(
        sentence("another customer at the same browser"), other, {NAME: answer, COOKIE: held}, False
    )
    yield _Device(sentence("a customer without an answer"), her, {COOKIE: held}, False)
    yield _Device(sentence("a customer with what nobody sealed"), her, {NAME: answer, COOKIE: forged}, False)


def _tries(walking: Walking, device: _Device, first: str, second: str, phone: str) -> None:
    browser = walking.again(device.of, device.who, device.jar)
    if browser is None:
        return
    address = reverse("register-product")
    page = browser.get(address)
    gone = COOKIE not in browser.jar
    next_page = _begins(browser, second)
    walking.count("devices tried")
    for what, value, answer in (
        (sentence("the serial number"), serials.display(first), page),
        (sentence("the phone number"), phone, next_page),
    ):
        shown = value in values_of(answer)
        if shown is not device.filled:
            said = (
                sentence("fills in {what}", what=what)
                if shown
                else sentence("does not fill in {what}", what=what)
            )
            walking.found(FILLING, f"GET {address}", browser, said)
        if shown and b"From this browser" not in answer.body:
            said = sentence("fills in {what} without saying where it is from", what=what)
            walking.found(FILLING, f"GET {address}", browser, said)
    if NAME not in device.jar and not gone:
        walking.found(
            FILLING, f"GET {address}", browser, sentence("leaves on the device what nobody allowed")
        )


def values_of(answer: Any) -> set[str]:
    """What stands in the fields of a page."""
    return {one.value for form in answer.page.forms for one in form.fields}
