"""``kept import products|serials FILE.csv``, and what other rooms take in: first says what would happen; with
--apply it happens.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import BinaryIO

from kept.core.register.hooks.imports import IMPORTS
from kept.equipment import imports as serials
from kept.products import imports as products
from kept.products.csv_files import FILES, Report, Written
from kept.products.csv_files import run as run_file
from kept.terminal import Stop, report, takes_json

HELP = "Import products, serial numbers, prices, stock or cases. Without --apply nothing is saved."
SHEETS = {
    "products": "Products from a CSV file, all of it or none of it.",
    "serials": "Serial numbers from a CSV file, all of it or none of it.",
}


def arguments(parser: argparse.ArgumentParser) -> None:
    sheets = SHEETS | {
        name: f"{name.capitalize()} from a CSV file, all of it or none of it." for name in FILES
    }
    kinds = parser.add_subparsers(dest="what", metavar="|".join((*sheets, *IMPORTS)), required=True)
    for name, help in sheets.items():
        _of_a_sheet(kinds.add_parser(name, help=help, description=help), name)
    for name, kind in IMPORTS.items():
        kind.arguments(kinds.add_parser(name, help=kind.help, description=kind.help))


def _of_a_sheet(parser: argparse.ArgumentParser, name: str) -> None:
    parser.add_argument("file", type=Path, metavar="FILE.csv")
    parser.add_argument("--apply", action="store_true", help="save it; without this nothing is saved")
    if name != "products":
        parser.add_argument(
            "--update",
            action="store_true",
            help="where the file and the database differ, the file is right",
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
    kind = IMPORTS.get(options.what)
    return kind.run(options) if kind is not None else _run_sheet(options)


def _run_sheet(options: argparse.Namespace) -> int:
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
    if options.what in FILES:
        importer = FILES[options.what](update=options.update)
        return run_file(stream, importer, save=options.apply, written=written)
    go = serials.apply if options.apply else serials.check
    return go(stream, update=options.update, written=written)
