"""``kept <command>``: exit 0 holds, 1 does not hold, 2 misuse. ``known_commands`` says which there are."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any

from kept.environment import SettingError
from kept.operations.known_commands import commands
from kept.terminal import Stop

DOES_NOT_HOLD, MISUSE = 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. Returns its exit code; argparse itself exits with 2 on misuse."""
    try:
        return _run(list(sys.argv[1:] if arguments is None else arguments))
    except (SettingError, Stop) as wrong:
        print(wrong, file=sys.stderr)
        return getattr(wrong, "code", MISUSE)
    except BrokenPipeError:
        # The reader went away (`kept … | head`). Nothing is wrong here.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return DOES_NOT_HOLD
    except Exception as error:
        said = _sentence(error)
        if said is None:
            raise
        print(said, file=sys.stderr)
        return DOES_NOT_HOLD


def _run(arguments: list[str]) -> int:
    known = commands()
    parser = argparse.ArgumentParser(
        prog="kept", description="A customer portal whose published privacy policy is the program."
    )
    listed = parser.add_subparsers(dest="command", metavar="<command>", required=True)
    chosen = None
    for name, constants in known.items():
        below = listed.add_parser(
            name, help=constants["HELP"], description=constants["HELP"], add_help=name != "manage"
        )
        if name == (arguments[0] if arguments else None):
            chosen = _load(constants)
            chosen.arguments(below)
    options = parser.parse_args(arguments)
    # The parser ends the program itself when no command was chosen.
    assert chosen is not None
    return int(chosen.run(options) or 0)


def _load(constants: dict[str, Any]) -> Any:
    if constants.get("DJANGO", True):
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kept.settings")
        import_module("django").setup()
    return import_module(constants["module"])


def _sentence(error: Exception) -> str | None:
    """What an operator can do about an error, if they can.

    Only programs that speak to the database can ask.
    """
    django = sys.modules.get("django.apps")
    return (
        import_module("kept.operations.silence.failure_sentences").sentence_of(error)
        if django and django.apps.ready
        else None
    )


if __name__ == "__main__":
    sys.exit(main())
