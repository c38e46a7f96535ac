"""``kept ledger verify``: the whole ledger derived again from its rows."""

from __future__ import annotations

import argparse

from django.utils import timezone

from kept.core.ledger import checkpoint, sign
from kept.core.ledger.verify import verify
from kept.terminal import report, takes_json

HELP = "Check the ledger: one changed byte in any row, tile, checkpoint or version is found."


def arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", metavar="verify", required=True)
    below = verbs.add_parser("verify", help="derive everything again and compare")
    takes_json(below)


def run(options: argparse.Namespace) -> int:
    found = verify(now=timezone.now())
    latest = checkpoint.latest()
    size = checkpoint.head_of(latest).size if latest else 0
    key = sign.fingerprint()
    end = f"The ledger holds: {size:,} entries in the tree, signed with the key {key}." if not found else "The ledger does not hold."
    return report(options, holds=not found, lines=[*found, end], data={"entries": size, "key": key, "findings": found})
