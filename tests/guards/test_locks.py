"""What is installed is what was locked: by hash, from no address of its own, and fresh against
pyproject.toml.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.guards.tree import ROOT

LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
ADDRESS = re.compile(r"file:|https?:|git\+|--(extra-)?index|--find-links|-f\s|-e\s|@\s", re.IGNORECASE)
PINNED = re.compile(r"([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)")


def faults(text: str) -> list[str]:
    """What is wrong with a lock, one line each."""
    found = [f"an address: {line.strip()}" for line in text.splitlines() if ADDRESS.search(line)]
    entries = re.split(r"\n(?=\S)", text.strip())
    for entry in entries:
        if entry.startswith("#"):
            continue
        if not PINNED.match(entry):
            found.append(f"not pinned: {entry.splitlines()[0]}")
        elif "--hash=sha256:" not in entry:
            found.append(f"no hash: {entry.splitlines()[0]}")
    return found


def pins(name: str) -> dict[str, str]:
    text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
    return {
        canonicalize_name(found[1]): found[2]
        for found in re.finditer(rf"^{PINNED.pattern}", text, re.MULTILINE)
    }


def stale(wanted: list[str], locked: dict[str, str]) -> list[str]:
    """Requirements of pyproject.toml that the lock does not meet."""
    needed = [Requirement(line) for line in wanted]
    return [
        str(need)
        for need in needed
        if not need.specifier.contains(locked.get(canonicalize_name(need.name), "0"))
    ]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_a_lock_is_pinned_hashed_and_names_no_address(lock: Path) -> None:
    assert faults(lock.read_text(encoding="utf-8")) == []


def test_the_locks_are_fresh() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = project["project"]["dependencies"]
    assert stale(wanted, pins("run.txt")) == []
    assert stale([*wanted, *project["dependency-groups"]["test"]], pins("test.txt")) == []


def test_nothing_is_locked_that_pyproject_forgot() -> None:
    """A package is asked for by the project or by another package; the lock's own notes say which."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = {canonicalize_name(Requirement(line).name) for line in project["project"]["dependencies"]}
    text = (ROOT / "requirements" / "run.txt").read_text(encoding="utf-8")
    ours = {
        canonicalize_name(entry.split("==")[0].split("[")[0])
        for entry in re.split(r"\n(?=\S)", text)
        if "via kept (pyproject.toml)" in entry or "#   kept (pyproject.toml)" in entry
    }
    assert ours == wanted


def test_tests_run_on_the_versions_that_serve() -> None:
    serving, testing = pins("run.txt"), pins("test.txt")
    assert {name: testing.get(name) for name in serving} == serving


def test_the_runtime_stays_small() -> None:
    assert len(pins("run.txt")) <= 80


@pytest.mark.parametrize(
    "line",
    [
        "six @ file:///tmp/six.whl --hash=sha256:0",
        "--index-url https://example.com/simple",
        "six==1.0",
        "six>=1 --hash=sha256:0",
        "-e .",
    ],
)
def test_a_bad_line_is_seen(line: str) -> None:
    assert faults(line)


def test_a_stale_lock_is_seen() -> None:
    assert stale(["django>=99"], pins("run.txt")) == ["django>=99"]
    assert stale(["never-locked>=1"], pins("run.txt")) == ["never-locked>=1"]
