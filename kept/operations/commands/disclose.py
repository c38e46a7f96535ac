"""``kept disclose --dry-run``: what of a proposed feed the policy would let through, before a contract."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from dataclasses import asdict
from pathlib import Path

from django.utils import timezone

from kept.disclosures.dry_run import DryRun, FeedWrong, dry_run
from kept.outbox.send_rules import DoorClosed
from kept.terminal import Stop, report, takes_json

HELP = "Say what of a proposed feed the policy lets go to a recipient; --dry-run sends and keeps nothing."


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--dry-run", type=Path, metavar="FILE", help="a table as CSV; its first line names columns"
    )
    parser.add_argument("--to", required=True, metavar="RECIPIENT", help="a recipient of recipients.toml")
    parser.add_argument("--purpose", required=True, metavar="PURPOSE", help="a purpose of purposes.toml")
    takes_json(parser)


def run(options: Namespace) -> int:
    """Exit 0 when all of it may go; 1 when a column, or all of it, may not."""
    if options.dry_run is None:
        raise Stop(
            "Nothing is handed over from a file: what leaves, leaves from where it is kept. Write --dry-run"
            " FILE to see what the policy would let through."
        )
    try:
        with options.dry_run.open(encoding="utf-8-sig", newline="") as lines:
            found = dry_run(lines, recipient=options.to, purpose=options.purpose, today=timezone.localdate())
    except (OSError, UnicodeDecodeError) as wrong:
        raise Stop(f"{options.dry_run} cannot be read as UTF-8 text ({type(wrong).__name__}).") from None
    except FeedWrong as wrong:
        raise Stop(f"{options.dry_run}: {wrong}") from None
    except DoorClosed as closed:
        return report(options, holds=False, lines=[closed.said], data={"refused": closed.kind})
    return report(options, holds=found.whole, lines=list(_lines(found)), data=asdict(found))


def _lines(found: DryRun) -> list[str]:
    lines = [f"Goes: {column} ({kind})." for column, kind in found.goes.items()]
    lines += found.left_out.values()
    lines += [
        f"“{column}” is no kind of data that the policy knows. Name the column by a field id or a category."
        for column in found.unknown
    ]
    if found.uneven:
        lines.append(f"{found.uneven:,} rows have more or fewer cells than the first line.")
    lines.append(str(found.prepared))
    return [*lines, found.closed] if found.closed else lines
