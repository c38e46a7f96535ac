"""A field without a declaration, a purpose taken out, a proof deleted, a cookie undeclared: each stops ``kept
check`` with a line of its own.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.guards.tree import copy_of_the_program, file_with, replace_in

LINES = {
    "a new field": "accounts.StaffMember.shoe_size belongs to a person, but nothing says what it is.",
    "a purpose taken out": " names the purpose auditing, and purposes.toml does not have it.",
    "a proof deleted": "promises.toml: one-id (P9) rests on the proof accounts.one_id, and no code gives it.",
    "a cookie undeclared": "sets the cookie kept_csrf, and cookies.toml lacks it.",
}


def kept_check(program: Path, home: Path) -> tuple[int, list[dict[str, str]]]:
    home.mkdir()
    kept_out = {
        name: value for name, value in os.environ.items() if not name.startswith(("KEPT_", "DJANGO_"))
    }
    surroundings = kept_out | {
        "KEPT_HOME": str(home),
        "KEPT_POLICY": str(program / "policies/cet-power"),
        "PYTHONPATH": str(program),
    }
    ran = subprocess.run(
        [sys.executable, "-m", "kept", "check", "--json"],
        cwd=program,
        env=surroundings,
        capture_output=True,
        text=True,
    )
    assert ran.returncode in (0, 1), ran.stderr
    return ran.returncode, json.loads(ran.stdout)["findings"]


@pytest.fixture(scope="module")
def spoilt(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, str]]:
    """What ``kept check`` says about a copy with all four."""
    folder = tmp_path_factory.mktemp("spoilt")
    program = copy_of_the_program(folder)
    models = file_with(program / "kept/accounts", "class StaffMember(")
    replace_in(
        models,
        r"(class StaffMember.*?)(    role = )",
        r"\1    shoe_size = models.IntegerField(null=True)\n\2",
    )
    replace_in(program / "policies/cet-power/purposes.toml", r"^\[auditing\]\n.*?(?=^\[)", "")
    for file in (program / "policies/cet-power/text").glob("*.md"):
        replace_in(file, r"; purposes: auditing\}", "}")
    for file in (program / "policies/cet-power/words").glob("*.toml"):
        replace_in(file, r"^\[purposes\.auditing\]\n.*?(?=^\[)", "")
    replace_in(program / "policies/cet-power/cookies.toml", r'purpose = "auditing"', 'purpose = "security"')
    replace_in(program / "policies/cet-power/cookies.toml", r"^\[form-guard\]\n.*?(?=^[#\[])", "")
    (program / "kept/accounts/proofs.py").write_text("", encoding="utf-8")
    code, found = kept_check(program, folder / "home")
    assert code == 1
    return found


@pytest.mark.parametrize("breach", LINES)
def test_each_breach_stops_the_check_with_its_own_line(spoilt: list[dict[str, str]], breach: str) -> None:
    (finding,) = [finding for finding in spoilt if finding["message"].endswith(LINES[breach])]
    assert finding["level"] == "structural"
    assert finding["hint"]


def test_nothing_is_found_where_nothing_is_wrong(tmp_path: Path) -> None:
    program = copy_of_the_program(tmp_path)
    code, found = kept_check(program, tmp_path / "home")
    assert [finding for finding in found if finding["level"] == "structural"] == []
    assert code == 0
