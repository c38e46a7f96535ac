"""``kept reconcile``: database and second place compared, and mended where the right database is lost."""

from __future__ import annotations

import argparse

from kept.core import second_place
from kept.core.ledger.fold import fold
from kept.core.ledger.notes import checkpoint_copies, reconciliation
from kept.core.ledger.notes.continuation import Continuation
from kept.operations import comparison
from kept.rights.erasure import records
from kept.terminal import report, takes_json

HELP = (
    "Compare the database with the second place (KEPT_ERASURES), and go on from what there is where the right"
    " database is lost."
)


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--go-on",
        action="store_true",
        help=(
            "the newest database is lost: forget again who was erased, and begin a continuation of the ledger"
            " that says so publicly"
        ),
    )
    takes_json(parser)


def run(options: argparse.Namespace) -> int:
    if second_place.folder() is None:
        line = (
            "No second place is named, so there is nothing to compare with. Name a folder on another disk or"
            " host in KEPT_ERASURES."
        )
        return report(options, holds=True, lines=[line], data={"second_place": None})
    lines = list(_mended()) if options.go_on else []
    said = comparison.look()
    lines += said.lines
    if not said.lines:
        lines.append(_agree())
    data = {
        "second_place": str(second_place.folder()),
        "differences": said.differences,
        "attention": said.attention,
    }
    return report(options, holds=not said.lines, lines=lines, data=data)


def _mended() -> list[str]:
    """First the people, then the ledger; each may be run again after it was killed."""
    lines = []
    if unknown := records.unknown():
        found = records.replay(unknown)
        lines.append(
            f"Erasures that were replayed: {len(unknown):,}. Of people who were here again, and are forgotten"
            f" again: {found:,}."
        )
    if checkpoint_copies.difference():
        lines.append(_told(reconciliation.go_on()))
    fold()
    checkpoint_copies.write_down()
    records.ship(records.missing())
    return lines


def _told(said: Continuation | None) -> str:
    if said is None:
        return (
            "The second place begins anew, with the newest checkpoint and every erasure that is still"
            " remembered."
        )
    return (
        f"The ledger of {said.ended_size:,} entries ended, and goes on from entry {said.size:,}. That is"
        " signed, in the ledger and in the second place, and is told at /privacy/check/: say so to those who"
        " may keep a checkpoint from between."
    )


def _agree() -> str:
    lacking = checkpoint_copies.lacking() + len(records.missing())
    if lacking:
        return (
            f"They agree. The second place lacks {lacking:,} newer lines; the worker writes them there within"
            " an hour."
        )
    return "They agree: every checkpoint and every erasure is written down in both."
