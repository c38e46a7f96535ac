"""The benches still run, on the database of this run: small and quick, their figures mean nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from django.db import connection

from bench import results
from bench.figure import Figure

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.each_database
def test_every_bench_runs_and_writes_its_table(tmp_path: Path) -> None:
    results = tmp_path / "RESULTS.md"
    command = [
        sys.executable,
        "-m",
        "bench",
        "--quick",
        "--databases",
        connection.vendor,
        "--results",
        str(results),
    ]
    run = subprocess.run(
        command, cwd=ROOT, env=_environ(), capture_output=True, text=True, timeout=240, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr
    text = results.read_text(encoding="utf-8")
    for figure in (
        "decide + open",
        "list page",
        "exact look-up",
        "copy of 204 rows",
        "2 queued copies",
        "erase a person of 121 rows",
        "keys rewrapped",
        "retention of",
        "inclusion proof",
        "kept check",
        "Your data",
        "choices recorded over HTTP",
        "a day dropped",
        "lines of a web server's log imported",
        "packages installed",
    ):
        assert f"| {figure}" in text


def _found(bench: str, measured: float, reached: bool) -> list[results.Section]:
    figure = Figure("a step and its half", measured, "ms", 2.0, "raw", measured / 2, "≤ 5 ×", reached)
    tables = [{"bench": bench, "about": "How long.\n\nAnd why.", "figures": [asdict(figure)]}]
    return results.sections({"version": "SQLite 3.40.1", "tables": tables}, "small")


def test_a_part_measured_alone_takes_its_own_place_and_the_others_say_that_they_are_older(
    tmp_path: Path,
) -> None:
    file = tmp_path / "RESULTS.md"
    first = [*_found("bulk", 30, False), *_found("copies", 4, True)]
    results.write(file, first)
    assert results.read(file.read_text()) == first and results.OLDER not in file.read_text()
    again = [replace(one, measured=one.measured + " Anew.") for one in _found("bulk", 6, True)]
    results.write(file, again)
    text = file.read_text()
    assert results.read(text) == [*again, first[1]], "in the same place, and nothing else is lost"
    assert text.count(results.OLDER) == 1 and "2 of 2 targets are reached" in text
    assert f"{results.OLDER}{first[1].measured}" in text


def test_what_misses_its_target_heads_the_file(tmp_path: Path) -> None:
    file = tmp_path / "RESULTS.md"
    results.write(file, _found("bulk", 30, False))
    assert "0 of 1 targets are reached" in file.read_text()
    assert results.not_reached(results.read(file.read_text())) == [
        "SQLite, bulk: a step and its half: 15.00 ×, target ≤ 5 ×"
    ]


def test_a_quick_run_stands_alone(tmp_path: Path) -> None:
    file = tmp_path / "RESULTS.md"
    results.write(file, _found("copies", 4, True))
    results.write(file, _found("bulk", 4, True), quick=True)
    assert [one.name for one in results.read(file.read_text())] == ["bulk"]


def test_the_results_of_the_house_are_what_the_program_wrote() -> None:
    text = results.FILE.read_text(encoding="utf-8")
    every = results.read(text)
    older = [one.measured for one in every if f"{results.OLDER}{one.measured}" in text]
    assert results.render(every, {one.measured for one in every} - set(older)) == text
    assert [one.name for one in results.FILE.parent.glob("RESULTS*")] == ["RESULTS.md"]


def _environ() -> dict[str, str]:
    """What this test run set up for itself is none of the benches' business."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("KEPT_", "DJANGO_")) or name == "KEPT_TEST_DATABASE_URL"
    }
