"""A worker killed in the middle, a disk that is full or read-only, a key that is missing or wrong: a
sentence, and never half a write.
"""

from __future__ import annotations

import shutil
import signal
import sqlite3
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.journey.portal import kept, make_demo, script

RECORDS = 2100
# Asked as she would on her page. There is no mail before, so what is there afterwards came of the copy.
ASK = f"""
from django.test import Client
from kept.accounts.models import User
from kept.outbox.models import Message
from kept.rights.models import Copy
from kept.rights.tests.conftest import prove, write_many
alice = User.objects.get(email="alice@example.com")
write_many(alice, {RECORDS})
hers = Client(headers={{"host": "localhost"}})
hers.force_login(alice)
answer = prove(hers).post("/me/copy/", {{"scope": "all"}})
assert answer.status_code == 302, answer.status_code
assert Copy.objects.get().ticket
Message.objects.all().delete()
"""
# The worker itself, slow enough to be caught, and with a lease short enough to wait for.
SLOW_WORKER = """
import time
from datetime import timedelta
from kept.core.register.hooks.jobs import JOBS
from kept.operations.worker import Worker
from kept.rights import flows, models
models.LEASE = timedelta(seconds=2)
flows.NOTED_EVERY = 0
real = models.Copy.progress
def slowly(copy, done):
    answer = real(copy, done)
    if done > 2000:
        print("packing", flush=True)
        time.sleep(60)
    return answer
models.Copy.progress = slowly
Worker(JOBS).run()
"""


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demo company that stays as it was made; each test takes a copy."""
    return make_demo(tmp_path_factory.mktemp("luck"))


@pytest.fixture
def home(plain: Path, tmp_path: Path) -> Path:
    copy = tmp_path / "home"
    # Its collector may be running, and a socket is nothing to copy.
    shutil.copytree(plain, copy, ignore=shutil.ignore_patterns("*.sock"))
    for ending in (".key", ".sign"):
        shutil.copy2(plain.with_name(f"home{ending}"), copy.with_name(f"home{ending}"))
    return copy


def ask(home: Path, text: str) -> list[Any]:
    with closing(sqlite3.connect(home / "kept.sqlite3")) as database:
        return database.execute(text).fetchall()


def files(home: Path) -> set[Path]:
    return {file for file in (home / "files").rglob("*") if file.is_file()}


def run(home: Path, text: str) -> None:
    asked = script(home, text)
    _, trouble = asked.communicate(timeout=120)
    assert asked.returncode == 0, trouble


@pytest.fixture
def working(home: Path) -> Iterator[subprocess.Popen[str]]:
    """A worker in the middle of a large copy."""
    run(home, ASK)
    worker = script(home, SLOW_WORKER)
    assert worker.stdout is not None
    # One that never gets there fails the test, and does not hold it up for ever.
    patience = threading.Timer(90, worker.kill)
    patience.start()
    assert worker.stdout.readline() == "packing\n", worker.communicate(timeout=5)
    patience.cancel()
    yield worker
    worker.kill()
    worker.communicate()


def test_a_copy_whose_worker_was_killed_is_finished_once(home: Path, working: subprocess.Popen[str]) -> None:
    before = {file for file in files(home) if not file.name.endswith(".part")}
    working.send_signal(signal.SIGKILL)
    working.wait()
    assert ask(home, "SELECT finished_at, file, done > 2000 FROM rights_copy") == [(None, None, 1)]
    assert files(home) == before, "nothing half-made lies about"
    time.sleep(2.2)
    again = script(home, "import sys\nfrom kept.__main__ import main\nsys.exit(main(['worker']))")
    try:
        _wait(lambda: ask(home, "SELECT 1 FROM rights_copy WHERE finished_at IS NOT NULL"))
        _wait(lambda: ask(home, "SELECT 1 FROM outbox_message WHERE delivered_at IS NOT NULL"))
        time.sleep(1.5)
    finally:
        again.terminate()
        again.communicate(timeout=30)
    assert ask(home, "SELECT count(*), sum(finished_at IS NOT NULL), max(ticket) FROM rights_copy") == [
        (1, 1, "")
    ]
    assert len(files(home) - before) == 1
    assert (
        sum(file.read_text().count("Subject: Your copy is ready") for file in (home / "mail").iterdir()) == 1
    )
    assert kept(home, "ledger", "verify").returncode == 0


def _wait(look: Any, seconds: float = 45) -> None:
    end = time.monotonic() + seconds
    while not look():
        assert time.monotonic() < end
        time.sleep(0.2)


@pytest.mark.parametrize("command", [["run", "--port", "8766"], ["worker"], ["check"]])
def test_a_missing_master_key_is_a_sentence(home: Path, command: list[str]) -> None:
    home.with_name("home.key").unlink()
    said = kept(home, *command)
    if command == ["check"]:
        assert "Traceback" not in said.stderr
        return
    assert said.returncode in (1, 2) and "master key" in said.stderr and "Traceback" not in said.stderr


@pytest.mark.parametrize(
    "command", [["run", "--port", "8767"], ["worker"], ["copy", "alice@example.com", "--to", "copy.zip"]]
)
def test_a_wrong_master_key_is_a_sentence_and_writes_nothing(home: Path, command: list[str]) -> None:
    run(
        home,
        "from pathlib import Path\nfrom kept.core.vault.subject_keys import"
        f" keys\nkeys.make_master_key(Path('{home.with_name('other.key')}'))",
    )
    home.with_name("other.key").replace(home.with_name("home.key"))
    before = ask(home, "SELECT count(*) FROM ledger_act") if _has(home, "ledger_act") else []
    command = [str(home.with_name(word)) if word == "copy.zip" else word for word in command]
    said = kept(home, *command)
    assert said.returncode in (1, 2), said.stdout
    assert "key" in said.stderr and "Traceback" not in said.stderr
    assert not home.with_name("copy.zip").exists() and not home.with_name("copy.zip.part").exists()
    assert before == (ask(home, "SELECT count(*) FROM ledger_act") if before else [])


def _has(home: Path, table: str) -> bool:
    return bool(ask(home, f"SELECT 1 FROM sqlite_master WHERE name = '{table}'"))


# RLIMIT_FSIZE stands for the full disk: the write fails in the middle, as it would.
FULL = """
import resource, signal, io
from uuid import uuid4
from kept.accounts.models import User
from kept.core.vault import gate
from kept.core.vault.errors import FileNotKept
from kept.core.vault.sealed_files.files import SealedFile
from kept.testing import reader_of
alice = User.objects.get(email="alice@example.com")
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
with gate.purpose("registration", reader=reader_of(alice), about=alice.person, source="a test"):
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, resource.RLIM_INFINITY))
    try:
        SealedFile.write(alice.subject, io.BytesIO(bytes(3_000_000)), category="equipment.proof",
                         name="proof.pdf", media_type="application/pdf")
    except FileNotKept as full:
        print(full)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
"""


def test_a_full_upload_folder_is_a_sentence_and_leaves_nothing(home: Path) -> None:
    before, rows = files(home), ask(home, "SELECT count(*) FROM vault_sealedfilerow")
    said = script(home, FULL)
    out, trouble = said.communicate(timeout=60)
    assert said.returncode == 0, trouble
    assert out.strip().endswith(".") and len(out.splitlines()) == 1
    assert files(home) == before and ask(home, "SELECT count(*) FROM vault_sealedfilerow") == rows


def test_a_disk_that_is_read_only_is_a_sentence(home: Path, tmp_path: Path) -> None:
    """Mounted read-only where that may be done; a folder nobody may write to elsewhere."""
    mounted = (
        subprocess.run(["mount", "--bind", str(home), str(home)], capture_output=True, check=False).returncode
        == 0
    )
    if mounted:
        subprocess.run(["mount", "-o", "remount,bind,ro", str(home)], check=True)
    else:
        home.chmod(0o500)
    try:
        said = kept(home, "run", "--port", "8768")
        assert said.returncode == 1 and "cannot be written" in said.stderr and "Traceback" not in said.stderr
    finally:
        if mounted:
            subprocess.run(["umount", str(home)], check=True)
        else:
            home.chmod(0o700)
