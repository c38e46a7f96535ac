"""``kept ledger verify``: the whole ledger derived again from its rows."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from django.utils import timezone

from kept.core.ledger.notes import checkpoint, sign
from kept.core.ledger.verifying.offline import ProofBroken
from kept.core.ledger.verifying.verify import verify
from kept.operations.checking import local
from kept.operations.checking.evidence import EvidenceBroken, recognise
from kept.terminal import Stop, report, takes_json

HELP = "Check the ledger: one changed byte in any row, tile, checkpoint or version is found."


def arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", metavar="verify", required=True)
    below = verbs.add_parser("verify", help="derive everything again and compare")
    below.add_argument(
        "--checkpoint",
        type=Path,
        nargs="+",
        action="extend",
        default=[],
        metavar="FILE",
        help="kept elsewhere: checkpoints, mails, receipts or copies that this ledger must continue",
    )
    takes_json(below)


def run(options: argparse.Namespace) -> int:
    found = [*_against(options.checkpoint), *verify(now=timezone.now())]
    latest = checkpoint.latest()
    size = checkpoint.head_of(latest).size if latest else 0
    key = sign.fingerprint()
    end = (
        f"The ledger holds: {size:,} entries in the tree, signed with the key {key}."
        if not found
        else "The ledger does not hold."
    )
    if options.checkpoint and not found:
        end += (
            f" It continues all that was kept in {len(options.checkpoint)}"
            f" {'file' if len(options.checkpoint) == 1 else 'files'}."
        )
    return report(
        options, holds=not found, lines=[*found, end], data={"entries": size, "key": key, "findings": found}
    )


def _against(files: list[Path]) -> Iterator[str]:
    """What somebody kept, and this ledger does not continue. Raises Stop for a file that is not there."""
    key = sign.keys()
    for file in files:
        if not file.is_file():
            raise Stop(
                f"{file} is not a file. Name the checkpoint, the mail, the receipt or the copy that was kept."
            )
        try:
            kept = recognise(file, key)
            verdict = local.judge(kept)
        except (EvidenceBroken, ProofBroken) as broken:
            yield f"{file}: {broken}"
            continue
        if not kept.heads:
            yield f"{file}: there is no checkpoint in it that the ledger could be held to."
        yield from (f"{file}: {said}" for said in verdict.against)
