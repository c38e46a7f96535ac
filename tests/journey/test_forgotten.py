"""Somebody erases herself in a browser, the fourteen days pass, and no byte of her is left in anything the portal wrote; her receipt still holds."""

from __future__ import annotations

import json
import re
import sqlite3
import urllib.request
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.journey.portal import Portal, kept, make_demo, running
from tests.journey.sieve import caught
from tests.journey.test_canary import CANARIES, HERS, _copy_and_second_factor, _desk, _register
from tests.journey.walk import Walk

pytestmark = pytest.mark.browser
TWO_WEEKS_AND_AN_HOUR = "+15 days"
# Passwords are hashed, and what was searched for in vain is not hers; the rest must be found before, or the sieve is blind.
PLANTED = ("email",)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_demo(tmp_path_factory.mktemp("forgotten") / "home", persons=2)


def arrive(her: Walk) -> None:
    her.go("/account/signup/")
    her.type_in(name=CANARIES["name"], email=HERS, password1=CANARIES["password"])
    her.press("Make my ID")
    her.type_in(code=her.portal.code(to=HERS))
    her.press("Confirm")


def erase(her: Walk) -> None:
    her.go("/me/erasure/")
    assert her.says("What goes") and her.says("No law makes us keep anything of yours")
    her.page.get_by_label("Never write to me again").check()
    her.page.get_by_role("button", name="Erase me in 14 days").click()
    her.page.wait_for_load_state()
    if "reauthenticate" in her.page.url:
        her.type_in(password=CANARIES["password"])
        her.press("Yes, it is me")
    assert her.says("Undo it, I stay"), her.page.inner_text("main")
    her.look()
    her.go("/me/")
    assert her.says("You will be erased")


def days_pass(portal: Portal) -> str:
    """The clock is moved by moving what it is compared with: the day of the erasure, then the hour in which its letter can be read. The receipt's number."""

    def sql(text: str) -> list[Any]:
        with closing(sqlite3.connect(portal.home / "kept.sqlite3", timeout=20)) as database:
            found = database.execute(text).fetchall()
            database.commit()
            return found

    sql("UPDATE erasure_erasure SET falls_at = datetime('now', '-1 second'), due_at = datetime('now', '-1 second'), reminded = 2")
    portal.wait_for(lambda: sql("SELECT 1 FROM erasure_erasure WHERE destroyed_at IS NOT NULL"), seconds=60)
    portal.wait_for(lambda: "Subject: You were erased" in "".join(portal.mails()), seconds=60)
    sql("UPDATE erasure_erasure SET destroyed_at = datetime('now', '-2 hours'), due_at = datetime('now', '-1 second')")
    portal.wait_for(lambda: sql("SELECT 1 FROM erasure_erasure WHERE finished_at IS NOT NULL"), seconds=90)
    return str(sql("SELECT receipt FROM erasure_erasure")[0][0])


def test_nothing_of_her_is_left_and_her_receipt_holds(home: Path, chromium: Browser, tmp_path: Path) -> None:
    with running(home) as portal:
        her, bob = Walk(chromium, portal, script=False), Walk(chromium, portal, script=False)
        arrive(her)
        _register(her, tmp_path)
        _desk(bob)
        secret = _copy_and_second_factor(her)
        erase(her)
        before = {name for name, _ in caught(home, CANARIES, portal.log)}
        assert before >= set(PLANTED), "the sieve must have something to find"
        with closing(sqlite3.connect(home / "kept.sqlite3")) as database:
            others = database.execute("SELECT count(*) FROM people_person").fetchone()[0]
            (subject,) = database.execute("SELECT subject FROM erasure_erasure").fetchone()
        number = days_pass(portal)
        her.page.goto("/me/")
        assert "/account/login/" in her.page.url, "signed out everywhere"
        with urllib.request.urlopen(f"{portal.url}/privacy/receipts/{number}.json") as answer:
            receipt = tmp_path / "receipt.json"
            receipt.write_bytes(answer.read())
        her.close()
        bob.close()
        # While it still runs: the write-ahead log is there, and empty of her.
        left = caught(home, {**CANARIES, "secret": secret, "subject": subject}, portal.log)
        assert left == set()
    assert caught(home, {**CANARIES, "subject": subject}, portal.log) == set()
    assert kept(home, "verify", str(receipt), "--key", str(home / "ledger.pub")).returncode == 0, "and it holds without anything of her"
    assert "Whole: nothing is left" in json.loads(receipt.read_text())["receipt"]
    with closing(sqlite3.connect(home / "kept.sqlite3")) as database:
        assert database.execute("SELECT count(*) FROM people_person").fetchone()[0] == others - 1
    proven = kept(home, "promises")
    assert not re.search(r"system-rights.*broken", proven.stdout), proven.stdout
