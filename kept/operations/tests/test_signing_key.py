"""``kept keys rotate --signing`` of a portal that runs: what anybody kept holds on, backups of then come
back, and kill -9 leaves one key.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from kept.core.ledger.verifying.offline import follow
from kept.operations.checking import evidence
from kept.operations.tests.demo_copies import demo_house
from kept.operations.tests.houses import ENGINES, House, copy_of, house

KEEP = """
import io, json
from pathlib import Path
from kept.accounts.models import User
from kept.core.ledger.notes import checkpoint, sign, succession; from kept.core.ledger import fold
from kept.core.vault.readers import Job, SystemReader
from kept.outbox.delivery import footer
from kept.rights.copies import copy_builder
from kept.rights.receipts import flows
place = Path({place!r})
place.mkdir(exist_ok=True)
given = flows.give("request", controller="cet-power", more={{"State": "Received"}})
fold.fold()
(place / "receipt.json").write_text(json.dumps(flows.handed_out(given)))
(place / "checkpoint.txt").write_text(checkpoint.latest())
(place / "mail.eml").write_text("From: portal@example.com\\nSubject: Done\\n\\nDear Alice,\\n\\n"
                                f"it is done.\\n{{footer()}}")
with (place / "copy.zip").open("w+b") as out:
    alice = User.objects.get(email="alice@example.com").person_id
    reader = SystemReader(job="kept copy")
    copy_builder.pack(subject=alice, reader=reader, about=Job("a copy for a test"), out=out)
(place / "key").write_text(sign.public_key())
(place / "keys.json").write_text(json.dumps(succession.document(checkpoint.latest())))
"""
KEPT = ("mail.eml", "receipt.json", "checkpoint.txt", "copy.zip")
# The portal's own processes have read the old key, and go on with the new one.
STAYS = """
from kept.core.ledger.notes import checkpoint, sign; from kept.core.ledger import fold
from kept.core.ledger.record import record
fold.fold()
print("here", flush=True)
import time
from kept.core.ledger.notes.keyring import Keyring
old = sign.public_key()
end = time.monotonic() + 60
while sign.public_key() == old and time.monotonic() < end:
    time.sleep(0.05)
record("read", purpose="", role="system", entity="", policy=1, parts=[])
fold.fold()
print(old != sign.public_key() and Keyring.of(sign.public_key()).knows(checkpoint.latest()))
"""
# What web and worker do before anything else, and the fold behind it.
STARTS = """
from kept.core.ledger.fold import fold
from kept.operations.processes.start_checks import look_before_starting
look_before_starting()
fold()
"""
KILLED = """
import time
from kept.core.ledger.notes import rotation
real = rotation._take_its_place
def held():
    {before}
    print("here", flush=True)
    time.sleep(60)
    {after}
rotation._take_its_place = held
from kept.__main__ import main
main(["keys", "rotate", "--signing"])
"""


@pytest.fixture(scope="module", params=ENGINES)
def portal(request: Any, tmp_path_factory: pytest.TempPathFactory) -> House:
    """With a second place, and a backup of the day before its key was changed."""
    folder = tmp_path_factory.mktemp("portal")
    (folder / "second").mkdir()
    made = demo_house(folder, request.param, second=folder / "second")
    keep(made, folder / "then")
    said = made.kept("backup", "--to", folder / "backups")
    assert said.returncode == 0, said.stderr
    shutil.copytree(folder / "second", folder / "second-then")
    return made


def keep(made: House, place: Path) -> Path:
    made.script(KEEP.format(place=str(place)))
    return place


def rotate(made: House) -> dict[str, Any]:
    said = made.kept("keys", "rotate", "--signing", "--json")
    assert said.returncode == 0, said.stdout + said.stderr
    found: dict[str, Any] = json.loads(said.stdout)
    return found


def holds(made: House, file: Path, *more: object, home: str = "") -> str:
    """On the operator's machine, or with ``home`` on one that knows no portal."""
    said = made.kept("verify", file, *more, **({"KEPT_HOME": home} if home else {}))
    assert said.returncode == 0, said.stdout + said.stderr
    return said.stdout


