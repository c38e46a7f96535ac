"""A visitor becomes a customer, Bob helps her, and she sees all of it: once through, in Chromium, against a
portal that runs.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.journey.portal import PASSWORD, Portal, kept
from tests.journey.walk import Walk

pytestmark = pytest.mark.browser

NAME, ADDRESS, PHONE = "Alice Quist", "alice.quist@example.org", "+32 4 253 18 64"
# No unit of the demo is younger than 60 days.
LATELY = date.today() - timedelta(days=30)
BOUGHT = {"purchased_0": str(LATELY.day), "purchased_1": str(LATELY.month), "purchased_2": str(LATELY.year)}
THIS_ONE = re.compile(f"This one ?: {NAME}")
Walking = Callable[..., Walk]


def make_an_id(her: Walk, name: str = NAME, address: str = ADDRESS) -> None:
    """Name, e-mail, password; then the code from the mail."""
    her.go("/account/signup/")
    her.type_in(name=name, email=address, password1="short")
    her.press("Make my ID")
    assert her.page.input_value("#id_name") == name and her.page.input_value("#id_email") == address
    her.type_in(password1=PASSWORD)
    her.press("Make my ID")
    her.type_in(code="000000")
    her.press("Confirm")
    her.type_in(code=her.portal.code(to=address))
    her.press("Confirm")


def register(her: Walk, serial: str, *, first: bool) -> None:
    """The three pages, with the mistakes people make. Nothing typed is lost."""
    page = her.page
    her.go("/me/products/register/")
    if first:
        _mistype(her)
    her.type_in(serial=serial, **BOUGHT)
    her.press("Go on")
    assert page.url.endswith("/you/"), page.inner_text("main")
    if first:
        her.type_in(phone="12")
        her.press("Go on")
        assert page.input_value("#id_phone") == "12"
        her.type_in(phone=PHONE, country="BE", street="Rue de l'Écluse 7", postcode="4020", city="Liège")
        her.picture("register")
    else:
        assert page.input_value("#id_phone") == PHONE and page.input_value("#id_city") == "Liège"
        assert "your registration" in page.inner_text("#id_phone-origin")
        her.picture("prefilled")
    her.press("Go on")
    assert her.says(PHONE) and her.says("Rue de l'Écluse 7")
    her.press("Register the product")
    assert her.says("Your product is registered")


def _mistype(her: Walk) -> None:
    page = her.page
    her.type_in(serial="1204-88-3", purchased_0="3")
    her.press("Go on")
    assert page.title().startswith("Error: ")
    assert page.input_value("#id_serial") == "1204-88-3" and page.input_value("#id_purchased_0") == "3"
    her.type_in(serial="l2o4 88-2", **BOUGHT)
    her.press("Go on")
    assert her.says("1204-88-2"), "a letter that must be a figure is asked about"
    her.picture("serial")


def test_the_whole_journey(walk: Walking, portal: Portal, tmp_path: Path) -> None:
    her = walk()
    _reads_the_policy(her)
    make_an_id(her)
    register(her, "1204-88-2", first=True)
    register(her, "1205-01-2", first=False)
    _is_helped_by_bob(walk())
    _sees_what_happened(her)
    _takes_a_copy(her, portal, tmp_path)


def _reads_the_policy(her: Walk) -> None:
    for address, picture in (
        ("/", "home"),
        ("/privacy/", "policy"),
        ("/privacy/promises/", "promises"),
        ("/products/", "products"),
    ):
        her.go(address)
        her.picture(picture)
    for address in ("/privacy/changes/", "/privacy/recipients/"):
        her.go(address)
    her.go("/account/signup/")
    mark = her.page.locator(".field:has(#id_email) details.why")
    mark.locator("summary").click()
    assert mark.locator("dl").is_visible() and "Clause" in mark.inner_text()
    her.picture("why")


def _is_helped_by_bob(bob: Walk) -> None:
    page = bob.page
    bob.sign_in("bob@example.com")
    assert page.url.endswith("/desk/")
    bob.type_in(channel="phone", purpose="support", text="Her rectifier hums.")
    bob.press("Open the matter")
    for text in ("Quist", "0032 (0)4 253 18.64", ADDRESS, "120488-2"):
        bob.type_in(text=text)
        bob.press("Find")
        assert page.get_by_role("button", name=THIS_ONE).count() == 1, text
        assert text not in page.url
    page.get_by_role("button", name=THIS_ONE).click()
    page.wait_for_load_state()
    bob.look()
    assert not bob.says(PHONE) and not bob.says("Écluse")
    page.locator("summary", has_text="Show phone").click()
    bob.press("Show it for 10 minutes")
    assert bob.says("Say why you need it")
    page.locator("#reason-phone_typed").fill("To call her back about the hum")
    bob.picture("desk-reason")
    bob.press("Show it for 10 minutes")
    assert bob.says(PHONE) and not bob.says("Écluse")
    bob.picture("desk")
    bob.press("Close the matter")


def _sees_what_happened(her: Walk) -> None:
    her.go("/me/timeline/")
    for words in ("Support staff looked at", "To call her back about the hum", "Clause "):
        assert her.says(words), words
    assert not her.says("Bob") and not her.says("bob@")
    her.picture("timeline")
    her.go("/me/products/")
    assert her.says("1204-88-2") and her.says("1205-01-2")
    her.picture("my-products")
    her.go("/me/")
    her.open_sections()
    for value in (
        NAME,
        ADDRESS,
        PHONE,
        "Rue de l'Écluse 7",
        "Her rectifier hums.",
        "To call her back about the hum",
    ):
        assert her.says(value), value
    her.picture("your-data")


def _takes_a_copy(her: Walk, portal: Portal, folder: Path) -> None:
    copy = folder / "copy.zip"
    her.go("/me/copy/")
    her.picture("copy")
    her.press("Make my copy")
    assert "Is it you?" in her.page.title()
    her.type_in(password="not my password")
    her.press("Yes, it is me")
    her.type_in(password=PASSWORD)
    with her.page.expect_download() as coming:
        her.page.get_by_role("button", name="Yes, it is me").click()
    coming.value.save_as(copy)
    _check(copy, portal)


def _check(copy: Path, portal: Portal) -> None:
    """`kept verify` as anybody would run it, on the copy and on one with a byte changed."""
    key = str(portal.home / "ledger.pub")
    said = kept(copy.parent / "nobody", "verify", str(copy), "--key", key)
    assert said.returncode == 0 and said.stdout.startswith("Holds."), said.stdout + said.stderr
    with ZipFile(copy) as archive:
        inside = b"".join(archive.read(name) for name in archive.namelist()).decode("utf-8", "replace")
    for value in (NAME, PHONE, "Her rectifier hums.", "To call her back about the hum"):
        assert value in inside, value
    raw = bytearray(copy.read_bytes())
    raw[len(raw) // 3] ^= 1
    changed = copy.with_name("changed.zip")
    changed.write_bytes(raw)
    assert kept(copy.parent / "nobody", "verify", str(changed), "--key", key).returncode == 1


def test_it_works_without_javascript(walk: Walking) -> None:
    her = walk(script=False)
    make_an_id(her, "Noor Plain", "noor@example.org")
    page = her.page
    assert page.url.endswith("/me/")
    her.go("/me/products/register/")
    her.type_in(serial="1205-19-4", **BOUGHT)
    her.press("Go on")
    her.type_in(phone="+32 4 253 18 65", country="BE", street="Rue Haute 1", postcode="4000", city="Liège")
    her.press("Go on")
    her.press("Register the product")
    assert her.says("Your product is registered")
    her.go("/me/copy/")
    her.press("Make my copy")
    her.type_in(password=PASSWORD)
    with page.expect_download() as coming:
        page.get_by_role("button", name="Yes, it is me").click()
    assert coming.value.suggested_filename.endswith(".zip")


def test_the_keyboard_alone_signs_in(walk: Walking) -> None:
    her = walk()
    page = her.page
    page.goto("/account/login/")
    _tab_to(her, "id_login")
    page.keyboard.type("alice@example.com")
    _tab_to(her, "id_password")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/me/")
    assert her.says("Alice Lambert") and her.trouble == []


def _tab_to(her: Walk, id: str) -> None:
    for _ in range(60):
        her.page.keyboard.press("Tab")
        if her.page.evaluate("document.activeElement.id") == id:
            return
    raise AssertionError(f"The tab key never reaches {id}.")


def test_a_print_is_one_that_a_person_would_hand_over(walk: Walking) -> None:
    """Your data took 48 sheets and the policy 30: each value with its whole why, opened."""
    her = walk()
    her.sign_in("alice@example.com")
    for place, most in (("/me/", 20), ("/privacy/", 20), ("/privacy/promises/", 14)):
        her.page.goto(place)
        sheets = len(re.findall(rb"/Type\s*/Page\b", her.page.pdf(format="A4")))
        assert 0 < sheets <= most, f"{place}: {sheets} sheets"


def test_a_walk_sees_trouble(walk: Walking) -> None:
    """What is looked for on each page can be found."""
    her = walk()
    her.page.goto("/")
    her.page.evaluate(
        "document.body.append(Object.assign(document.createElement('img'), {src:"
        " 'https://elsewhere.example/x.png'}))"
    )
    her.page.wait_for_timeout(300)
    assert any("elsewhere.example" in each for each in her.trouble)
    her.trouble.clear()
    her.page.evaluate("document.querySelector('main').style.minWidth = '2000px'")
    with pytest.raises(AssertionError, match="sideways"):
        her.look()
