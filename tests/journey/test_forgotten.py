"""She erases herself; fourteen days pass; no byte of her is left anywhere, not in last week's backup either,
and her receipt still holds.
"""

from __future__ import annotations

import re
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import Browser

from tests.journey.asking import ask
from tests.journey.canaries import CANARIES, HERS, arrive, copy_and_second_factor, desk, register
from tests.journey.later import days_later
from tests.journey.portal import Portal, kept, make_demo, running
from tests.journey.sieve import caught
from tests.journey.walk import Walk

pytestmark = pytest.mark.browser
OVER = {"question": "Does my canary sing in your ledger?"}


@dataclass
class Told:
    """What the story leaves behind for the tests: places, her canaries, her random ids, and the receipt."""

    home: Path
    elsewhere: Path
    backup: Path
    receipt: str = ""
    found_before: set[str] = field(default_factory=set)
    left_while_running: set[tuple[str, str]] = field(default_factory=set)
    canaries: dict[str, str] = field(default_factory=dict)
    logs: list[Path] = field(default_factory=list)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory, chromium: Browser) -> Told:
    folder = tmp_path_factory.mktemp("forgotten")
    story = Told(
        make_demo(folder),
        folder / "elsewhere",
        folder / "backup",
        canaries={**CANARIES, **OVER},
    )
    story.elsewhere.mkdir()
    second_place = {"KEPT_ERASURES": str(story.elsewhere)}
    with running(story.home, **second_place) as portal:
        her = Walk(chromium, portal)
        _lives(her, Walk(chromium, portal, script=False), folder)
        story.canaries |= _ids(story.home)
        story.found_before = {name for name, _ in caught(story.home, story.canaries)}
        _leaves(her)
        story.logs.append(portal.log)
    made = kept(story.home, "backup", "--to", str(story.backup), **second_place)
    assert made.returncode == 0, made.stderr
    # On the day, and once more when the letter about it has lain in the demo's folder for its hour.
    for days in (15, 16):
        with running(story.home, **second_place, **days_later(days, folder)) as portal:
            _day_comes(chromium, portal, story) if days == 15 else _letter_goes(portal)
            story.logs.append(portal.log)
            # Once more while it still runs: the write-ahead log is there, and empty of her.
            story.left_while_running = caught(story.home, story.canaries, *story.logs)
    return story


def _lives(her: Walk, bob: Walk, folder: Path) -> None:
    """Everything the portal offers, used once."""
    arrive(her)
    register(her, folder)
    copy_and_second_factor(her)
    desk(bob)
    bob.close()
    her.go("/me/choices/")
    her.page.locator("#news button", has_text="Yes").click()
    her.page.wait_for_load_state()
    ask(her, OVER["question"])
    her.go("/me/")
    her.open_sections()
    assert her.says(CANARIES["matter"]) and her.says(CANARIES["street"])


def _ids(home: Path) -> dict[str, str]:
    """Her random ids, which would lead to her as well as a name."""
    with closing(sqlite3.connect(home / "kept.sqlite3")) as database:
        user, person = database.execute(
            "SELECT id, person_id FROM accounts_user WHERE email = ?", (HERS,)
        ).fetchone()
    return {"id of the ID": user, "id of the person": person, "the same, written out": str(UUID(person))}


def _leaves(her: Walk) -> None:
    """Asks, is asked who she is, changes her mind, and asks again."""
    _ask_to_be_erased(her)
    her.press("Undo it, I stay")
    assert her.says("Erase yourself")
    _ask_to_be_erased(her)
    her.go("/me/")
    her.close()


def _ask_to_be_erased(her: Walk) -> None:
    her.go("/me/erasure/")
    assert her.says("What must stay") and her.says("What goes")
    her.page.locator("#id_silence").check()
    her.press("Erase me in 14 days")
    if "Is it you?" in her.page.title():
        her.type_in(password=CANARIES["password"])
        her.press("Yes, it is me")
    assert her.says("You will be erased"), her.page.inner_text("main")


def _day_comes(chromium: Browser, portal: Portal, story: Told) -> None:
    letter = portal.wait_for(
        lambda: next(
            (mail for mail in portal.mails() if "Subject: You were erased" in mail and HERS in mail), ""
        ),
        90,
    )
    number = re.search(r"R(-[0-9A-Z]{4}){3}", letter)
    assert number
    story.receipt = number[0]
    gone = Walk(chromium, portal)
    gone.sign_in(HERS, CANARIES["password"])
    assert "/account/login/" in gone.page.url, "whoever was erased signs in no more"
    gone.close()


