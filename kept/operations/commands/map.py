"""kept map: the data map, written from the policy in force and the declarations of the code."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace

from django.template.loader import render_to_string
from django.utils import timezone

from kept.core.ledger import versions
from kept.core.register.datamap import dpv, fideslang, table
from kept.promises import processing_record

HELP = (
    "The data map and the record of processing: what is done with whose data, why, where it goes, until when."
)
WRITERS = {"fideslang": fideslang.text, "dpv": dpv.text, "csv": table.text}


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--format",
        choices=(*WRITERS, "html"),
        default="fideslang",
        help="fideslang (YAML, the default), dpv (JSON-LD), html or csv",
    )


def run(options: Namespace) -> int:
    policy, today = versions.current().policy, timezone.localdate()
    if options.format == "html":
        sys.stdout.write(
            render_to_string("promises/record_alone.html", processing_record.context(policy, today))
        )
    else:
        # RFC 4180 ends its lines itself.
        sys.stdout.reconfigure(newline="")  # type: ignore[union-attr]
        sys.stdout.write(WRITERS[options.format](policy, today))
    return 0
