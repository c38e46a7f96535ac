"""What a command says to whoever typed it, and how it ends early: exit 0 holds, 1 does not hold, 2 misuse."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from typing import Any


class Stop(Exception):
    """A command ends with a sentence for whoever typed it. ``code`` is 1 (does not hold) or 2 (misuse)."""

    def __init__(self, sentence: str, code: int = 2) -> None:
        super().__init__(sentence)
        self.code = code


def takes_json(parser: argparse.ArgumentParser) -> None:
    """Give a command its --json."""
    parser.add_argument("--json", action="store_true", help="report as one JSON object")


def report(options: argparse.Namespace, *, holds: bool, lines: Sequence[str], data: Mapping[str, Any]) -> int:
    """Print and return the exit code. ``data`` stands in the JSON beside ``holds``."""
    if options.json:
        print(json.dumps({"holds": holds, **data}, ensure_ascii=False, indent=1, default=str))
    else:
        print("\n".join(lines))
    return 0 if holds else 1


_STATES = {
    "kept": "kept",
    "waiting": "waiting",
    "unmeasured": "not measured yet",
    "unproven": "not proven",
    "broken": "broken",
}


def tally(count: Mapping[str, int]) -> str:
    """How many promises stand where, on one line: "47 promises: 41 kept, 6 not proven, 0 broken"."""
    always = ("kept", "broken")
    said = [
        f"{count.get(state, 0)} {word}"
        for state, word in _STATES.items()
        if count.get(state) or state in always
    ]
    return f"{sum(count.values())} promises: {', '.join(said)}"
