"""One byte of the ledger changed, in whichever table, column and row: `kept ledger verify` finds it."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from tests.journey.portal import kept, script

# Each cell is changed and put back inside a transaction, so that hundreds can be tried in one process.
TRY_ALL = """
import json
from datetime import date, datetime, timedelta
from django.db import IntegrityError, connection, transaction
from kept.core.ledger import versions
from kept.core.ledger.verifying.verify import verify
TABLES = ("ledger_act", "ledger_touch", "ledger_tile", "ledger_checkpoint", "ledger_version",
          "ledger_foldstate")
def other(value):
    if isinstance(value, bytes):
        place = len(value) // 2
        return value[:place] + bytes([value[place] ^ 1]) + value[place + 1:]
    if isinstance(value, str):
        place = len(value) // 2
        return value[:place] + chr(ord(value[place]) ^ 1) + value[place + 1:]
    if isinstance(value, date):
        return value + (timedelta(microseconds=1) if isinstance(value, datetime) else timedelta(days=1))
    return value + 1_000_003
missed, tried = [], 0
with connection.cursor() as cursor:
    for table in TABLES:
        cursor.execute(f"SELECT rowid, * FROM {table}")
        names = [column[0] for column in cursor.description][1:]
        rows = cursor.fetchall()
        for row in {0: rows[0], 1: rows[len(rows) // 2], 2: rows[-1]}.values():
            for name, value in zip(names, row[1:]):
                if value in (None, "", b""):
                    continue
                tried += 1
                try:
                    with transaction.atomic():
                        changed = f'UPDATE {table} SET "{name}" = %s WHERE rowid = %s'
                        cursor.execute(changed, [other(value), row[0]])
                        versions._parsed.clear()
                        if not verify():
                            missed.append(f"{table}.{name}")
                        raise KeyError
                except (KeyError, IntegrityError):
                    # Found; or refused by the database itself, where the byte broke the JSON it checks.
                    pass
                except Exception as error:
                    missed.append(f"{table}.{name}: {type(error).__name__}")
print(json.dumps({"tried": tried, "missed": sorted(set(missed)), "after": verify()}))
"""


def test_every_column_of_the_ledger(demo: Path) -> None:
    asked = script(demo, TRY_ALL)
    out, trouble = asked.communicate(timeout=240)
    assert asked.returncode == 0, trouble
    said = json.loads(out)
    assert said["after"] == [] and said["tried"] > 40
    assert said["missed"] == [], said


def test_the_command_says_so_and_ends_with_1(demo: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    # Its collector may be running, and a socket is nothing to copy.
    shutil.copytree(demo, home, ignore=shutil.ignore_patterns("*.sock"))
    for ending in (".key", ".sign"):
        shutil.copy2(demo.with_name(f"home{ending}"), home.with_name(f"home{ending}"))
    assert kept(home, "ledger", "verify").returncode == 0
    with closing(sqlite3.connect(home / "kept.sqlite3")) as database:
        row, packed = database.execute(
            "SELECT rowid, packed FROM ledger_act ORDER BY rowid LIMIT 1 OFFSET 3"
        ).fetchone()
        database.execute(
            "UPDATE ledger_act SET packed = ? WHERE rowid = ?", (bytes([packed[0] ^ 1]) + packed[1:], row)
        )
        database.commit()
    said = kept(home, "ledger", "verify")
    assert said.returncode == 1 and "The ledger does not hold." in said.stdout
