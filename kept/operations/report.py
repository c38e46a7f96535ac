"""What a command reports: lines for people, or one JSON object with --json. Exit 0 holds, 1 does not hold."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from typing import Any


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
