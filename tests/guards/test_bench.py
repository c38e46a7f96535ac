"""The benches still run, on the database of this run: small and quick, their figures mean nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

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


def _environ() -> dict[str, str]:
    """What this test run set up for itself is none of the benches' business."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("KEPT_", "DJANGO_")) or name == "KEPT_TEST_DATABASE_URL"
    }
