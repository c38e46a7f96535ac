"""One portal on one database, founded for the bench in a folder of its own, and the benches run in it: python
-m bench.portal.
"""

from __future__ import annotations

import argparse
import json
import os
import sqlite3
import sys
import time
from dataclasses import asdict
from importlib import import_module
from pathlib import Path

import django
from django.db import connection

from bench.scale import SIZES

BENCHES = (
    "decisions",
    "pages",
    "bulk",
    "lookups",
    "desk_search",
    "copies",
    "erasing",
    "sweeping",
    "rewrapping",
    "ledgers",
    "checking",
    "counting",
    "running",
    "visits_reports",
    "importing",
    "packages",
)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="bench.portal")
    parser.add_argument("names", nargs="*")
    parser.add_argument("--size", choices=SIZES, default="full")
    parser.add_argument("--json", type=Path, required=True)
    options = parser.parse_args(arguments)
    os.environ["DJANGO_SETTINGS_MODULE"] = "kept.settings"
    django.setup()
    _found()
    tables = []
    for name in options.names or BENCHES:
        began = time.perf_counter()
        bench = import_module(f"bench.{name}")
        figures = []
        for figure in bench.run(SIZES[options.size]):
            figures.append(asdict(figure))
            print(
                f"  {figure.name}: {figure.measured:,.4g}"
                f" {figure.unit}{f' ({figure.ratio:.2f} ×)' if figure.ratio else ''}",
                flush=True,
            )
        tables.append({"bench": name, "about": (bench.__doc__ or "").strip(), "figures": figures})
        print(f"  -- {name} took {time.perf_counter() - began:.0f} s", flush=True)
    options.json.write_text(
        json.dumps({"vendor": connection.vendor, "version": _version(), "tables": tables}), encoding="utf-8"
    )
    return 0


def _found() -> None:
    founding = import_module("kept.operations.setting_up.portal_setup")
    with founding.founded(by="Dana"):
        import_module("kept.operations.processes.static_files").gather()


def _version() -> str:
    connection.ensure_connection()
    if connection.vendor == "sqlite":
        return f"SQLite {sqlite3.sqlite_version}"
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        return f"PostgreSQL {cursor.fetchone()[0]}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
