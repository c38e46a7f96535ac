"""``kept visits``: pack finished days, report on them, bring in logs of a web server, or take them back."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from datetime import date, timedelta

from django.conf import settings
from django.utils import timezone

from kept.terminal import Stop, report, takes_json
from kept.touchpoints.visits import forgetting_cli as forgetting
from kept.touchpoints.visits import import_cli as importing
from kept.touchpoints.visits import log_folder
from kept.visits_log import reports
from kept.visits_log.places import Places
from kept.visits_log.reports import Row, Table
from kept.visits_log.storing.engine import EngineStopped
from kept.visits_log.storing.packer import pack
from kept.visits_log.storing.rollups import Unsummed

HELP = "Visits to the site: pack finished days, report on them, import the logs of a web server."
LINES = 20
"""Rows of a report when all are asked for at once."""


def arguments(parser: argparse.ArgumentParser) -> None:
    below = parser.add_subparsers(dest="verb", metavar="pack|report|import|forget-import", required=True)
    packing = below.add_parser(
        "pack", help="pack the logs of finished days and sum them up; the worker does so every hour"
    )
    takes_json(packing)
    reporting = below.add_parser("report", help="show a report, or all of them")
    reporting.add_argument("name", nargs="?", metavar="NAME", help=", ".join(reports.names()))
    reporting.add_argument(
        "--from",
        dest="since",
        type=_day,
        metavar="YYYY-MM-DD",
        help="the first day (30 days before the last)",
    )
    reporting.add_argument(
        "--to", dest="until", type=_day, metavar="YYYY-MM-DD", help="the last day (the last that is counted)"
    )
    reporting.add_argument(
        "--exact",
        action="store_true",
        help="count every event, for who runs the site: what the public report leaves out is in it",
    )
    takes_json(reporting)
    importing.arguments(below.add_parser("import", help=importing.HELP, description=importing.HELP))
    forgetting.arguments(below.add_parser("forget-import", help=forgetting.HELP, description=forgetting.HELP))


def run(options: argparse.Namespace) -> int:
    places = log_folder.places()
    if options.verb == "import":
        return importing.run(options)
    if options.verb == "forget-import":
        return forgetting.run(options)
    return _pack(places, options) if options.verb == "pack" else _report(places, options)


def _pack(places: Places, options: argparse.Namespace) -> int:
    """Exit 0; 1 when a log still grows, and waits."""
    try:
        done = pack(places, timezone.localdate(), zone=settings.TIME_ZONE)
    except OSError as wrong:
        raise Stop(
            f"The folder of visits {places.root} cannot be written ({wrong.strerror}). The logs stay; run it"
            " again.",
            code=1,
        ) from None
    except Unsummed as wrong:
        raise Stop(str(wrong), code=1) from None
    except EngineStopped as wrong:
        raise Stop(f"The logs could not be packed: {wrong}. They stay; run it again.", code=1) from None
    days = f"{len(done.days):,} {'day' if len(done.days) == 1 else 'days'}"
    lines = [
        (
            f"{done.events:,} events of {days} were packed."
            if done.days
            else "No finished day waits to be packed. Today is packed when it is over."
        )
    ]
    if done.broken:
        lines.append(f"{done.broken:,} broken {'line was' if done.broken == 1 else 'lines were'} left aside.")
    lines += [f"{name} still grows though its day is over, and waits." for name in done.waiting]
    return report(options, holds=not done.waiting, lines=lines, data=asdict(done))


def _report(places: Places, options: argparse.Namespace) -> int:
    """Exit 0; 2 for a name or a range that is none."""
    if options.name is not None and options.name not in reports.names():
        raise Stop(f"There is no report called {options.name[:40]}. There are: {', '.join(reports.names())}.")
    there = reports.span(places)
    until = options.until or (there[1] if there else timezone.localdate())
    since = options.since or max(until - timedelta(days=29), min(there[0], until) if there else date.min)
    try:
        tables = [
            reports.report(places, name, since, until, exact=options.exact)
            for name in ([options.name] if options.name else reports.names())
        ]
    except ValueError as wrong:
        raise Stop(str(wrong)) from None
    except EngineStopped as wrong:
        raise Stop(
            f"The report could not be made: {wrong}. Ask for fewer days, with --from and --to.",
            code=1,
        ) from None
    first = tables[0]
    lines = [
        *first.said,
        *(
            [f"Visits from {first.since} to {first.until}{', every event counted' if options.exact else ''}."]
            if first.since
            else []
        ),
    ]
    if first.since:
        lines += [line for table in tables for line in _lines(table, None if options.name else LINES)]
    data = {
        "since": first.since,
        "until": first.until,
        "exact": options.exact,
        "said": first.said,
        "reports": {one.name: _data(one) for one in tables},
    }
    return report(options, holds=True, lines=lines, data=data)


def _lines(table: Table, many: int | None) -> list[str]:
    """A title, and the rows in columns."""
    rows = [_cells(table, row) for row in table.rows[:many]]
    heads = ["", table.columns[-1] if table.name != "time" else "Times read", ""]
    wide = max((len(row[0]) for row in rows), default=0)
    body = [f"  {row[0]:<{min(wide, 70)}}  {row[1]:>12}  {row[2]}".rstrip() for row in rows]
    if many is not None and len(table.rows) > many:
        body.append(f"  … and {len(table.rows) - many:,} more: kept visits report {table.name}")
    if table.others:
        body.append("  Others: <10 each, or left out so that no difference tells of fewer than ten.")
    return [
        "",
        f"{table.title} ({heads[1].lower()})",
        *(body or ["  Nothing was counted ten times or more."]),
    ]


def _cells(table: Table, row: Row) -> tuple[str, str, str]:
    key = (
        f"{row.key} → {row.key2}"
        if row.key2
        else row.key
        or ("none" if table.name in ("referrers", "sources", "mediums", "campaigns") else "unknown")
    )
    count = f"{row.shown:,}" if row.shown is not None else "<10"
    share = f"{row.share:6.1%}" if row.share is not None else ""
    return key[:70], count, f"{share}  {row.minutes_mean:g} min" if row.minutes_mean is not None else share


def _data(table: Table) -> dict[str, object]:
    rows = [
        {
            key: value
            for key, value in asdict(row).items()
            if key in ("key", "shown") or value not in (None, "")
        }
        for row in table.rows
    ]
    return {"title": table.title, "rows": rows, "total": table.total, "others": table.others}


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text[:20]!r} is no day. Write it like 2026-11-25.") from None
