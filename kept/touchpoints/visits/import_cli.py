"""``kept visits import FILE…``: logs of nginx or Apache become packed days."""

from __future__ import annotations

import time
from argparse import ArgumentParser, Namespace
from urllib.parse import urlsplit

from django.conf import settings

from kept.portal.regions.mmdb_tables import TableError
from kept.portal.regions.origins import Origins
from kept.terminal import Stop, report, takes_json
from kept.touchpoints.visits import log_folder, vocabulary
from kept.visits_log import scrub
from kept.visits_log.importing import flows
from kept.visits_log.importing.formats import recognition
from kept.visits_log.importing.read_marks import Busy
from kept.visits_log.importing.reading import Unreadable

HELP = (
    "Import logs of Apache, nginx, Caddy, IIS or AWS's load balancer, plain, gz, bz2, xz or zst. What was"
    " imported before is not counted again."
)


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "files",
        nargs="+",
        metavar="FILE",
        help="a log, or - for standard input; logs that follow each other are read as one",
    )
    parser.add_argument(
        "--site",
        action="append",
        default=[],
        metavar="HOST",
        help=(
            "the host the log is of, whose own links are no referrers (may be repeated; left out: the one"
            " most links come from)"
        ),
    )
    parser.add_argument(
        "--format",
        choices=list(recognition.NAMES),
        default="",
        help=f"the format the logs are in: {recognition.ALL} (left out: found by the first lines)",
    )
    takes_json(parser)


def run(options: Namespace) -> int:
    """Exit 0; 1 when a log is in none of the formats, or a log is damaged; 2 for what cannot be read at
    all.
    """
    site = flows.Site(
        zone=settings.TIME_ZONE,
        origins=_origins(),
        hosts=frozenset(_host(text) for text in options.site),
        known=vocabulary.known,
        now=int(time.time()) // 60,
        format=options.format,
    )
    try:
        done = flows.run(options.files, log_folder.places(), site)
    except Unreadable as wrong:
        raise Stop(str(wrong), wrong.code) from None
    except Busy as wrong:
        raise Stop(str(wrong), 1) from None
    return report(options, holds=done.holds, lines=lines(done), data=data(done))


def _origins() -> Origins:
    try:
        return Origins.open(settings.KEPT_COUNTRIES, settings.KEPT_PROVIDERS)
    except TableError as wrong:
        raise Stop(str(wrong)) from None


def _host(text: str) -> str:
    host = scrub.host(text)
    if not host or urlsplit(f"//{text}").path:
        raise Stop("--site wants a host, like www.example.com.")
    return host


def lines(done: flows.Report) -> list[str]:
    """What a person reads in the end."""
    told = list(done.said)
    if done.lines:
        told.append(
            f"{done.lines:,} lines read in {done.seconds:.1f} s ({data(done)['lines_per_second']:,} a"
            " second)."
        )
        told.append(
            f"{done.counted:,} counted, on {len(done.days)} {'day' if len(done.days) == 1 else 'days'}."
        )
        told += [f"{count:,} refused: {reason}." for reason, count in done.refused.most_common()]
    if done.again:
        told.append(f"{done.again:,} more had been read before.")
    if done.sites:
        told.append(
            f"Links within {', '.join(done.sites)} are no referrers. Say --site HOST where that is another."
        )
    told += [
        f"{name} is in none of the formats that are read here: {recognition.ALL}." for name in done.strange
    ]
    if not done.holds and not done.strange:
        told.append("No line of it could be read.")
    return told


def data(done: flows.Report) -> dict[str, object]:
    return {
        "lines": done.lines,
        "counted": done.counted,
        "refused": dict(done.refused.most_common()),
        "read_before": done.again,
        "days": sorted(done.days),
        "sites": done.sites,
        "seconds": round(done.seconds, 3),
        "seconds_summing_up": round(done.summing, 3),
        "lines_per_second": round(done.lines / done.seconds) if done.seconds else 0,
        "said": done.said,
        "in_no_format": done.strange,
    }
