"""Kill -9 at every step of an erasure: a restart ends fully erased, or fully undone, never half, never said to be done before it is."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from kept.rights.erasure import tests

PROGRAM = Path(tests.__file__).with_name("killing.py")


def test_a_death_at_every_statement_and_every_write(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    (tmp_path / "elsewhere").mkdir()
    clean = {name: value for name, value in os.environ.items() if not name.startswith("KEPT_")}
    env = {**clean, "DJANGO_SETTINGS_MODULE": "kept.settings", "KEPT_HOME": str(home), "KEPT_ERASURES": str(tmp_path / "elsewhere")}
    ran = subprocess.run(
        [sys.executable, "-m", "kept.rights.erasure.tests.killing", str(home), str(tmp_path / "run")],
        env=env, cwd=PROGRAM.parents[4], capture_output=True, text=True, timeout=900,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr[-3000:]
    result = json.loads(ran.stdout.splitlines()[-1])
    assert result["wrong"] == [], ran.stderr[-3000:]
    assert result["deaths"] > 150 and result["states"] > 12
