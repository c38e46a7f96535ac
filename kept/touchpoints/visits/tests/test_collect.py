"""``kept collect`` for real: a process, a socket, a disk; killed, filled and asked to share."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from kept.touchpoints.visits.tests.collecting_process import Running, collecting, environ
from kept.visits_log.datagrams import Reading
from kept.visits_log.tests.collected import FIREFOX

MOST_MEMORY = 48 * 1024
"""KiB, all shared pages counted as its own; most of it are the patterns of browsers, compiled."""


def reading(path: str = "/", **more: str) -> Reading:
    return Reading(**{"kind": "page", "address": "81.82.83.84", "agent": FIREFOX, "path": path, **more})  # type: ignore[arg-type]


def status(it: Running, name: str) -> str:
    return next(
        line.split()[1]
        for line in Path(f"/proc/{it.process.pid}/status").read_text().splitlines()
        if line.startswith(f"{name}:")
    )


def test_it_collects_tells_and_leaves_nothing_open(tmp_path: Path) -> None:
    with collecting(tmp_path) as it:
        it.send(*[reading(f"/privacy/versions/{n}/") for n in range(50)])
        it.wait(lambda: len(it.lines()) == 50)
        assert (
            it.root.stat().st_mode & 0o777 == 0o700
            and it.root.joinpath("collector.sock").stat().st_mode & 0o777 == 0o600
        )
        it.end()
        assert it.process.returncode == 0
    assert not (it.root / "collector.sock").exists()
    assert it.state().received == it.state().written == 50 and it.state().left_out["missed"] == 0


def test_it_stays_small_and_leaves_no_image_of_its_memory(tmp_path: Path) -> None:
    with collecting(tmp_path) as it:
        it.send(*[reading(address=f"81.82.{n // 250}.{n % 250}") for n in range(2000)])
        it.wait(lambda: len(it.lines()) == 2000)
        assert int(status(it, "VmRSS")) < MOST_MEMORY
        assert "0                    0" in next(
            line
            for line in Path(f"/proc/{it.process.pid}/limits").read_text().splitlines()
            if line.startswith("Max core")
        )
        # Where locking is allowed at all, the salt's page is locked.
        assert it.state().salt_locked == (int(status(it, "VmLck")) > 0)


def test_neither_django_nor_a_database_nor_a_key_is_in_it() -> None:
    code = (
        "import sys, kept.touchpoints.visits.commands.collect as it; from kept.visits_log import"
        " agents; agents.read('x'); print([name for name in sys.modules if name.partition('.')[0] in"
        " {'django', 'psycopg', 'sqlite3', '_sqlite3', 'duckdb', 'cryptography', 'allauth', 'csp'} or"
        " name.startswith('kept.core')])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


def test_killed_it_loses_nothing_that_was_written_and_goes_on(tmp_path: Path) -> None:
    with collecting(tmp_path) as it:
        it.send(*[reading() for _ in range(100)])
        it.wait(lambda: len(it.lines()) == 100)
        it.end(signal.SIGKILL)
    # As if it had died in the middle of a line.
    (file,) = it.root.glob("log/*.log")
    with file.open("ab") as log:
        log.write(b'{"day":"2026-11')
    with collecting(tmp_path) as again:
        assert file.read_bytes().endswith(b"}\n"), "mended before anything is written"
        again.send(reading())
        again.end()
    lines = [json.loads(line) for line in again.lines()]
    assert len({line["visitor"] for line in lines}) == 2, "another salt, another number"
    assert again.state().repaired == 1


def test_killed_again_and_again_no_line_is_ever_broken(tmp_path: Path) -> None:
    for _ in range(4):
        with collecting(tmp_path) as it:
            child = subprocess.Popen([sys.executable, "-c", FLOOD, str(it.root)], env=environ(tmp_path))
            it.wait(lambda it=it: len(it.lines()) > 200)
            it.end(signal.SIGKILL)
            child.kill()
            child.wait()
    with collecting(tmp_path) as it:
        it.send(reading())
        it.end()
    assert all(set(json.loads(line)) >= {"day", "visitor"} for line in it.lines())


FLOOD = """
import sys
from pathlib import Path
from kept.touchpoints.visits.sending import Sender
from kept.visits_log.datagrams import Reading
sender = Sender(Path(sys.argv[1]) / "collector.sock")
agent = "Mozilla/5.0 (Windows NT 10.0; rv:144.0) Gecko/20100101 Firefox/144.0"
while True:
    sender.send(Reading("page", "81.82.83.84", agent, "/"))
