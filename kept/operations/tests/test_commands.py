"""The command line as others script against it: exit 0 holds, 1 does not hold, 2 misuse; --json where it
reports.
"""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.conf import settings

from kept.__main__ import commands
from kept.operations.tests.conftest import Kept, environ


def test_help_names_every_command_at_once(tmp_path: Path, kept: Kept) -> None:
    begun = time.monotonic()
    said = kept(tmp_path / "none", "--help")
    assert said.returncode == 0
    assert time.monotonic() - begun < 5
    for name in commands():
        assert re.search(rf"\n    {name}\s", said.stdout), name


def test_help_needs_no_framework() -> None:
    code = (
        "import sys, kept.__main__ as main\ntry: main.main(['--help'])\nexcept SystemExit:"
        " pass\nsys.exit('django' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["sing"],
        ["check", "--sing"],
        ["run", "--port", "0"],
        ["demo", "--persons", "many"],
        ["import", "orders", "x"],
    ],
)
def test_misuse_ends_with_2(tmp_path: Path, kept: Kept, arguments: list[str]) -> None:
    said = kept(tmp_path / "none", *arguments)
    assert said.returncode == 2
    assert "Traceback" not in said.stderr


@pytest.mark.parametrize(
    ("env", "sentence"),
    [
        ({"KEPT_COLOUR": "red"}, "KEPT_COLOUR is not a setting."),
        ({"KEPT_SITE": "portal"}, "KEPT_SITE is wrong."),
        ({"KEPT_DATABASE_URL": "mysql://x/y"}, "KEPT_DATABASE_URL is wrong."),
        ({"KEPT_WORKERS": "two"}, "KEPT_WORKERS is wrong. Write a whole number."),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, kept: Kept, env: dict[str, str], sentence: str) -> None:
    said = kept(tmp_path / "none", "check", env=env)
    assert said.returncode == 2
    assert said.stderr.startswith(sentence)
    assert said.stderr.count("\n") == 1


def test_a_key_inside_the_home_is_refused(tmp_path: Path, kept: Kept) -> None:
    said = kept(tmp_path / "home", "check", env={"KEPT_MASTER_KEY_FILE": str(tmp_path / "home" / "key")})
    assert said.returncode == 2
    assert "a stolen backup would carry its own key" in said.stderr


@pytest.mark.parametrize("command", [["check"], ["ledger", "verify"], ["promises"], ["run"], ["worker"]])
def test_without_a_portal_there_is_a_sentence(tmp_path: Path, kept: Kept, command: list[str]) -> None:
    said = kept(tmp_path / "none", *command)
    assert said.returncode == 1
    assert "Traceback" not in said.stderr + said.stdout
    assert not (tmp_path / "none").exists() or not any((tmp_path / "none").iterdir())


def test_the_demo_holds(demo: Path, kept: Kept) -> None:
    for command in (["check", "--json"], ["ledger", "verify", "--json"]):
        said = kept(demo, *command)
        assert said.returncode == 0, said.stdout + said.stderr
        assert json.loads(said.stdout)["holds"] is True


def test_the_demo_names_its_people(demo: Path) -> None:
    mark = json.loads((demo / "demo").read_text())
    names = [email.split("@")[0] for email in mark["people"]]
    # The one of sales is a touchpoint's own, who sends what is ordered.
    assert names == ["alice", "bob", "charlie", "dana", "sales"]
    assert len(mark["password"]) >= 15


def test_the_demo_lies_sealed(demo: Path) -> None:
    raw = b"".join(file.read_bytes() for file in demo.glob("kept.sqlite3*"))
    for name in (b"Alice Lambert", b"Bob Martin", b"Charlie Weber", b"Dana Peeters", b"otter lantern gravel"):
        assert name not in raw
    # So that the test could fail at all.
    assert b"alice@example.com" in raw


def test_the_demo_refuses_a_home_that_is_not_empty(demo: Path, kept: Kept) -> None:
    before = (demo / "kept.sqlite3").stat().st_mtime_ns
    said = kept(demo, "demo")
    assert said.returncode == 1
    assert "is not empty, and nothing that exists is overwritten" in said.stderr
    assert (demo / "kept.sqlite3").stat().st_mtime_ns == before


def test_the_demo_leaves_an_existing_portal_alone_when_asked(demo: Path, kept: Kept) -> None:
    said = kept(demo, "demo", "--if-empty")
    assert (said.returncode, said.stdout) == (0, "")


@pytest.mark.parametrize("ending", [".key", ".sign"])
def test_the_demo_refuses_a_key_that_exists(tmp_path: Path, kept: Kept, ending: str) -> None:
    key = tmp_path / f"home{ending}"
    key.write_text("precious")
    said = kept(tmp_path / "home", "demo")
    assert said.returncode == 1
    assert key.read_text() == "precious"
    assert not (tmp_path / "home").exists()


def test_the_demo_lives_on_localhost_only(tmp_path: Path, demo: Path, kept: Kept) -> None:
    assert (
        "localhost only"
        in kept(tmp_path / "home", "demo", env={"KEPT_SITE": "https://portal.example.com"}).stderr
    )
    assert "localhost only" in kept(demo, "run", env={"KEPT_SITE": "https://portal.example.com"}).stderr
    assert "localhost only" in kept(demo, "run", env={"KEPT_BIND": "0.0.0.0"}).stderr
    assert not (tmp_path / "home").exists()


def test_a_founding_that_breaks_leaves_nothing(tmp_path: Path, kept: Kept) -> None:
    said = kept(tmp_path / "home", "demo", env={"KEPT_POLICY": str(tmp_path)})
    assert said.returncode == 1
    assert "company.toml" in said.stderr
    said = kept(
        tmp_path / "home", "setup", "--email", "dana@example.com", "--name", "Dana", "--role", "emperor"
    )
    assert said.returncode == 2
    assert "knows no role “emperor”" in said.stderr
    assert not list(tmp_path.glob("home.*"))
    assert not list((tmp_path / "home").glob("*"))


def test_a_wrong_and_a_missing_master_key_each_have_a_sentence(
    demo: Path, tmp_path: Path, kept: Kept
) -> None:
    home = copy_of(demo, tmp_path)
    other = tmp_path / "other"
    assert kept(other, "setup", "--email", "dana@example.com", "--name", "Dana").returncode == 0
    key = home.with_name("home.key")
    key.write_bytes(other.with_name("other.key").read_bytes())
    assert "not the master key the data was sealed with" in kept(home, "worker", "--once").stderr
    key.unlink()
    assert "master key" in kept(home, "run").stderr


def test_a_disk_that_cannot_be_written_has_a_sentence(demo: Path, tmp_path: Path, kept: Kept) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    said = kept(blocked / "home", "setup", "--email", "dana@example.com", "--name", "Dana")
    assert said.returncode == 1
    assert "cannot be made" in said.stderr and "Traceback" not in said.stderr


def test_a_database_that_does_not_answer_has_a_sentence(demo: Path, kept: Kept) -> None:
    said = kept(demo, "worker", env={"KEPT_DATABASE_URL": "postgresql://nobody:s3cret@127.0.0.1:9/kept"})
    assert said.returncode == 1
    assert "does not answer" in said.stderr
    assert "s3cret" not in said.stderr


def test_one_changed_byte_in_the_ledger_is_found(demo: Path, tmp_path: Path, kept: Kept) -> None:
    home = copy_of(demo, tmp_path)
    with sqlite3.connect(home / "kept.sqlite3") as database:
        seq, packed = database.execute("SELECT seq, packed FROM ledger_act ORDER BY seq LIMIT 1").fetchone()
        database.execute(
            "UPDATE ledger_act SET packed = ? WHERE seq = ?", (packed[:-1] + bytes([packed[-1] ^ 1]), seq)
        )
    said = kept(home, "ledger", "verify", "--json")
    assert said.returncode == 1
    assert json.loads(said.stdout)["findings"]


def test_setup_lets_the_first_member_of_staff_in_by_a_link(tmp_path: Path, kept: Kept) -> None:
    said = kept(
        tmp_path / "home",
        "setup",
        "--email",
        "dana@example.com",
        "--name",
        "Dana Peeters",
        "--role",
        "controller",
    )
    assert said.returncode == 0, said.stderr
    assert "http://localhost:8000/account/welcome/" in said.stdout
    assert (tmp_path / "home").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "home.key").stat().st_mode & 0o777 == 0o600
    assert not (tmp_path / "home" / "demo").exists()


