"""Take any touchpoint away, one line: check, migrations and a walk through the portal still pass, and what it
promised sleeps.

And put one in: its folder and one line are enough for its table, files, entries, kind of act and setting.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from tests.guards.tree import ROOT, copy_of_the_program, replace_in

TOUCHPOINTS = [app for app in settings.INSTALLED_APPS if app.startswith("kept.touchpoints.")]


def walk(home: Path, taken_away: str) -> subprocess.CompletedProcess[str]:
    """In a process of its own, on SQLite, in an empty home."""
    kept_out = {name: value for name, value in os.environ.items() if not name.startswith("KEPT_")}
    surroundings = kept_out | {
        "DJANGO_SETTINGS_MODULE": "tests.guards.without",
        "TAKEN_AWAY": taken_away,
        "KEPT_HOME": str(home),
    }
    return subprocess.run(
        [sys.executable, "-m", "tests.guards.walk"],
        cwd=ROOT,
        env=surroundings,
        capture_output=True,
        text=True,
    )


def test_the_walk_passes_with_everything_in_place(tmp_path: Path) -> None:
    walked = walk(tmp_path / "home", "")
    assert walked.returncode == 0, walked.stdout + walked.stderr[-2000:]


@pytest.mark.parametrize("touchpoint", TOUCHPOINTS)
def test_it_can_be_taken_away(tmp_path: Path, touchpoint: str) -> None:
    walked = walk(tmp_path / "home", touchpoint)
    assert walked.returncode == 0, walked.stdout + walked.stderr[-2000:]


def test_a_room_that_others_stand_on_cannot(tmp_path: Path) -> None:
    """The walk sees what it must: without the outbox nothing holds."""
    assert walk(tmp_path / "home", "kept.outbox").returncode != 0


class House:
    """A copy of the program with one touchpoint more, or one less again, and a home for it."""

    def __init__(self, folder: Path) -> None:
        self.program, self.home, self.backups = folder / "program", folder / "home", folder / "backups"
        copy_of_the_program(self.program)
        shutil.copytree(
            ROOT / "tests" / "guards",
            self.program / "tests" / "guards",
            ignore=shutil.ignore_patterns("__pycache__"),
        )
        shutil.copy(ROOT / "tests" / "__init__.py", self.program / "tests")
        shutil.copytree(
            ROOT / "tests" / "guards" / "borrowing", self.program / "kept" / "touchpoints" / "borrowing"
        )

    def says(self, *arguments: object, home: Path | None = None) -> subprocess.CompletedProcess[str]:
        keys = {
            "KEPT_MASTER_KEY_FILE": str(self.home) + ".key",
            "KEPT_SIGNING_KEY_FILE": str(self.home) + ".sign",
        }
        kept_out = {
            name: value for name, value in os.environ.items() if not name.startswith(("KEPT_", "PYTHONPATH"))
        }
        surroundings = (
            kept_out
            | keys
            | {
                "DJANGO_SETTINGS_MODULE": "kept.settings",
                "KEPT_DEBUG": "yes",
                "KEPT_HOME": str(home or self.home),
            }
        )
        command = [sys.executable, "-m", *map(str, arguments)]
        return subprocess.run(command, cwd=self.program, env=surroundings, capture_output=True, text=True)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    made = House(tmp_path_factory.mktemp("planted"))
    settings_file = made.program / "kept" / "settings.py"
    replace_in(
        settings_file,
        '^    "kept.touchpoints.visits",$',
        '    "kept.touchpoints.visits",\n    "kept.touchpoints.borrowing",',
    )
    walked = made.says("tests.guards.planted_walk", made.backups)
    assert walked.returncode == 0, walked.stdout + walked.stderr[-2000:]
    return made


def test_one_more_is_a_folder_and_one_line(house: House) -> None:
    """Its table, setting, page, entries, kind of act, and place in what a person sees: read by the walk.

    Here, that all of it comes back.
    """
    there = house.home.with_name("restored")
    said = house.says("kept", "restore", house.backups, "--nobody-was-erased", home=there)
    assert said.returncode == 0, said.stdout + said.stderr[-2000:]
    assert [path.name for path in (there / "borrowing").iterdir()] == ["machines.txt"]
    with sqlite3.connect(there / "kept.sqlite3") as database:
        assert database.execute("SELECT count(*) FROM borrowing_loan").fetchone() == (1,)


def test_a_restore_without_it_says_what_is_missing(house: House) -> None:
    """Before anything is written: its files would belong nowhere."""
    settings_file = house.program / "kept" / "settings.py"
    replace_in(settings_file, '\n    "kept.touchpoints.borrowing",', "")
    there = house.home.with_name("without")
    said = house.says("kept", "restore", house.backups, "--nobody-was-erased", home=there)
    assert said.returncode == 1 and "borrowing" in said.stderr, said.stderr
    assert not there.exists()
