"""What a proof looks at: the newest rows of the log as they lie on the disk, read as a stranger would who has
copied them.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kept.sentences import Sentence, sentence
from kept.visits_log.dimensions import COLUMNS, FIELDS, TEXTS, TYPES
from kept.visits_log.events import FEWEST
from kept.visits_log.places import Places
from kept.visits_log.storing.engine import quoted, reader

NEWEST = 1 << 18
"""Bytes from the end of a log."""
DAYS = 3
# An e-mail address, a network address, a telephone's or a serial's digits.
PERSONAL = (
    r"@|(?:^|[^0-9.])[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?:$|[^0-9.])|[0-9a-f]{1,4}(?::[0-9a-f]{0,4}){4,}|[0-9]{5,}"
)
_PERSONAL = re.compile(PERSONAL)
_CLOSED = {column.name: column.values for column in COLUMNS if column.values is not None}


@dataclass(slots=True)
class Seen:
    """``rows`` that were looked at.

    The others are sentences about what should not be there, in words that repeat nothing of it.
    """

    rows: int = 0
    columns: list[Sentence] = field(default_factory=list)
    values: list[Sentence] = field(default_factory=list)
    personal: list[Sentence] = field(default_factory=list)


def look(places: Places) -> Seen:
    """The newest lines of the logs, and the newest packed days whole."""
    seen = Seen()
    for file in sorted(places.logs.glob("*.log"))[-DAYS:]:
        for row in _lines(file):
            _row(seen, file, row)
    files = sorted(places.days.glob("day=*/*.parquet"))[-DAYS:]
    for file in files:
        _packed(seen, file)
    return seen


def small_groups(places: Places) -> tuple[int, int]:
    """(cells that may be told, those among them smaller than they may be) of all sums there are."""
    files = sorted(places.rollups.glob("*.parquet"))
    if not files:
        return 0, 0
    with reader() as connection:
        found = connection.execute(
            "SELECT count(*) FILTER (WHERE shown > 0), count(*) FILTER (WHERE shown > 0 AND shown <"
            f" {FEWEST}) FROM read_parquet([{', '.join(map(quoted, files))}])"
        ).fetchone()
    return (int(found[0]), int(found[1])) if found else (0, 0)


def _lines(file: Path) -> Iterator[Mapping[str, Any]]:
    with file.open("rb") as log:
        log.seek(max(os.fstat(log.fileno()).st_size - NEWEST, 0))
        lines = log.read().split(b"\n")
    # The first may be cut by where we began, the last by being written this moment.
    for line in lines[1:-1] if len(lines) > 2 else lines[:-1]:
        try:
            row = json.loads(line)
        except ValueError:
            continue
        if isinstance(row, dict):
            yield row


def _row(seen: Seen, file: Path, row: Mapping[str, Any]) -> None:
    seen.rows += 1
    # One of an older version may lack a column; none may have another.
    if not row.keys() <= set(FIELDS):
        _say(seen.columns, sentence("A line of {file} has other fields than an event", file=file.name))
        return
    wrong = [name for name, values in _CLOSED.items() if not _is_of(values, row.get(name, ""))]
    for name in wrong:
        _say(
            seen.values, sentence("{column} in {file} holds what no list knows", column=name, file=file.name)
        )
    for name in TEXTS:
        if _PERSONAL.search(str(row.get(name, ""))):
            _say(seen.personal, _holds(name, file.name))


def _is_of(values: frozenset[str] | re.Pattern[str], value: object) -> bool:
    return value in values if isinstance(values, frozenset) else bool(values.fullmatch(str(value)))


def _packed(seen: Seen, file: Path) -> None:
    place = f"{file.parent.name}/{file.name}"
    with reader() as connection:
        packed = f"FROM read_parquet({quoted(file)}, hive_partitioning = false)"
        there = {name for name, *_ in connection.execute(f"DESCRIBE SELECT * {packed}").fetchall()}
        if not there <= TYPES.keys():
            _say(seen.columns, sentence("{file} has other columns than an event", file=place))
            return
        texts = [name for name in TEXTS if name in there]
        tests = ", ".join(
            f"count(*) FILTER (WHERE regexp_matches({name}, {quoted(PERSONAL)}))" for name in texts
        )
        found = connection.execute(f"SELECT count(*), {tests} {packed}").fetchone() or (0,)
        seen.rows += int(found[0])
        for name, many in zip(texts, found[1:], strict=False):
            if many:
                _say(seen.personal, _holds(name, place))


def _holds(column: str, file: str) -> Sentence:
    return sentence("{column} in {file} holds an address or a number", column=column, file=file)


def _say(said: list[Sentence], one: Sentence) -> None:
    if one not in said:
        said.append(one)
