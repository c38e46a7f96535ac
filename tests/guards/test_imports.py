"""Imports flow down only: the nine contracts hold, and each of them sees a breach."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.guards.tree import copy_of_the_program, plant

BREACHES = {
    "Imports flow down only": (
        "kept/people/planted.py",
        "from kept.rights import flows\n",
        "kept.people.planted -> kept.rights",
    ),
    "Inside core": (
        "kept/core/ledger/planted.py",
        "from kept.core.vault import errors\n",
        "kept.core.ledger.planted -> kept.core.vault",
    ),
    "Touchpoints know nothing": (
        "kept/touchpoints/planted/__init__.py",
        "from kept.touchpoints.registrations import apps\n",
        "kept.touchpoints.planted -> kept.touchpoints.registrations",
    ),
    "The policy is plain Python": (
        "kept/core/policy/planted.py",
        "import django\n",
        "kept.core.policy.planted -> django",
    ),
    "The log of visits is plain Python": (
        "kept/visits_log/planted.py",
        "from kept.portal.regions import origins\n",
        "kept.visits_log.planted -> kept.portal.regions.origins",
    ),
    "Only the touchpoint of visits": (
        "kept/desk/planted_reader.py",
        "from kept.visits_log import events\n",
        "kept.desk.planted_reader -> kept.visits_log.events",
    ),
    "Only the ledger": (
        "kept/outbox/planted.py",
        "import cryptography\n",
        "kept.outbox.planted -> cryptography",
    ),
    "Only accounts says": (
        "kept/desk/planted.py",
        "from kept.core.vault.session_proofs import SessionProof\n",
        "kept.desk.planted -> kept.core.vault.session_proofs",
    ),
    "The models of core": (
        "kept/rights/planted.py",
        "from kept.core.ledger import models\n",
        "kept.rights.planted -> kept.core.ledger.models",
    ),
}


def lint(folder: Path) -> tuple[int, str]:
    linter = Path(sys.executable).with_name("lint-imports")
    ran = subprocess.run(
        [linter, "--no-cache"],
        cwd=folder,
        capture_output=True,
        text=True,
        env={"PYTHONPATH": str(folder), "PATH": "/usr/bin"},
    )
    return ran.returncode, ran.stdout + ran.stderr


def squeezed(text: str) -> str:
    """The linter breaks and aligns its lines; the guard reads the words."""
    return re.sub(r"\s+", " ", text)


@pytest.fixture(scope="module")
def spoilt(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What the linter says about a copy with every breach and a room called utils."""
    folder = copy_of_the_program(tmp_path_factory.mktemp("breaches"))
    for file, text, _ in BREACHES.values():
        plant(folder / file, text)
    plant(folder / "kept/utils/__init__.py", "")
    code, said = lint(folder)
    assert code == 1
    return squeezed(said)


def test_the_house_keeps_its_contracts(tmp_path: Path) -> None:
    code, said = lint(copy_of_the_program(tmp_path))
    assert code == 0, said
    assert "Contracts: 9 kept, 0 broken." in said


@pytest.mark.parametrize("contract", BREACHES)
def test_each_contract_sees_its_breach(spoilt: str, contract: str) -> None:
    assert re.search(rf"{re.escape(contract)}[^.]*? BROKEN", spoilt)
    assert BREACHES[contract][2] in spoilt


def test_a_room_without_a_place_is_seen(spoilt: str) -> None:
    assert re.search(r"kept\.utils", spoilt)
