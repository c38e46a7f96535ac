"""Kill -9 at every step of an erasure: a restart ends fully erased, or fully undone, never half, never said
to be done before it is.
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

from kept.rights.erasure import tests

ROOT = Path(tests.__file__).parents[4]
PROGRAM = """
import sys, django
from pathlib import Path
django.setup()
from kept.rights.erasure.tests import killing
killing.main(Path(sys.argv[1]), Path(sys.argv[2]))
"""


@pytest.fixture
def place() -> Iterator[Path]:
    """In memory where the machine has such a folder: a killed process loses nothing the system has taken, so
    no disk need be waited for.
    """
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None) as folder:
        yield Path(folder)


def test_a_death_at_every_statement_and_every_write(place: Path) -> None:
    home = place / "home"
    home.mkdir(mode=0o700)
    (place / "elsewhere").mkdir()
    clean = {name: value for name, value in os.environ.items() if not name.startswith("KEPT_")}
    env = {
        **clean,
        "DJANGO_SETTINGS_MODULE": "kept.settings",
        "KEPT_HOME": str(home),
        "KEPT_ERASURES": str(place / "elsewhere"),
    }
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(home), str(place / "run")],
        env=env,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=900,
    )
    assert ran.returncode == 0, ran.stderr[-3000:]
    result = json.loads(ran.stdout.splitlines()[-1])
    assert result["wrong"] == [], ran.stderr[-3000:]
    assert result["deaths"] > 150 and result["states"] > 12
