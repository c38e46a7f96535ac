"""``kept keys``: rotate while the portal runs, killed anywhere; destroy when nothing hangs on it; sweep what
is left.
"""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from kept.__main__ import main
from kept.core.vault.sealed_files.files import path_of
from kept.core.vault.subject_keys import rotation
from kept.core.vault.subject_keys.master import master
from kept.operations.models import BackupRun
from kept.operations.tests.demo_copies import demo_house
from kept.operations.tests.houses import ENGINES, House


@pytest.fixture(scope="module", params=ENGINES)
def portal(request: Any, tmp_path_factory: pytest.TempPathFactory) -> House:
    made = demo_house(tmp_path_factory.mktemp("portal"), request.param)
    made.script(MORE)
    return made


# PostgreSQL moves a page of keys at once: with these there are several.
MORE = """
from kept.testing import customer
for number in range(40):
    customer(f"Customer {number}", f"customer-{number}@example.com")
"""
SIGN_IN = """
from django.test import Client
from kept.accounts.models import User
hers = Client(headers={"host": "localhost"})
hers.force_login(User.objects.get(email="alice@example.com"))
print(hers.cookies["kept_session"].value)
"""
COME_BACK = """
from django.test import Client
hers = Client(headers={{"host": "localhost"}})
hers.cookies["kept_session"] = "{cookie}"
page = hers.get("/me/profile/")
assert page.status_code == 200 and "Alice Lambert" in page.content.decode(), page.status_code
print(hers.cookies["kept_session"].value)
"""
# A process that has read the old key, and is asked again once the key is another: as the portal's own are.
STAYS = """
import time
from kept.core.vault.subject_keys import keys
from kept.core.vault.subject_keys.sampling import sample
keys.check_master_key()
print("here", flush=True)
time.sleep({seconds})
found = sample()
print(found.opened > 50, found.broken)
"""
# Killed after the second batch.
KILLED = """
import time
from kept.core.vault.subject_keys import rewrapping
rewrapping._ROWS, rewrapping._PAGES = 7, 1
real = rewrapping._swap
def swap(*arguments):
    moved = real(*arguments)
    print("here", flush=True)
    time.sleep(60)
    return moved
rewrapping._swap = swap
from kept.__main__ import main
main(["keys", "rotate"])
"""


def test_it_goes_on_where_it_was_killed_and_nobody_notices(portal: House) -> None:
    cookie = portal.script(SIGN_IN)
    before = portal.home.with_name("home.key").read_text()
    portal.killed(KILLED)
    assert portal.home.with_name("home.key").read_text() != before
    # Half moved, and everything opens. Her session gets another name, as Django does where an older secret
    # vouched for it.
    cookie = portal.script(COME_BACK.format(cookie=cookie))
    again = json.loads(portal.kept("keys", "rotate", "--json").stdout)
    assert again["holds"] and again["left"] == 0 and again["generations"] == 2
    cookie = portal.script(COME_BACK.format(cookie=cookie))
    gone = portal.kept("keys", "destroy", "--json")
    assert gone.returncode == 0 and json.loads(gone.stdout)["destroyed"] == 1, gone.stderr
    assert portal.script(COME_BACK.format(cookie=cookie)) == cookie, (
        "whoever came by since the rotation stays signed in"
    )
    assert portal.kept("check").returncode == 0 and portal.kept("ledger", "verify").returncode == 0


def test_a_process_that_runs_follows_without_a_restart(portal: House) -> None:
    running = portal.begin(STAYS.format(seconds=12))
    assert running.stdout is not None and running.stdout.readline() == "here\n"
    assert portal.kept("keys", "rotate").returncode == 0 and portal.kept("keys", "destroy").returncode == 0
    said, trouble = running.communicate(timeout=60)
    assert said == "True []\n", trouble


def test_an_old_key_file_is_a_sentence_afterwards(portal: House) -> None:
    key = portal.home.with_name("home.key")
    old = key.read_text()
    assert portal.kept("keys", "rotate").returncode == 0 and portal.kept("keys", "destroy").returncode == 0
    new = key.read_text()
    key.write_text(old)
    try:
        said = portal.kept("worker", "--once")
        assert said.returncode == 1 and "not the master key" in said.stderr and "Traceback" not in said.stderr
    finally:
        key.write_text(new)


@pytest.mark.django_db
def test_the_old_one_is_kept_while_every_backup_hangs_on_it(
    alice: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = master().id
    run = dict.fromkeys(("size", "rows", "files"), 0)
    made = BackupRun.objects.create(
        id=uuid4(),
        at="2026-11-01T00:00Z",
        finished_at="2026-11-01T00:00Z",
        expires="2026-12-01",
        place=str(tmp_path),
        generation=old.hex(),
        **run,
    )
    assert main(["keys", "rotate"]) == 0
    assert "Put a copy of" in capsys.readouterr().out
    assert main(["keys", "destroy"]) == 1
    assert "Run `kept backup` first" in capsys.readouterr().err and len(master().generations) == 2
    made.generation = master().id.hex()
    made.save()
    assert main(["keys", "destroy"]) == 0
    assert "Destroy every other copy of the old file yourself" in capsys.readouterr().out
    assert main(["keys", "destroy"]) == 0
    assert "nothing older to destroy" in capsys.readouterr().out


@pytest.mark.django_db
def test_destroying_before_everything_moved_is_refused_with_a_count(
    alice: Any, charlie: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    rotation.begin()
    assert main(["keys", "destroy"]) == 1
    assert "2 persons' keys still hang on an older generation" in capsys.readouterr().err


@pytest.mark.django_db(transaction=True)
def test_sweeping_cleans_and_leaves_what_is_young_or_known(
    alice: Any, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old, young = path_of(uuid4()), path_of(uuid4())
    for path in (old, young):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"nobody's")
    os.utime(old, (time.time() - 90_000,) * 2)
    assert main(["keys", "sweep", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"holds": True, "clean": True, "files": 1, "archives": []}
    assert young.exists() and not old.exists()


def test_misuse_ends_with_2() -> None:
    for arguments in (["keys"], ["keys", "melt"], ["backup"], ["restore"]):
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        assert ended.value.code == 2
