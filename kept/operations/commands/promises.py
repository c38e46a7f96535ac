"""kept promises: ask every proof now, and say what it said."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace

from kept.core.ledger import versions
from kept.core.register import answers, proofs
from kept.promises import pages

HELP = "Every promise with its state: kept, broken, waiting or not proven."


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="say it as JSON")


def run(options: Namespace) -> int:
    """Exit 1 when a promise is broken."""
    answers.prove()
    policy = versions.current().policy
    rows = pages.promise_rows(policy, answers.latest(policy))
    count = pages.count(rows)
    if options.json:
        listed = [{"row": row.promise.row, "id": row.promise.id, "state": row.state, "figure": row.figure, "text": row.text} for row in rows]
        print(json.dumps({"count": count, "promises": listed}, indent=2))
    else:
        for row in rows:
            print(f"{row.promise.row:<4} {row.state:<9} {row.promise.statement}" + (f"\n{'':15}{row.figure}" if row.figure else ""))
        print(", ".join(f"{number} {state}" for state, number in count.items()))
    return 1 if count[proofs.BROKEN] else 0
