"""Which commands there are: files in ``kept/operations/commands/``, and in ``commands/`` of any touchpoint.

A command is a file with ``HELP``, ``arguments(parser)`` and ``run(options) -> int``. ``DJANGO = False`` in it
says that it works without settings, database or KEPT_HOME; ``BESIDE_THE_WEB`` that ``kept run`` starts it as
a process of its own, and is the process's name there, ``BESIDE_THE_WEB_WITH`` the arguments it then gets,
``BESIDE_THE_WEB_IF`` settings of which one must be there;
``NEEDS`` which settings that process gets to see, and it sees no others. The constants are read without
importing any file, so that ``kept --help`` answers at once.
"""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

KEPT = Path(__file__).resolve().parent.parent
PLACES = ("operations/commands", "touchpoints/*/commands")


def commands() -> dict[str, dict[str, Any]]:
    """Every command by name, with its module and the plain constants its file opens with (HELP, DJANGO,
    …).
    """
    files = [file for place in PLACES for file in KEPT.glob(f"{place}/[a-z]*.py")]
    return {file.stem.rstrip("_"): _constants(file) for file in sorted(files, key=lambda file: file.stem)}


def _constants(file: Path) -> dict[str, Any]:
    module = ".".join(file.relative_to(KEPT.parent).with_suffix("").parts)
    found: dict[str, Any] = {"module": module}
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if (
            isinstance(node, ast.Assign)
            and isinstance(node.value, ast.Constant)
            and isinstance(node.targets[0], ast.Name)
        ):
            found[node.targets[0].id] = node.value.value
    return found
