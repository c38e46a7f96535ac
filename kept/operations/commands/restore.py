"""``kept restore DIR``: into an empty KEPT_HOME, and whoever was erased since is forgotten again before
anything can be served.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from django.utils import timezone

from kept.operations.backups.drill import Report, leave_note, verify_all
from kept.operations.backups.restore import Restored, restore
from kept.terminal import report, takes_json

HELP = (
    "Restore a backup into an empty KEPT_HOME, and forget again everybody who was erased since it was made."
)


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "backup", type=Path, metavar="DIR", help="a backup's folder, or the folder of all: then the newest"
    )
    parser.add_argument(
        "--verify", action="store_true", help="afterwards derive everything again, and say whether it holds"
    )
    parser.add_argument(
        "--erasures",
        action="append",
        default=[],
        type=Path,
        metavar="FILE",
        help="an erasures.jsonl besides the one in KEPT_ERASURES",
    )
    parser.add_argument(
        "--nobody-was-erased",
        action="store_true",
        help="restore without any record of erasures, where there is none to be had",
    )
    takes_json(parser)


def run(options: argparse.Namespace) -> int:
    def say(line: str) -> None:
        if not options.json:
            print(line, flush=True)

    done = restore(
        options.backup, erasures=options.erasures, nobody_erased=options.nobody_was_erased, say=say
    )
    checked = verify_all(done) if options.verify else Report([], list(done.differences))
    holds = not checked.findings
    noted = options.verify and holds and leave_note(done.folder, done.manifest.id, at=timezone.now())
    data = {
        "backup": str(done.folder),
        "at": done.manifest.at.isoformat(timespec="seconds"),
        "erasures": len(done.records),
        "forgotten_again": done.erased,
        "verified": options.verify,
        "findings": checked.findings,
        "noted": noted,
    }
    return report(
        options,
        holds=holds,
        lines=[*_lines(done), *checked.lines, *checked.findings, *_end(options, holds, noted)],
        data=data,
    )


def _lines(done: Restored) -> list[str]:
    lines = ["A restore that was killed here before was taken away first."] if done.unfinished else []
    lines.append(
        f"Restored from {done.folder}. {done.erased:,} people who were erased since were found in it, and are"
        " forgotten again."
    )
    lines.append(
        "Everybody signs in anew: a session that was ended since must not live again. The policy folder as it"
        " was lies in KEPT_HOME/policy."
    )
    if done.older:
        lines.append(
            f"{done.older} Do that on the machine that serves people from now on, and not on one for drills."
        )
    return lines


def _end(options: argparse.Namespace, holds: bool, noted: bool) -> list[str]:
    if not holds:
        return ["The restore does not hold."]
    if not options.verify:
        return []
    return ["The restore holds." + (" A signed note of this drill lies beside the backup." if noted else "")]