def test_an_import_says_first_and_saves_when_told(demo: Path, tmp_path: Path, kept: Kept) -> None:
    home, file = copy_of(demo, tmp_path), tmp_path / "serials.csv"
    file.write_text("serial,product\n1000009,M10-48-2K5\n")
    dry = kept(home, "import", "serials", str(file))
    assert dry.returncode == 0, dry.stdout + dry.stderr
    assert "Nothing is saved yet." in dry.stdout and "--apply" in dry.stdout
    assert json.loads(kept(home, "import", "serials", str(file), "--apply", "--json").stdout)["saved"] is True


def test_an_import_with_a_fault_names_line_and_column_and_saves_nothing(
    demo: Path, tmp_path: Path, kept: Kept
) -> None:
    file = tmp_path / "serials.csv"
    file.write_text("serial,product\n1000009,M10-48-2K5\n1000008,M10-48-2K5\n")
    said = kept(demo, "import", "serials", str(file), "--apply", "--json")
    report = json.loads(said.stdout)
    assert said.returncode == 1
    assert report["saved"] is False
    assert report["problems"][0].startswith("line 3, column “serial”")


def copy_of(home: Path, folder: Path) -> Path:
    """The same portal somewhere else, for a test that breaks it."""
    twin = folder / "home"
    twin.mkdir()
    for ending in (".key", ".sign"):
        key = folder / f"home{ending}"
        key.write_bytes(home.with_name(home.name + ending).read_bytes())
        key.chmod(0o600)
    for file in home.iterdir():
        if file.is_file():
            (twin / file.name).write_bytes(file.read_bytes())
    return twin


