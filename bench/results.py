"""RESULTS.md: one file, written by the program, never by hand.

A section is one bench on one database. Whoever measures some of them puts those in the place of what was
there; the others stay, each with the day and the machine it was measured on, and say that they are older.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench import machine

FILE = Path(__file__).with_name("RESULTS.md")
HOW = """Each ratio is the median of pairs measured in turns in one run, Kept beside the same work without it.
“CPU” is the processor time of the process; everything else is time on the clock. PostgreSQL is a server of
the run's own on the same machine, and does not wait for the disk (`fsync=off`); its own processor time is not
in “CPU”. Rate limits on sign-ins are lifted for the load."""
PEERS = """GoAccess is run here. Fides, Cedar, Umami and the other peers are not; their figures stand in the
targets."""
DAY = "%-d %B %Y, %H:%M UTC"
MEASURED = "Measured "
OLDER = "**Not measured in this run.** "
_COLUMNS = "| figure | measured | limit beside | ratio | target | |\n|---|---|---|---|---|---|"
_REACHED, _MISSED = "| reached |", "| **NOT reached** |"


@dataclass(frozen=True, slots=True)
class Section:
    """``place``: the database, or what else it ran on. ``measured``: when, how much and where, in one line.

    ``body``: what is asked, then its table, as they stand in the file.
    """

    place: str
    name: str
    measured: str
    body: str

    @property
    def missed(self) -> list[str]:
        return [_said(line) for line in self.body.splitlines() if line.endswith(_MISSED)]

    @property
    def reached(self) -> int:
        return sum(line.endswith(_REACHED) for line in self.body.splitlines())


def sections(one: dict[str, Any], size: str) -> list[Section]:
    """What one database's run found."""
    place, _, version = str(one["version"]).partition(" ")
    return [
        Section(
            place,
            table["bench"],
            stamp(f"size {size}", f"{place} {version}"),
            "\n".join([f"{table['about']}\n", _COLUMNS, *map(_row, table["figures"])]),
        )
        for table in one["tables"]
    ]


def stamp(*said: str) -> str:
    """When this was measured, with what, and on which machine."""
    now = f"{datetime.now(UTC):{DAY}}"
    return (
        f"{MEASURED}{'; '.join([now, *said])}. {machine.describe()}. Load of the last quarter of an hour:"
        f" {machine.load():.1f}."
    )


def merged(before: Iterable[Section], found: Sequence[Section]) -> list[Section]:
    """What was found, in the place of what was there of the same bench on the same database."""
    every = {(one.place, one.name): one for one in [*before, *found]}
    return list(every.values())


def read(text: str) -> list[Section]:
    """The sections of a file that ``render`` wrote."""
    found = []
    place = ""
    for part in ("\n" + text).split("\n## ")[1:]:
        heading, *tables = part.split("\n### ")
        place = heading.split("\n")[0].strip()
        for table in tables:
            name, measured, body = table.strip().split("\n\n", 2)
            found.append(Section(place, name.strip("`"), measured.removeprefix(OLDER), body.strip()))
    return found


def write(file: Path, found: Sequence[Section], *, quick: bool = False) -> None:
    """Put what was found into the file, whose other sections stay. A quick run stands alone."""
    before = read(file.read_text(encoding="utf-8")) if file.exists() and not quick else []
    newest = {one.measured for one in found}
    file.write_text(render(merged(before, found), newest, quick=quick), encoding="utf-8")


def render(every: Sequence[Section], newest: Iterable[str], *, quick: bool = False) -> str:
    """``newest``: the ``measured`` of the sections of this run; every other says that it is older."""
    return "\n".join([*_head(quick), *_verdict(every), *_body(every, set(newest))]) + "\n"


def not_reached(every: Iterable[Section]) -> list[str]:
    return [f"{one.place}, {one.name}: {line}" for one in every for line in one.missed]


def _head(quick: bool) -> Iterator[str]:
    yield "# Figures\n\nWritten by `make bench`. Do not edit.\n"
    if quick:
        yield "**A quick run: it shows that the benches run. Its figures mean nothing.**\n"
    yield f"{HOW}\n\n{PEERS}\n"


def _verdict(every: Sequence[Section]) -> Iterator[str]:
    missed = not_reached(every)
    reached = sum(one.reached for one in every)
    yield f"## Not reached\n\n{reached} of {reached + len(missed)} targets are reached.\n"
    yield from [*(f"- {line}" for line in missed), ""] if missed else ()


def _body(every: Sequence[Section], newest: set[str]) -> Iterator[str]:
    for place in dict.fromkeys(one.place for one in every):
        yield f"## {place}\n"
        for one in every:
            if one.place == place:
                age = "" if one.measured in newest else OLDER
                yield f"### `{one.name}`\n\n{age}{one.measured}\n\n{one.body}\n"


def _row(figure: dict[str, Any]) -> str:
    limit = f"{_number(figure['limit'])} {figure['unit']}, {figure['beside']}" if figure["limit"] else ""
    ratio = f"{figure['ratio']:.2f}" if figure["ratio"] else ""
    verdict = {True: "reached", False: "**NOT reached**", None: ""}[figure["reached"]]
    return (
        f"| {figure['name']} | {_number(figure['measured'])} {figure['unit']} | {limit} | {ratio} |"
        f" {figure['target']} | {verdict} |"
    )


def _said(row: str) -> str:
    """A row that missed its target, as a line."""
    name, measured, _, ratio, target, _ = [cell.strip() for cell in row.strip("|").split(" | ")]
    return f"{name}: {f'{ratio} ×' if '×' in target else measured}, target {target}"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:.3g}"
