"""``kept retention``: delete now what is due; with ``--dry-run`` say what would be deleted, by which
clause.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from dataclasses import asdict

from kept.core.register.terms import lifetimes
from kept.retention import report as counted
from kept.retention import sweep
from kept.terminal import report, takes_json

HELP = "Delete now what has lived out its term; --dry-run says what would go, and by which clause."


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--dry-run", action="store_true", help="count what is due, and delete nothing")
    takes_json(parser)


def run(options: Namespace) -> int:
    """Exit 0; 1 when the clock cannot be believed, and nothing was deleted."""
    clock = lifetimes.Clock()
    if options.dry_run:
        found = counted.waiting(clock)
        data = {
            "at": clock.now.isoformat(),
            "due": [asdict(figure) for figure in found],
            "next": counted.next_run(),
        }
        return report(options, holds=True, lines=counted.lines(found, "due"), data=data)
    if not sweep.believed(clock.now):
        line = (
            "The clock went far ahead of anything seen before, so nothing is deleted until"
            f" {counted.held_until()}. Check the clock."
        )
        return report(options, holds=False, lines=[line], data={"held_until": counted.held_until()})
    before = counted.died(clock.now)
    sweep.sweep(clock)
    found = counted.since(before, counted.died(clock.now))
    return report(
        options,
        holds=True,
        lines=counted.lines(found, "deleted"),
        data={"at": clock.now.isoformat(), "deleted": [asdict(figure) for figure in found]},
    )
