"""A demo company made once, by the command itself, for the tests that run the program for real."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from django.conf import settings

Kept = Callable[..., "subprocess.CompletedProcess[str]"]


def environ(home: Path, **more: str) -> dict[str, str]:
    """A clean environment with a home of its own: no setting of the machine, and none of the test run, gets
    in.
    """
    plain = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("KEPT_") and name != "DJANGO_SETTINGS_MODULE"
    }
    return {**plain, "KEPT_HOME": str(home), "PYTHONPATH": str(settings.KEPT_POLICY.parent.parent), **more}


def run(
    home: Path, *arguments: str, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "kept", *arguments]
    return subprocess.run(
        command, env=environ(home, **(env or {})), capture_output=True, text=True, timeout=120, check=False
    )


@pytest.fixture
def kept() -> Kept:
    """kept(home, "check", "--json"): the command in a process of its own."""
    return run


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A KEPT_HOME with the demo company. Shared: tests leave it as they find it."""
    home = tmp_path_factory.mktemp("demo") / "home"
    made = run(home, "demo", "--persons", "30")
    assert made.returncode == 0, made.stderr
    return home
