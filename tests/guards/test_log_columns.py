"""A new column of the log of visits touches ``dimensions.py`` and where its value is first heard: from there
it goes to the packed days, the sums, the reports and every page that tells of them.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

from kept.visits_log.places import Places
from kept.visits_log.storing import packer
from kept.visits_log.storing.tests.logs import NOON, visit, written
from tests.guards.tree import ROOT, copy_of_the_program, replace_in

OLD = "2026-11-18"
COLUMN = """    Column(
        "device",
        "agent.device",
        _("the kind of device"),
        _("In the hand, or on a desk."),
        "desk",
        values=frozenset({"phone", "desk", ""}),
    ),
)
TYPES = {"""
REPORT = """    _of_visit("devices", "device", _("Devices"), _("Device"), "who"),
)
REPORTS: dict"""


def plant(program: Path) -> set[Path]:
    """A column of what the agent says, with a report of its own. Which files were touched."""
    dimensions, agents = (program / "kept" / "visits_log" / name for name in ("dimensions.py", "agents.py"))
    replace_in(dimensions, r"^\)\nTYPES = \{", COLUMN)
    replace_in(dimensions, r"^\)\nREPORTS: dict", REPORT)
    replace_in(agents, r"^    bot: bool$", '    bot: bool\n    device: str = ""')
    replace_in(
        agents,
        r"_known\(system, SYSTEMS\), bot\)$",
        '_known(system, SYSTEMS), bot, "phone" if "Mobile" in agent else "desk")',
    )
    return {dimensions, agents}


def test_a_new_column_touches_three_files_at_most(tmp_path: Path) -> None:
    program, places = tmp_path / "program", Places(tmp_path / "visits")
    # A day that is packed already lacks it, and is told of with the others.
    written(
        places, [one for n in range(20) for one in visit(n, "/products/", day=OLD, minute=NOON - 2 * 1440)]
    )
    packer.pack(places, date(2026, 11, 19))
    copy_of_the_program(program)
    shutil.copytree(ROOT / "tests" / "guards", program / "tests" / "guards")
    shutil.copy(ROOT / "tests" / "__init__.py", program / "tests")
    assert len(plant(program)) <= 3
    surroundings = {
        name: value for name, value in os.environ.items() if not name.startswith(("KEPT_", "PYTHONPATH"))
    } | {"DJANGO_SETTINGS_MODULE": "kept.settings", "KEPT_DEBUG": "yes", "KEPT_HOME": str(tmp_path / "home")}
    walked = subprocess.run(
        [sys.executable, "-m", "tests.guards.planted_column", str(tmp_path)],
        cwd=program,
        env=surroundings,
        capture_output=True,
        text=True,
    )
    assert walked.stdout == "It goes all the way.\n", walked.stdout + walked.stderr[-3000:]
