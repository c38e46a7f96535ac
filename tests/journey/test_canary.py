"""Values that sing: planted through every journey, errors included, and then looked for in everything the
system wrote.
"""

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
from playwright.sync_api import Browser

from tests.journey.canaries import CANARIES, HERS, arrive, copy_and_second_factor, desk, register
from tests.journey.portal import make_demo, running
from tests.journey.sieve import caught
from tests.journey.walk import Walk

pytestmark = pytest.mark.browser

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
    return make_demo(tmp_path_factory.mktemp("canary"))


@pytest.fixture(scope="module")
def sung(
    aviary: Path, chromium: Browser, tmp_path_factory: pytest.TempPathFactory
) -> tuple[dict[str, str], list[Path]]:
    """Every journey walked. Returns the canaries, with the secrets made on the way, and the logs."""
    canaries, logs = dict(CANARIES), []
    code = tmp_path_factory.mktemp("boom")
    (code / "boom_site.py").write_text(BOOM)
    (code / "boom_settings.py").write_text("from kept.settings import *\nROOT_URLCONF = 'boom_site'\n")
    env = {
        "DJANGO_SETTINGS_MODULE": "boom_settings",
        "PYTHONPATH": f"{Path(__file__).resolve().parents[2]}:{code}",
    }
    with running(aviary, **env) as portal:
        her, bob = Walk(chromium, portal, script=False), Walk(chromium, portal, script=False)
        canaries["code"] = arrive(her)
        register(her, code)
        canaries["secret"] = copy_and_second_factor(her)
        desk(bob)
        _go_wrong(her)
        logs.append(portal.log)
        her.close()
        bob.close()
    with running(aviary, **env, KEPT_MAIL="smtp://127.0.0.1:1") as portal:
        _fail_to_mail(Walk(chromium, portal, script=False))
        logs.append(portal.log)
    return canaries, logs


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
        her.portal.wait_for(
            lambda: database.execute("SELECT trouble FROM outbox_message WHERE trouble <> ''").fetchone()
        )
    time.sleep(1)
    her.close()


def test_no_canary_sings_anywhere_else(aviary: Path, sung: tuple[dict[str, str], list[Path]]) -> None:
    canaries, logs = sung
    code = canaries.pop("code")
    found = caught(aviary, canaries, *logs)
    to_herself = {
        (name, place) for name, place in found if place.startswith("mail/") and _only_hers(aviary / place)
    }
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
    # Its collector may be running, and a socket is nothing to copy.
    shutil.copytree(aviary, home, ignore=shutil.ignore_patterns("*.sock"))
    value = CANARIES["name"]
    log.write_text(f"warning: {value}" if wrap == "log" else "")
    if wrap == "zip":
        with ZipFile(home / "left.zip", "w", 8) as archive:
            archive.writestr("a.txt", value * 50)
    coded = {"plain": value, "base64": base64.b64encode(value.encode()).decode()}.get(wrap, "")
    coded = (
        coded or base64.b64encode(f'{{"a": "{value}"}}'.encode()).decode()
        if wrap == "json in base64"
        else coded
    )
    if coded:
        with closing(sqlite3.connect(home / "kept.sqlite3")) as database:
            database.execute("UPDATE operations_jobrun SET name = ? WHERE name = 'ledger.fold'", (coded,))
            database.execute("INSERT INTO operations_cache VALUES ('x', ?, '2030-01-01')", (coded,))
            database.commit()
    assert {name for name, _ in caught(home, {"name": value}, log)} == {"name"}