def _letter_goes(portal: Portal) -> None:
    portal.wait_for(lambda: not any(HERS in mail for mail in portal.mails()) and "gone", 90)
    with closing(sqlite3.connect(portal.home / "kept.sqlite3")) as database:
        portal.wait_for(
            lambda: database.execute(
                "SELECT 1 FROM erasure_erasure WHERE finished_at IS NOT NULL"
            ).fetchone(),
            90,
        )
        portal.wait_for(
            lambda: database.execute(
                "SELECT count(*) > 1 FROM receipts_receipt WHERE kind = 'erasure'"
            ).fetchone()[0],
            90,
        )


def test_there_was_something_to_forget(told: Told) -> None:
    """The sieve that finds nothing below found her address and her random ids while she was there."""
    assert told.found_before >= {"email", "id of the ID", "id of the person"}


def test_no_byte_of_her_is_left(told: Told) -> None:
    assert told.left_while_running == set()
    assert caught(told.home, told.canaries, *told.logs) == set()
    assert kept(told.home, "ledger", "verify").returncode == 0
    said = kept(told.home, "promises", KEPT_ERASURES=str(told.elsewhere)).stdout
    assert re.findall("^.* broken .*\n.*\n.*", said, re.MULTILINE) == [] and " 0 broken" in said, (
        said.splitlines()[-1]
    )


def test_the_second_place_names_nobody(told: Told) -> None:
    lines = (told.elsewhere / "erasures.jsonl").read_text()
    assert len(lines.splitlines()) == 1
    assert [name for name, value in told.canaries.items() if value in lines] == []


def test_her_receipt_still_holds(told: Told, tmp_path: Path, chromium: Browser) -> None:
    with running(told.home) as portal:
        anybody = Walk(chromium, portal)
        anybody.go(f"/privacy/receipts/{told.receipt}/")
        assert anybody.says("Whole: nothing is left") and anybody.says("Gone on "), anybody.page.inner_text(
            "main"
        )
        with anybody.page.expect_download() as coming:
            anybody.page.evaluate(f"location.href = '/privacy/receipts/{told.receipt}.json'")
        coming.value.save_as(tmp_path / "receipt.json")
        anybody.close()
    key = str(told.home / "ledger.pub")
    said = kept(tmp_path / "nobody", "verify", str(tmp_path / "receipt.json"), "--key", key)
    assert said.returncode == 0 and "Holds" in said.stdout, said.stdout + said.stderr
    raw = bytearray((tmp_path / "receipt.json").read_bytes())
    raw[200] ^= 1
    (tmp_path / "changed.json").write_bytes(raw)
    assert kept(tmp_path / "nobody", "verify", str(tmp_path / "changed.json"), "--key", key).returncode == 1


def test_last_week_s_backup_brings_nobody_back(told: Told) -> None:
    again = told.home.with_name("again")
    for ending in (".key", ".sign"):
        shutil.copy2(told.home.with_name(f"home{ending}"), again.with_name(f"again{ending}"))
    said = kept(again, "restore", str(told.backup), "--verify", KEPT_ERASURES=str(told.elsewhere))
    assert said.returncode == 0, said.stdout + said.stderr
    assert caught(again, told.canaries) == set()
    with closing(sqlite3.connect(again / "kept.sqlite3")) as database:
        assert database.execute(
            "SELECT count(*) FROM accounts_user WHERE email = 'alice@example.com'"
        ).fetchone() == (1,), "and Alice is there"
    assert kept(again, "ledger", "verify").returncode == 0


def test_without_the_record_she_would_be_back(told: Told) -> None:
    """The drill can fail: the same backup, restored by somebody who says that nobody was erased.

    Nobody gets there by accident.
    """
    again = told.home.with_name("untold")
    for ending in (".key", ".sign"):
        shutil.copy2(told.home.with_name(f"home{ending}"), again.with_name(f"untold{ending}"))
    asked = kept(again, "restore", str(told.backup))
    assert asked.returncode == 1 and "Nothing says who was erased" in asked.stderr
    said = kept(again, "restore", str(told.backup), "--nobody-was-erased")
    assert said.returncode == 0, said.stdout + said.stderr
    assert {name for name, _ in caught(again, told.canaries)} >= {"email", "id of the person"}
