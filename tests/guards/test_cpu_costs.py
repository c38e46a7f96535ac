"""A folder whose tests cost more than its budget turns the run red, wherever the seconds were spent."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.cpu_costs import REFERENCE, Costs, folder_of, over_budget
from tests.guards.tree import ROOT

BUDGETS = ROOT / "tests" / "cpu_budgets.toml"
# Ten turns of the loop are 0.3 seconds of the reference, on any machine.
BURN = "from tests.cpu_costs import reference_loop\nfor _ in range(10): reference_loop()\n"
PLANTED = {
    "itself": f"def test_slow():\n    exec({BURN!r})\n",
    "a process it waits for": (
        f"import subprocess, sys\ndef test_slow():\n    subprocess.run([sys.executable, '-c', {BURN!r}])\n"
    ),
    "a process that runs on": (
        "import subprocess, sys, pytest\n"
        "@pytest.fixture(scope='session')\n"
        "def portal():\n"
        f"    code = {BURN!r} + 'print(1, flush=True)\\ninput()'\n"
        "    with subprocess.Popen([sys.executable, '-c', code], stdin=-1, stdout=-1) as running:\n"
        "        yield running\n"
        "        running.communicate(b'.')\n"
        "def test_slow(portal):\n    portal.stdout.readline()\n"
        "def test_quick(portal):\n    pass\n"
    ),
}


def run(place: Path, budget: float, *more: str) -> subprocess.CompletedProcess[str]:
    budgets = place / "budgets.toml"
    budgets.write_text(f'"kept/planted" = {budget}\n"each touchpoint" = 0\n')
    plugin = [
        "-p",
        "tests.cpu_costs",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:django",
        "--cpu-budgets",
        str(budgets),
    ]
    return subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-c",
            "pytest.ini",
            *plugin,
            "--cpu-budgets",
            str(budgets),
            *more,
        ],
        cwd=place,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTEST_ADDOPTS": ""},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def plant(place: Path, test: str) -> Path:
    folder = place / "kept" / "planted" / "tests"
    folder.mkdir(parents=True)
    (place / "pytest.ini").write_text("[pytest]\n")
    (folder / "test_slow.py").write_text(test)
    return place


@pytest.mark.parametrize("where", PLANTED)
def test_a_slow_folder_turns_the_run_red(tmp_path: Path, where: str) -> None:
    red = run(plant(tmp_path, PLANTED[where]), 0.15)
    assert red.returncode == 1, red.stdout + red.stderr
    assert "kept/planted takes" in red.stdout and "its budget is" in red.stdout, red.stdout
    assert "kept/planted/tests/test_slow.py::test_slow" in red.stdout


def test_workers_add_up_and_within_the_budget_it_is_green(tmp_path: Path) -> None:
    """Two of 0.3 seconds each: neither worker is over 0.45 by itself."""
    place = plant(tmp_path, PLANTED["itself"] + PLANTED["itself"].replace("test_slow", "test_also_slow"))
    assert run(place, 0.45, "-n", "2").returncode == 1
    green = run(place, 3.0)
    assert green.returncode == 0 and "its budget is" not in green.stdout, green.stdout + green.stderr


def test_a_slow_machine_breaks_no_budget() -> None:
    quick, slow = Costs(loops=[REFERENCE]), Costs(loops=[REFERENCE * 3, REFERENCE * 5])
    quick.tests["kept/a/tests/test_b.py::test_c"], slow.tests["kept/a/tests/test_b.py::test_c"] = 10.0, 40.0
    assert quick.scaled() == slow.scaled()


def test_a_folder_without_a_budget_is_named_and_a_new_touchpoint_has_one() -> None:
    said = over_budget({"kept/new": 0.5, "kept/touchpoints/new": 99.0}, {"each touchpoint": 100.0})
    assert len(said) == 1 and said[0].startswith("kept/new takes")


@pytest.mark.parametrize(
    ("test", "folder"),
    [
        ("kept/rights/erasure/tests/test_a.py::test_b", "kept/rights"),
        ("kept/core/vault/tests/test_a.py::test_b[x/y]", "kept/core/vault"),
        ("kept/touchpoints/visits/storing/tests/test_a.py::test_b", "kept/touchpoints/visits"),
        ("tests/guards/test_a.py::test_b", "tests/guards"),
        ("tests/test_a.py::test_b", "tests"),
    ],
)
def test_a_test_belongs_to_its_room(test: str, folder: str) -> None:
    assert folder_of(test) == folder


def test_every_folder_with_tests_has_a_budget_and_no_other() -> None:
    tests = [
        path.relative_to(ROOT).as_posix()
        for base in ("kept", "tests")
        for path in (ROOT / base).rglob("test_*.py")
    ]
    budgets = tomllib.loads(BUDGETS.read_text(encoding="utf-8"))
    there = {folder_of(test) for test in tests}
    assert set(budgets) - there == {"each touchpoint"}
    assert all("/touchpoints/" in folder for folder in there - set(budgets))