def test_no_setting_of_the_machine_gets_in() -> None:
    assert not [name for name in environ(Path("/x")) if name.startswith("KEPT_") and name != "KEPT_HOME"]


def test_a_version_that_would_stop_the_portal_is_not_published(
    demo: Path, tmp_path: Path, kept: Kept
) -> None:
    home, folder = copy_of(demo, tmp_path), tmp_path / "policy"
    shutil.copytree(settings.KEPT_POLICY, folder)
    cookies = folder / "cookies.toml"
    cookies.write_text(cookies.read_text().replace("kept_session", "other_session"))
    env = {"KEPT_POLICY": str(folder)}
    said = kept(home, "policy", "publish", env=env)
    assert said.returncode == 1
    assert "kept.E010" in said.stderr and "--even-if-it-stops-the-portal" in said.stderr
    assert "version 2" not in kept(home, "policy", "show").stdout
    said = kept(home, "policy", "publish", "--even-if-it-stops-the-portal", env=env)
    assert said.returncode == 0, said.stderr
    assert "The version that waits for its day will stop the portal" in kept(home, "worker", "--once").stderr


@pytest.mark.parametrize(
    ("form", "begins"),
    [
        ("fideslang", "organization:"),
        ("dpv", '{\n  "@context"'),
        ("csv", "Controller,Address"),
        ("html", "<!doctype html>"),
    ],
)
def test_the_map_is_written_in_each_form(demo: Path, kept: Kept, form: str, begins: str) -> None:
    said = kept(demo, "map", "--format", form)
    assert said.returncode == 0
    assert said.stdout.startswith(begins)
    assert "Help with a product" in said.stdout
