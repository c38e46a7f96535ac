"""Somebody whose every value sings, and the journeys through which each is planted."""

from __future__ import annotations

import re
from pathlib import Path

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time

from kept.equipment import serials
from tests.journey.test_journey import BOUGHT
from tests.journey.walk import Walk

HERS = "canary.quill@example.org"
CANARIES = {
    "name": "Quillamena Canarybird",
    "phone": "32478314159",
    "phone as typed": "+32 478 31 41 59",
    "street": "Rue du Canari Jaune 77bis",
    "city": "Chanteville-sur-Meuse",
    "note": "bought from my uncle at the aviary",
    "file": "Invoice of the golden aviary",
    "matter": "Her cage inverter chirps at night",
    "reason": "To ring her about the chirping",
    "search": "Quillamena Notfoundbird",
    "password": "yellow feather moss canary",
    "wrong password": "yellow feather moss parrot",
    "path": "canary-in-an-address-9182",
    "boom": "canary in the engine room",
    "email": HERS,
}


def arrive(her: Walk) -> str:
    her.go("/account/signup/")
    her.type_in(name=CANARIES["name"], email=HERS, password1="canary")
    her.press("Make my ID")
    her.type_in(password1=CANARIES["password"])
    her.press("Make my ID")
    code = her.portal.code(to=HERS)
    her.type_in(code=code)
    her.press("Confirm")
    return code


def register(her: Walk, folder: Path) -> None:
    her.go("/me/products/register/")
    her.type_in(serial="1204-88-2", **BOUGHT)
    her.press("Go on")
    her.type_in(phone="12", country="BE", street=CANARIES["street"], city=CANARIES["city"])
    her.press("Go on")
    her.type_in(phone=CANARIES["phone as typed"], postcode="4000")
    her.press("Go on")
    her.press("Register the product")
    assert her.says("Your product is registered")
    invoice = folder / f"{CANARIES['file']}.pdf"
    invoice.write_bytes(b"%PDF-1.4\n" + CANARIES["file"].encode() + b"\n%%EOF\n")
    her.go("/me/products/register/")
    # Well-formed, and in nobody's records.
    her.type_in(serial=unknown_serial(), **BOUGHT)
    her.press("Go on")
    her.page.locator("#id_proof").set_input_files(invoice)
    her.type_in(note=CANARIES["note"])
    her.press("Send proof")
    assert "/claims/" in her.page.url, her.page.inner_text("main")


def unknown_serial() -> str:
    return serials.make(99_999)


def copy_and_second_factor(her: Walk) -> str:
    her.go("/me/")
    her.go("/me/copy/")
    her.press("Make my copy")
    her.type_in(password=CANARIES["wrong password"])
    her.press("Yes, it is me")
    her.type_in(password=CANARIES["password"])
    her.press("Yes, it is me")
    # There is a file of hers, so the worker makes it.
    her.portal.wait_for(lambda: "Subject: Your copy is ready" in "".join(her.portal.mails()))
    her.go("/me/copy/")
    with her.page.expect_download():
        her.page.get_by_role("link", name="Download").first.click()
    her.go("/account/2fa/totp/activate/")
    secret = her.page.locator("main code").first.inner_text()
    her.type_in(code="000000")
    her.press("Add the app")
    *_, counter = list(yield_hotp_counters_from_time())[:2]
    her.type_in(code=format_hotp_value(hotp_value(secret, counter)))
    her.press("Add the app")
    assert "recovery-codes" in her.page.url
    return secret


def desk(bob: Walk) -> None:
    bob.sign_in("bob@example.com")
    bob.type_in(channel="phone", purpose="support", text=CANARIES["matter"])
    bob.press("Open the matter")
    for text in (CANARIES["search"], CANARIES["phone as typed"], HERS, CANARIES["name"]):
        bob.type_in(text=text)
        bob.press("Find")
    bob.page.get_by_role("button", name=re.compile("This one")).click()
    # Folded parts are open to whoever has no script, by their own summary.
    bob.page.locator("summary", has_text="Show phone").click()
    bob.page.locator("#reason-phone_typed").fill(CANARIES["reason"])
    bob.press("Show it for 10 minutes")
    assert bob.says(CANARIES["phone as typed"])
