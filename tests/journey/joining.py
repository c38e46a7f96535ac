"""Somebody with both stores in hand, the database with its ledger and the log of visits, who tries to lay one
over the other.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.journey.sieve import cells

WORD = re.compile(r"[A-Za-z0-9+/_=-]{16,}")
MOMENT = re.compile(rb"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d)")


def rows(home: Path) -> list[dict[str, Any]]:
    return [
        json.loads(line)
        for file in sorted(home.glob("visits/log/*.log"))
        for line in file.read_text(encoding="utf-8").splitlines()
    ]


def secrets_of(home: Path) -> Iterator[bytes]:
    """Everything that could be a key: in the key files, in the database, in any small file of the home; as it
    is, and decoded.
    """
    yield b""
    for file in [
        *home.parent.glob(f"{home.name}.*"),
        *(path for path in home.rglob("*") if path.is_file() and path.stat().st_size < 10_000),
    ]:
        yield from _decoded(file.read_bytes())
    for _, value in cells(home / "kept.sqlite3"):
        if 8 <= len(value) <= 128:
            yield from _decoded(value)


def _decoded(raw: bytes) -> Iterator[bytes]:
    yield raw[:64]
    for word in WORD.findall(raw.decode("latin-1")):
        yield word.encode()[:64]
        for read in (
            bytes.fromhex,
            lambda text: base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_"),
        ):
            try:
                yield read(word)[:64]
            except (ValueError, binascii.Error):
                continue


def numbers_from(secret: bytes, address: str, agent: str) -> Iterator[int]:
    """The visitor's number, if it were made with this secret: by the collector's own recipe, and by those
    others would use.
    """
    for said in (
        f"{address}\0{agent}".encode(),
        f"{address}{agent}".encode(),
        address.encode(),
        f"{address}|{agent}".encode(),
    ):
        for digest in (
            hashlib.blake2b(said, digest_size=8, key=secret).digest(),
            hmac.digest(secret, said, "sha256")[:8],
            hashlib.sha256(secret + said).digest()[:8],
        ):
            yield int.from_bytes(digest, "big") >> 1
            yield int.from_bytes(digest, "big")


def made_with_a_secret(home: Path, address: str, agent: str, seen: set[int]) -> int:
    """How many visitors' numbers can be made from her address and agent with anything that is stored."""
    return len(
        {number for secret in set(secrets_of(home)) for number in numbers_from(secret, address, agent)} & seen
    )


def shared_numbers(home: Path, seen: set[int]) -> set[str]:
    """Places of the database and of other files where a visitor's number stands too, however written."""
    spelled = {
        spelling
        for number in seen
        for spelling in (
            str(number).encode(),
            f"{number:016x}".encode(),
            number.to_bytes(8, "big"),
            number.to_bytes(8, "little"),
        )
    }
    found = {place for place, value in cells(home / "kept.sqlite3") if any(each in value for each in spelled)}
    for file in home.rglob("*"):
        if file.is_file() and "visits" not in file.parts and file.stat().st_size < 5_000_000:
            raw = file.read_bytes()
            found |= {str(file)} if any(each in raw for each in spelled) else set()
    with closing(sqlite3.connect(f"file:{home / 'kept.sqlite3'}?mode=ro", uri=True)) as database:
        for (table,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            for row in database.execute(f'SELECT * FROM "{table}"'):
                found |= {table} if any(isinstance(value, int) and value in seen for value in row) else set()
    return found


def moments_of_people(home: Path) -> set[str]:
    """The minutes (UTC, "2026-11-25 14:30") that stand anywhere in the database."""
    return {
        f"{day.decode()} {clock.decode()}"
        for _, value in cells(home / "kept.sqlite3")
        for day, clock in MOMENT.findall(value)
    }
