"""Values that sing: planted through every journey, errors included, and then looked for in everything the system wrote."""

from __future__ import annotations

import base64
import re
import shutil
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from zipfile import ZipFile

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from playwright.sync_api import Browser

from kept.equipment import serials
from tests.journey.portal import make_demo, running
from tests.journey.sieve import caught
from tests.journey.test_journey import BOUGHT
from tests.journey.walk import Walk

pytestmark = pytest.mark.browser

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
# The one declared exception: the address people sign in with. Mail to herself says what it says.
ALLOWED = {
    ("email", "accounts_user.email"),
    ("email", "account_emailaddress.email"),
    ("email", "kept.sqlite3"),
    ("email", "kept.sqlite3-wal"),
}
# A page that fails with the value in hand, put into the site from outside.
BOOM = """
from django.contrib.auth.decorators import login_not_required
from django.urls import path
from kept.urls import urlpatterns as site
@login_not_required
def boom(request):
    typed = request.GET["q"]
    raise ValueError(f"cannot cope with {typed}")
urlpatterns = [*site, path("boom/", boom)]
"""


@pytest.fixture(scope="module")
def aviary(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_demo(tmp_path_factory.mktemp("canary") / "home", persons=2)


@pytest.fixture(scope="module")
def sung(aviary: Path, chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, str], list[Path]]:
    """Every journey walked. Returns the canaries, with the secrets made on the way, and the logs."""
    canaries, logs = dict(CANARIES), []
    code = tmp_path_factory.mktemp("boom")
    (code / "boom_site.py").write_text(BOOM)
    (code / "boom_settings.py").write_text("from kept.settings import *\nROOT_URLCONF = 'boom_site'\n")
    env = {"DJANGO_SETTINGS_MODULE": "boom_settings", "PYTHONPATH": f"{Path(__file__).resolve().parents[2]}:{code}"}
    with running(aviary, **env) as portal:
        her, bob = Walk(chromium, portal, script=False), Walk(chromium, portal, script=False)
        canaries["code"] = _arrive(her)
        _register(her, code)
        canaries["secret"] = _copy_and_second_factor(her)
        _desk(bob)
        _go_wrong(her)
        logs.append(portal.log)
        her.close()
        bob.close()
    with running(aviary, **env, KEPT_MAIL="smtp://127.0.0.1:1") as portal:
        _fail_to_mail(Walk(chromium, portal, script=False))
        logs.append(portal.log)
    return canaries, logs


def _arrive(her: Walk) -> str:
    her.go("/account/signup/")
    her.type_in(name=CANARIES["name"], email=HERS, password1="canary")
    her.press("Make my ID")
    her.type_in(password1=CANARIES["password"])
    her.press("Make my ID")
    code = her.portal.code(to=HERS)
    her.type_in(code=code)
    her.press("Confirm")
    return code


def _register(her: Walk, folder: Path) -> None:
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
    her.type_in(serial=_unknown_serial(), **BOUGHT)
    her.press("Go on")
    her.page.locator("#id_proof").set_input_files(invoice)
    her.type_in(note=CANARIES["note"])
    her.press("Send proof")
    assert "/claims/" in her.page.url, her.page.inner_text("main")


def _unknown_serial() -> str:
    return serials.make(99_999)


def _copy_and_second_factor(her: Walk) -> str:
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


def _desk(bob: Walk) -> None:
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


def _go_wrong(her: Walk) -> None:
    her.page.goto(f"/nothing/{CANARIES['path']}/?q={CANARIES['path']}")
    her.page.goto(f"/me/products/registrations/{CANARIES['path']}/")
    assert her.page.goto(f"/boom/?q={CANARIES['boom']}").status == 500  # type: ignore[union-attr]
    assert CANARIES["boom"] not in her.page.content()
    her.context.clear_cookies()
    her.sign_in(HERS, CANARIES["wrong password"])
    her.sign_in(HERS, CANARIES["password"])


def _fail_to_mail(her: Walk) -> None:
    her.go("/account/password/reset/")
    her.type_in(email=HERS)
    her.page.locator("main form button").first.click()
    her.page.wait_for_load_state()
    with closing(sqlite3.connect(her.portal.home / "kept.sqlite3")) as database:
        her.portal.wait_for(lambda: database.execute("SELECT trouble FROM outbox_message WHERE trouble <> ''").fetchone())
    time.sleep(1)
    her.close()


def test_no_canary_sings_anywhere_else(aviary: Path, sung: tuple[dict[str, str], list[Path]]) -> None:
    canaries, logs = sung
    code = canaries.pop("code")
    found = caught(aviary, canaries, *logs)
    to_herself = {(name, place) for name, place in found if place.startswith("mail/") and _only_hers(aviary / place)}
    assert found - ALLOWED - to_herself == set()
    assert not [log for log in logs if re.search(rf"(?<![\d.]){code}\b", log.read_text())]
    canaries["code"] = code


def _only_hers(file: Path) -> bool:
    return set(re.findall(r"^To: (.*)$", file.read_text(), re.MULTILINE)) == {HERS}


def test_the_logs_said_something(sung: tuple[dict[str, str], list[Path]]) -> None:
    said = "".join(log.read_text() for log in sung[1])
    assert "builtins.ValueError" in said and "boom_site.py" in said and "404" in said


def test_nobody_of_the_demo_stands_in_the_database_by_name(aviary: Path, sung: object) -> None:
    people = {"alice": "Lambert", "charlie": "Weber", "bob": "Bob Martin", "dana": "Peeters"}
    assert caught(aviary, people) == set()


@pytest.mark.parametrize("wrap", ["plain", "base64", "json in base64", "zip", "log"])
def test_one_in_the_clear_is_caught(aviary: Path, tmp_path: Path, wrap: str) -> None:
    """A sieve that lets everything through would pass every other test here."""
    home, log = tmp_path / "home", tmp_path / "out.log"
    shutil.copytree(aviary, home)
    value = CANARIES["name"]
    log.write_text(f"warning: {value}" if wrap == "log" else "")
    if wrap == "zip":
        with ZipFile(home / "left.zip", "w", 8) as archive:
            archive.writestr("a.txt", value * 50)
    coded = {"plain": value, "base64": base64.b64encode(value.encode()).decode()}.get(wrap, "")
    coded = coded or base64.b64encode(f'{{"a": "{value}"}}'.encode()).decode() if wrap == "json in base64" else coded
    if coded:
        with closing(sqlite3.connect(home / "kept.sqlite3")) as database:
            database.execute("UPDATE operations_jobrun SET name = ? WHERE name = 'ledger.fold'", (coded,))
            database.execute("INSERT INTO operations_cache VALUES ('x', ?, '2030-01-01')", (coded,))
            database.commit()
    assert {name for name, _ in caught(home, {"name": value}, log)} == {"name"}
