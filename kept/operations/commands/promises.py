"""kept promises: ask the proofs now, and say what they said."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace

from django.utils import timezone

from kept.core.ledger import versions
from kept.core.register.proving import proof_results, proofs
from kept.promises import pages
from kept.terminal import tally

HELP = "Every promise with its state: kept, broken, waiting, not measured yet or not proven."


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="say it as JSON")
    parser.add_argument(
        "--now", action="store_true", help="ask the slow proofs too, however lately they were asked"
    )


def run(options: Namespace) -> int:
    """Exit 1 when a promise is broken."""
    proof_results.prove(None if options.now else proof_results.due(timezone.now(), or_quick=True))
    policy = versions.current().policy
    rows = pages.promise_rows(policy, proof_results.latest(policy))
    count = pages.count(rows)
    if options.json:
        print(json.dumps({"count": count, "promises": [_as_data(row) for row in rows]}, indent=2))
    else:
        for row in rows:
            print("\n".join(_lines(row)))
        print(tally(count))
    return 1 if count[proofs.BROKEN] else 0


def _as_data(row: pages.Shown) -> dict[str, str]:
    return {
        "row": row.promise.row,
        "id": row.promise.id,
        "state": row.state,
        "figure": row.figure,
        "text": row.text,
        "unseen": row.unseen,
    }


def _lines(row: pages.Shown) -> list[str]:
    more = [
        row.figure,
        row.text if row.state in (proofs.BROKEN, proofs.UNMEASURED) else "",
        f"Not seen: {row.unseen}" if row.unseen else "",
    ]
    return [
        f"{row.promise.row:<4} {row.state:<11} {row.promise.statement}",
        *(f"{'':17}{line}" for line in more if line),
    ]
