"""A demo company made once, by the command itself, for the tests that run the program for real."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from kept.operations.tests.demo_copies import demo_house
from kept.operations.tests.houses import environ

Kept = Callable[..., "subprocess.CompletedProcess[str]"]


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
    return demo_house(tmp_path_factory.mktemp("demo")).home