"""


def test_a_disk_that_fills_drops_counts_and_recovers(tmp_path: Path) -> None:
    """A limit on the size of its files, which any user may set: writes fail half-way, as on a full disk."""
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (3000, resource.RLIM_INFINITY))"
    with collecting(tmp_path, before=limit) as it:
        for _ in range(30):
            it.send(reading())
            time.sleep(0.005)
        it.wait(lambda: len(it.lines()) >= 9)
        for line in it.lines():
            json.loads(line)
        said = it.end()
    assert said.count("cannot be written") == 1 and "81.82" not in said
    state = it.state()
    assert state.received == 30 and state.written == len(it.lines()) < 30
    assert state.left_out["disk"] == 30 - state.written
    with collecting(tmp_path) as again:
        again.send(reading())
        again.wait(lambda: len(again.lines()) == state.written + 1)


Narrow = AbstractContextManager[tuple[Path, str, Callable[[Running], object]]]
"""A home with room for some 24 kB, what its collector does first, and what makes room."""


@contextmanager
def limited(home: Path) -> Iterator[tuple[Path, str, Callable[[Running], object]]]:
    """By a limit on the size of files, which anybody may set."""
    none = resource.RLIM_INFINITY
    yield (
        home,
        f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (24_000, {none}))",
        lambda it: resource.prlimit(it.process.pid, resource.RLIMIT_FSIZE, (none, none)),
    )


@contextmanager
def mounted(home: Path) -> Iterator[tuple[Path, str, Callable[[Running], object]]]:
    """By a small disk of its own; by the limit once more where this machine lets nobody mount one."""
    if (
        os.geteuid()
        or subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=64k", "none", str(home)], check=False, capture_output=True
        ).returncode
    ):
        with limited(home) as narrow:
            yield narrow
        return
    try:
        ballast = home / "ballast"
        ballast.write_bytes(bytes(24_000))
        yield home, "", lambda _: ballast.unlink()
    finally:
        subprocess.run(["umount", "-l", str(home)], check=False)


@pytest.mark.parametrize("narrow", [limited, mounted])
def test_a_disk_that_is_full_to_the_last_byte(tmp_path: Path, narrow: Callable[[Path], Narrow]) -> None:
    home = tmp_path / "disk"
    home.mkdir()
    with narrow(home) as (home, before, make_room), collecting(home, before=before) as it:
        it.send(*[reading() for _ in range(400)])
        it.wait(lambda: len(it.lines()) > 50)
        time.sleep(0.3)
        full = len(it.lines())
        assert full < 400
        make_room(it)
        it.send(reading("/privacy/"))
        it.wait(lambda: len(it.lines()) == full + 1)
        said = it.end()
        assert "cannot be written" in said and "is written again" in said
        assert [json.loads(line)["path"] for line in it.lines()][-2:] == ["/", "/privacy/"]
        assert it.state().left_out["disk"] == 400 - full


def test_a_second_one_does_not_start(tmp_path: Path) -> None:
    with collecting(tmp_path) as it:
        second = subprocess.run(
            [sys.executable, "-m", "kept", "collect"],
            env=environ(tmp_path),
            capture_output=True,
            text=True,
            timeout=20,
        )
        assert second.returncode == 1
        assert (
            second.stderr
            == f"Another collector already listens in {it.root}. Stop it first, or name another folder in"
            " KEPT_VISITS.\n"
        )
        it.send(reading())
        it.wait(lambda: len(it.lines()) == 1)


def test_one_that_stands_by_takes_over(tmp_path: Path) -> None:
    with (
        collecting(tmp_path) as first,
        subprocess.Popen(
            [sys.executable, "-m", "kept", "collect", "--stand-by"],
            env=environ(tmp_path),
            stderr=subprocess.PIPE,
            text=True,
        ) as second,
    ):
        try:
            assert (
                second.stderr
                and second.stderr.readline()
                == f"Another collector listens in {first.root}. This one takes over when it ends.\n"
            )
            first.send(reading())
            first.wait(lambda: len(first.lines()) == 1)
            first.end()
            first.wait((first.root / "collector.sock").exists)
            first.send(reading("/privacy/"))
            first.wait(lambda: len(first.lines()) == 2)
        finally:
            second.terminate()
        assert second.wait(timeout=20) == 0


def test_a_folder_whose_name_is_too_long_for_a_socket(tmp_path: Path) -> None:
    home = tmp_path / ("deep" * 40)
    home.mkdir()
    with collecting(home) as it:
        it.send(reading())
        it.wait(lambda: len(it.lines()) == 1)


@pytest.mark.parametrize(
    ("setting", "value", "said"),
    [("KEPT_COUNTRIES", "/nowhere.mmdb", "/nowhere.mmdb"), ("KEPT_MACHINE", "Web 1", "KEPT_MACHINE")],
)
def test_a_wrong_setting_is_one_sentence(tmp_path: Path, setting: str, value: str, said: str) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "kept", "collect"],
        env=environ(tmp_path, **{setting: value}),
        capture_output=True,
        text=True,
        timeout=20,
    )
    assert ran.returncode in (1, 2) and said in ran.stderr and len(ran.stderr.splitlines()) == 1


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "visits").write_text("no folder")
    ran = subprocess.run(
        [sys.executable, "-m", "kept", "collect"],
        env=environ(tmp_path),
        capture_output=True,
        text=True,
        timeout=20,
    )
    assert ran.returncode == 1 and "cannot be used" in ran.stderr and "Traceback" not in ran.stderr
