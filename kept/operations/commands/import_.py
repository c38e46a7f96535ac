"""``kept import products|serials FILE.csv``: first says what would happen; with --apply it happens, whole or
not at all.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import BinaryIO

from kept.equipment import imports as serials
from kept.products import imports as products
from kept.products.csv_files import Report, Written
from kept.terminal import Stop, report, takes_json

HELP = "Import products or serial numbers from a CSV file. Without --apply nothing is saved."
KINDS = ("products", "serials")


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=KINDS, metavar="products|serials")
    parser.add_argument("file", type=Path, metavar="FILE.csv")
    parser.add_argument("--apply", action="store_true", help="save it; without this nothing is saved")
    parser.add_argument(
        "--update",
        action="store_true",
        help="serials: where the file and the database differ, the file is right",
    )
    parser.add_argument(
        "--encoding",
        default="",
        metavar="NAME",
        help="the file's code page, where it is no UTF-8: cp1250, cp1251, shift-jis …",
    )
    parser.add_argument(
        "--dates",
        choices=("day-first", "month-first"),
        default="",
        help="which comes first in dates like 3/4/2024",
    )
    takes_json(parser)


def run(options: argparse.Namespace) -> int:
    if options.update and options.what != "serials":
        raise Stop(
            "--update is for serials. An import of products updates the ones that are there by itself."
        )
    try:
        with options.file.open("rb") as stream:
            done = _run(options, stream)
    except OSError as wrong:
        raise Stop(f"{options.file} cannot be read: {wrong.strerror}.") from None
    ignored = [f"Not used: {', '.join(done.ignored)}."] if done.ignored else []
    again = (
        [f"To save it: kept import {options.what} {options.file} --apply"]
        if not (options.apply or done.problem_rows)
        else []
    )
    problems = [str(problem) for problem in done.problems]
    return report(
        options,
        holds=not done.problem_rows,
        lines=[*problems, *ignored, done.summary, *again],
        data={
            "saved": done.saved,
            "ready": done.ready,
            "new": done.new,
            "changed": done.changed,
            "same": done.same,
            "problems": problems,
        },
    )


def _run(options: argparse.Namespace, stream: BinaryIO) -> Report:
    written = Written(options.encoding, options.dates)
    if options.what == "products":
        return (
            products.apply(stream, written=written)
            if options.apply
            else products.check(stream, written=written)
        )
    go = serials.apply if options.apply else serials.check
    return go(stream, update=options.update, written=written)
