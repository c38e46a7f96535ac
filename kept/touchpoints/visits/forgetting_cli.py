"""``kept visits forget-import [FILE-OR-NUMBER…]``: an import is taken back, or those there are are listed."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from dataclasses import asdict
from typing import Any

from django.conf import settings

from kept.terminal import Stop, report, takes_json
from kept.touchpoints.visits import log_folder
from kept.visits_log.importing import forgetting, read_marks
from kept.visits_log.importing.judging.timestamps import written
from kept.visits_log.importing.read_marks import Busy, Log
from kept.visits_log.importing.reading import Unreadable
from kept.visits_log.storing.rollups import Unsummed

HELP = "Take back what an import of logs brought in. Without a name it lists what was imported."


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "imports",
        nargs="*",
        metavar="FILE-OR-NUMBER",
        help="the log as it was imported, or the number the list shows; logs that share a day go together",
    )
    takes_json(parser)


def run(options: Namespace) -> int:
    """Exit 0; 1 when something of it stays, 2 for what was not imported."""
    places = log_folder.places()
    if not options.imports:
        logs = sorted(read_marks.read(places).logs.values(), key=lambda log: log.id)
        lines = [_line(log) for log in logs] or ["No log was imported."]
        return report(options, holds=True, lines=lines, data={"imports": [_data(log) for log in logs]})
    try:
        done = forgetting.run(options.imports, places, settings.TIME_ZONE)
    except Unreadable as wrong:
        raise Stop(str(wrong), wrong.code) from None
    except (Busy, Unsummed) as wrong:
        raise Stop(f"{wrong} Then run it again.", 1) from None
    except OSError as wrong:
        raise Stop(
            f"The folder of visits {places.root} cannot be written ({wrong.strerror}). Run it again.", 1
        ) from None
    return report(options, holds=done.whole, lines=lines_of(done), data=asdict(done))


def lines_of(done: forgetting.Forgotten) -> list[str]:
    """What a person reads in the end."""
    many = f"{len(done.days):,} {'day was' if len(done.days) == 1 else 'days were'}"
    told = [f"Of {' and '.join(done.imports)}, {many} taken back and summed up anew."]
    if done.mixed:
        others = sorted({other for of in done.mixed.values() for other in of})
        told.append(
            f"These days hold visits of {' and '.join(others)} too, read as one log with it, and stay until"
            f" all of them are named in one command: {', '.join(sorted(done.mixed))}."
        )
    if done.untold:
        told.append(
            "These days were packed before it was noted which logs a day is of, and stay: nobody can tell"
            f" whether they hold another's visits: {', '.join(done.untold)}."
        )
    if done.over:
        told.append(
            f"The term of these days is over; their sums alone are left, and stay: {', '.join(done.over)}."
        )
    return told


def _line(log: Log) -> str:
    days = _data(log)["days"]
    of = f"{len(days):,} days, {days[0]} to {days[-1]}" if days else "no day noted"
    return f"{log.id}  {log.read:,} bytes  {of}"


def _data(log: Log) -> dict[str, Any]:
    days = sorted({written(day) for _, day in log.packed_days()})
    return {"number": log.id, "bytes": log.read, "days": days}
