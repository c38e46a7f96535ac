"""docs/verifying.md: its vectors are what the code does, and its script, which uses none of the code, says
the same of them.
"""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from kept.__main__ import main
from kept.core.ledger.notes import signed_note
from kept.core.ledger.tree import merkle
from kept.core.ledger.tree.row_format import canonical
from kept.core.ledger.verifying import offline
from kept.operations.checking.tests import vectors

SCRIPT = vectors.FILE.with_name("verify.py")
PUBLISHED = json.loads(vectors.FILE.read_text("utf-8")) if vectors.FILE.exists() else {"cases": []}


def test_the_vectors_are_what_the_code_does() -> None:
    assert vectors.FILE.read_text("utf-8") == vectors.written()
    assert sum(not one["holds"] for one in PUBLISHED["cases"]) > 10


def test_each_step_is_what_it_says() -> None:
    steps, key = PUBLISHED["steps"], PUBLISHED["key"]
    assert all(canonical(one["value"]).hex() == one["utf8"] for one in steps["canonical"])
    head = offline.read_head(steps["checkpoint"], key)
    assert offline.check_under(steps["proof"], head).hash.hex() in [part["hash"] for part in steps["parts"]]
    assert merkle.leaf_hash(bytes.fromhex(steps["leaf"])).hex() == steps["leaves"][3]
    assert signed_note.verifier(key).name == "portal.example.com/ledger"


def test_the_script_is_short_and_uses_no_code_of_ours() -> None:
    source = SCRIPT.read_text("utf-8")
    assert len(source.splitlines()) < 100 and "kept." not in source.replace("kept.key", "")
    outside = {
        line.split()[1].split(".")[0] for line in source.splitlines() if line.startswith(("from ", "import "))
    }
    assert outside - {"argparse", "datetime", "hashlib"} <= {"cryptography", "argparse,"}


@pytest.mark.parametrize("case", PUBLISHED["cases"], ids=lambda case: case["name"])
def test_the_script_judges_every_vector(case: dict[str, Any], tmp_path: Path) -> None:
    said = judged(PUBLISHED["key"], case, tmp_path)
    assert said.returncode == (0 if case["holds"] else 1), said.stdout + said.stderr
    assert (said.stdout if case["holds"] else said.stderr).startswith(
        "Holds" if case["holds"] else "Does not hold: "
    ), said.stderr


@pytest.mark.parametrize(
    "case",
    [case for case in PUBLISHED["cases"] if not {"old", "days", "tiles"} & {*case}],
    ids=lambda case: case["name"],
)
def test_our_own_code_judges_them_alike(case: dict[str, Any], tmp_path: Path) -> None:
    file = tmp_path / f"kept.{case['ending']}"
    file.write_bytes(base64.b64decode(case["file"]))
    keys = tmp_path / "keys.json"
    keys.write_text(json.dumps(case.get("keys", {"format": "kept keys 1", "successions": []})))
    key = case.get("key", PUBLISHED["key"])
    assert main(["verify", str(file), "--key", key, "--keys", str(keys)]) == (0 if case["holds"] else 1)


def judged(key: str, case: dict[str, Any], place: Path) -> subprocess.CompletedProcess[str]:
    """The script, run by a Python of its own that finds nothing of ours."""
    file, old = place / f"kept.{case['ending']}", place / "old.zip"
    file.write_bytes(base64.b64decode(case["file"]))
    more: list[str] = []
    if "old" in case:
        old.write_bytes(base64.b64decode(case["old"]))
        more += ["--old", str(old)]
    for name, content in case.get("tiles", {}).items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes(content.encode() if name == "checkpoint" else bytes.fromhex(content))
    more += ["--tiles", f"{place.as_uri()}/"] if "tiles" in case else []
    if "keys" in case:
        (place / "keys.json").write_text(json.dumps(case["keys"]), "utf-8")
        more += ["--keys", str(place / "keys.json")]
    more += ["--days", str(case["days"])] if "days" in case else []
    return subprocess.run(
        [sys.executable, "-I", str(SCRIPT), case.get("key", key), str(file), *more],
        capture_output=True,
        text=True,
        check=False,
    )
