"""``kept <command>``: exit 0 holds, 1 does not hold, 2 misuse.

A command is a file in ``kept/operations/commands/`` with ``HELP``, ``arguments(parser)`` and ``run(options) -> int``.
``DJANGO = False`` in it says that it works without settings, database or KEPT_HOME. The list and its help are read
without importing any of them, so that ``kept --help`` answers at once.
"""

from __future__ import annotations

import argparse
import ast
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from kept.environment import SettingError
from kept.operations.stop import Stop

COMMANDS = Path(__file__).resolve().parent / "operations" / "commands"
MISUSE = 2


def commands() -> dict[str, dict[str, Any]]:
    """Every command by name, with the plain constants its file opens with (HELP, DJANGO)."""
    return {file.stem: _constants(file) for file in sorted(COMMANDS.glob("[a-z]*.py"))}


def _constants(file: Path) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and isinstance(node.targets[0], ast.Name):
            found[node.targets[0].id] = node.value.value
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. Returns its exit code; argparse itself exits with 2 on misuse."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    known = commands()
    parser = argparse.ArgumentParser(prog="kept", description="A customer portal whose published privacy policy is the program.")
    listed = parser.add_subparsers(dest="command", metavar="<command>", required=True)
    chosen = arguments[0] if arguments and arguments[0] in known else None
    try:
        for name, constants in known.items():
            below = listed.add_parser(name, help=constants["HELP"], description=constants["HELP"], add_help=name != "manage")
            if name == chosen:
                module = _load(name, constants)
                module.arguments(below)
        options = parser.parse_args(arguments)
        return int(module.run(options) or 0)
    except (SettingError, Stop) as wrong:
        print(wrong, file=sys.stderr)
        return getattr(wrong, "code", MISUSE)
    except BrokenPipeError:
        # The reader went away (`kept … | head`). Nothing is wrong here.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _load(name: str, constants: dict[str, Any]) -> Any:
    if constants.get("DJANGO", True):
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kept.settings")
        import_module("django").setup()
    return import_module(f"kept.operations.commands.{name}")


if __name__ == "__main__":
    sys.exit(main())
