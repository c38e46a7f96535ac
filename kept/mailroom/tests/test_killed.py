"""Kill -9 anywhere between a mail's first byte and its request: none is lost whose sender heard 250, and
none is taken in twice.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from kept.mailroom import tests

ROOT = Path(tests.__file__).parents[3]
PROGRAM = """
import sys, django
from pathlib import Path
django.setup()
from kept.mailroom.tests import killing
killing.main(Path(sys.argv[1]), Path(sys.argv[2]))
"""


@pytest.fixture
def place() -> Iterator[Path]:
    """In memory where the machine has such a folder: a killed process loses nothing the system has taken."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None) as folder:
        yield Path(folder)


def test_a_death_at_every_statement_and_every_write(place: Path) -> None:
    home = place / "home"
    home.mkdir(mode=0o700)
    clean = {name: value for name, value in os.environ.items() if not name.startswith("KEPT_")}
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(home), str(place / "run")],
        env={**clean, "DJANGO_SETTINGS_MODULE": "kept.settings", "KEPT_HOME": str(home)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=900,
    )
    assert ran.returncode == 0, ran.stderr[-3000:]
    result = json.loads(ran.stdout.splitlines()[-1])
    assert result["wrong"] == [], ran.stderr[-3000:]
    assert result["receiving"] >= 5 and result["giving"] > 40