def test_whatever_anybody_kept_holds_after_two_rotations(portal: House, tmp_path: Path) -> None:
    alive = copy_of(portal, tmp_path / "house")
    then, nowhere = portal.home.with_name("then"), str(tmp_path / "nowhere")
    running = alive.begin(STAYS)
    assert running.stdout is not None and running.stdout.readline() == "here\n"
    first = rotate(alive)
    assert running.communicate(timeout=90)[0] == "True\n", "a process that runs goes on with the new key"
    middle = keep(alive, tmp_path / "middle")
    second = rotate(alive)
    now = keep(alive, tmp_path / "now")
    assert (
        first["old"] == (then / "key").read_text()
        and first["new"] == second["old"]
        and second["new"] == (now / "key").read_text()
    )
    assert "Holds." in holds(alive, then / "copy.zip") and "Holds." in holds(alive, middle / "mail.eml")
    holds(alive, now / "mail.eml", "--key", then / "key", "--keys", now / "keys.json", home=nowhere)
    told = json.loads((now / "keys.json").read_text())
    for pinned in (then, middle, now):
        keys = follow((pinned / "key").read_text(), told)
        assert [evidence.recognise(folder / name, keys) for folder in (then, middle, now) for name in KEPT]
    for name in ("receipt.json", "copy.zip"):  # these bring along how their key followed
        holds(alive, now / name, "--key", then / "key", home=nowhere)
    said = alive.kept("verify", now / "mail.eml", "--key", then / "key", KEPT_HOME=nowhere)
    assert said.returncode == 1 and "/privacy/keys leads from the one to the other" in said.stdout
    holds(
        alive,
        now / "copy.zip",
        "--since",
        then / "copy.zip",
        "--keys",
        now / "keys.json",
        "--key",
        middle / "key",
        home=nowhere,
    )
    done = alive.kept(
        "ledger",
        "verify",
        "--checkpoint",
        *[folder / name for folder in (then, middle, now) for name in KEPT],
    )
    assert done.returncode == 0 and "continues all that was kept in 12 files" in done.stdout, done.stdout


def test_a_backup_from_before_comes_back_beside_a_second_place_that_knows_more(
    portal: House, tmp_path: Path
) -> None:
    second = Path(shutil.copytree(portal.home.with_name("second-then"), tmp_path / "second"))
    alive = copy_of(portal, tmp_path / "house", second=second)
    rotate(alive)
    keep(alive, tmp_path / "now")
    into = house(
        tmp_path / "new",
        "postgresql" if "KEPT_DATABASE_URL" in portal.env else "sqlite",
        keys_of=alive,
        second=second,
    )
    said = into.kept("restore", portal.home.with_name("backups"), "--verify", "--json")
    assert said.returncode == 0 and json.loads(said.stdout)["findings"] == [], said.stdout + said.stderr
    assert into.kept("ledger", "verify").returncode == 1
    said = into.kept("reconcile", "--go-on")
    assert said.returncode == 0, said.stdout + said.stderr
    done = into.kept("ledger", "verify", "--checkpoint", portal.home.with_name("then") / "checkpoint.txt")
    assert done.returncode == 0, done.stdout
    assert (into.home / "ledger.pub").read_text() == (alive.home / "ledger.pub").read_text()


@pytest.mark.parametrize(
    ("before", "after", "new"), [("pass", "real()", False), ("real()", "pass", True)], ids=["before", "after"]
)
def test_killed_at_the_step_that_counts_it_is_the_one_key_or_the_other(
    portal: House, tmp_path: Path, before: str, after: str, new: bool
) -> None:
    alive = copy_of(portal, tmp_path / "house")
    old = (alive.home / "ledger.pub").read_text()
    alive.killed(KILLED.format(before=before, after=after))
    alive.script(STARTS)
    assert ((alive.home / "ledger.pub").read_text() != old) == new
    assert [path.name for path in alive.home.parent.iterdir() if "sign" in path.name] == ["home.sign"]
    done = alive.kept("ledger", "verify")
    assert done.returncode == 0, done.stdout
    holds(alive, portal.home.with_name("then") / "copy.zip")
