"""kept requests: what people asked and nobody answered yet, with the day each is due.

No name, no word of theirs.
"""

from __future__ import annotations

import argparse

from django.utils import timezone

from kept.core.ledger import versions
from kept.rights.requests.at_the_desk import board
from kept.rights.requests.course import clock
from kept.rights.requests.models import Request
from kept.terminal import report, takes_json

HELP = "Open questions and requests with the day each is due. Exit code 1 when one is late."
ROW = "{:<12} {:<12} {:<14} {:<10}  {:<10}  {:>5}  {}"


def arguments(parser: argparse.ArgumentParser) -> None:
    takes_json(parser)


def run(options: argparse.Namespace) -> int:
    company, now = versions.current().policy.company, timezone.now()
    lines = [
        board.line(row.by(company), now) for row in Request.objects.open().order_by("due", "received_at")
    ]
    late = sum(line.request.late(now) for line in lines)
    found = [
        {
            "reference": line.request.reference,
            "kind": line.request.kind,
            "controller": line.region.id,
            "received": clock.day(line.request.received_at, line.region).isoformat(),
            "due": line.due.isoformat(),
            "days_left": line.request.days_left(now),
            "state": line.request.state,
        }
        for line in lines
    ]
    table = (
        [ROW.format("reference", "kind", "controller", "received", "due", "left", "state")] if found else []
    )
    table += [ROW.format(*row.values()) for row in found]
    end = "Nobody waits for an answer." if not found else f"{len(found)} open, {late} late."
    return report(options, holds=not late, lines=[*table, end], data={"requests": found, "late": late})
