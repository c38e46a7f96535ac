"""python -m bench [names…] [--size full|small|quick] [--results FILE]: every figure on SQLite, and on
PostgreSQL where KEPT_TEST_DATABASE_URL names one.

A full or small run of everything writes bench/RESULTS.md. A run of some prints, and with --merge puts what it
measured into that file; a quick one only prints, unless it is told where to write.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg

from bench import results
from bench.portal import BENCHES
from bench.scale import SIZES

DATABASE = "bench"


def main() -> int:
    options = _options()
    file = options.results
    if file is None and options.size != "quick" and (options.merge or not options.names):
        file = results.FILE
    found: list[results.Section] = []
    for vendor in options.databases:
        measured = _measure(vendor, options)
        if measured:
            found += results.sections(measured, options.size)
            # After each database: a run of hours may be cut short.
            if file:
                results.write(file, found, quick=options.size == "quick")
                print(f"Written to {file}")
    print("Not reached:", *(results.not_reached(found) or ["nothing"]), sep="\n  ")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench", description="Measure Kept beside the plain limits.")
    parser.add_argument("names", nargs="*", metavar="name", help=f"which benches: {', '.join(BENCHES)} (all)")
    parser.add_argument(
        "--size",
        choices=SIZES,
        default="full",
        help="small: a fifth of the rows in the large tables; quick: only to see that it runs",
    )
    parser.add_argument(
        "--quick", action="store_const", dest="size", const="quick", help="the same as --size quick"
    )
    parser.add_argument(
        "--merge",
        action="store_true",
        help="put the benches that are named into bench/RESULTS.md; the others stay, with their dates",
    )
    parser.add_argument("--results", type=Path, help="where to write (bench/RESULTS.md after a full run)")
    parser.add_argument(
        "--databases", nargs="+", choices=("sqlite", "postgresql"), default=["sqlite", "postgresql"]
    )
    options = parser.parse_args()
    unknown = set(options.names) - set(BENCHES)
    if unknown:
        parser.error(f"there is no bench called {min(unknown)}. There are: {', '.join(BENCHES)}.")
    return options


def _measure(vendor: str, options: argparse.Namespace) -> dict[str, Any] | None:
    """One process for one database, in a folder of its own that is gone afterwards."""
    server = os.environ.get("KEPT_TEST_DATABASE_URL", "")
    if vendor == "postgresql" and not server:
        print("PostgreSQL is left out: KEPT_TEST_DATABASE_URL names none. bin/bench brings one.")
        return None
    print(f"== {vendor}", flush=True)
    with _place() as place:
        environ = {name: value for name, value in os.environ.items() if not name.startswith("KEPT_")} | {
            "KEPT_HOME": str(place / "home")
        }
        if vendor == "postgresql":
            environ["KEPT_DATABASE_URL"] = _fresh(server)
        out = place / "figures.json"
        command = [
            sys.executable,
            "-m",
            "bench.portal",
            *options.names,
            "--size",
            options.size,
            "--json",
            str(out),
        ]
        subprocess.run(command, env=environ, check=True)
        measured: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
        return measured


@contextmanager
def _place() -> Iterator[Path]:
    place = Path(tempfile.mkdtemp(prefix="kept-bench-"))
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _fresh(server: str) -> str:
    """An empty database on that server."""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {DATABASE}")
        connection.execute(f"CREATE DATABASE {DATABASE}")
    return urlunsplit(urlsplit(server)._replace(path=f"/{DATABASE}"))


if __name__ == "__main__":
    sys.exit(main())
