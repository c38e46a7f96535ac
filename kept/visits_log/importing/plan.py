"""Which logs are read, in which order, and from where: what was counted before is not counted again.

A log that goes on where another ends (yesterday's and today's, as they are rotated) is read as one with it,
so that a day which spans both is one day. A day that was not over when its log ended is begun anew when the
log has grown: its salt is gone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from kept.visits_log.importing import reading
from kept.visits_log.importing.formats import recognition
from kept.visits_log.importing.formats.translator import Translator
from kept.visits_log.importing.judging import timestamps
from kept.visits_log.importing.read_marks import Log, Memory, Open

PAST = 60
"""Minutes a log must be past a day's end before the day takes no more lines."""
_TIME = re.compile(r"\[([^\[\]\n]{8,60}):[0-6]\d ([+-]\d{4})\] \"")
_NEVER = 1 << 62
_ALIKE = {"combined": ("common",)}
"""A log of common lines may go on with combined ones, and is read as either."""


@dataclass(slots=True)
class Source:
    """A log as it was named.

    ``first`` is its first minute; ``start`` where reading begins, ``mark`` up to where lines were counted
    before. ``format`` is the one it is in, "" for none; ``words`` turn its lines into those of combined.
    """

    name: str
    stream: BinaryIO
    head: bytes
    log: Log
    known: bool
    packed: int
    first: int = _NEVER
    start: int = 0
    again: bool = False
    continues: bool = False
    redo: list[Open] = field(default_factory=list)
    format: str = recognition.COMBINED
    words: Translator | None = None

    def remarks(self) -> list[str]:
        """What is to be said of it when it was read."""
        if not (self.words and self.words.agentless):
            return []
        return [
            f"{self.name} does not tell agents: robots are counted as visitors, and everybody behind one"
            " address as one."
        ]

    @property
    def mark(self) -> int:
        return self.log.read if self.known else 0

    @property
    def same(self) -> bool:
        """On the disk it is as long as it was."""
        return self.known and self.packed >= 0 and self.packed == self.log.packed


def sources(
    names: Sequence[str], memory: Memory, open_ones: ExitStack, kind: str = ""
) -> tuple[list[Source], list[str]]:
    """The logs in the order of their time, and what is to be said of those that are left out.

    ``kind`` is the format they were said to be in. Raises Unreadable.
    """
    for name in names:
        reading.check(name)
    found: dict[str, Source] = {}
    said = []
    for name in names:
        stream = open_ones.enter_context(reading.opened(name))
        head = reading.head(stream, name)
        log = memory.recognise(head)
        if not head:
            said.append(f"{name} is empty.")
        elif log.id in found:
            said.append(f"{name} is the same log as {found[log.id].name}, and is read once.")
        else:
            packed = -1 if name == reading.STDIN else Path(name).stat().st_size
            known = log.id in memory.logs
            found[log.id] = _known_by(
                Source(name, stream, head, log, known, packed, start=log.read if known else 0), kind
            )
    return sorted(found.values(), key=lambda one: one.first), said


def _known_by(source: Source, kind: str) -> Source:
    """Its format, and its first minute. Raises Unreadable where it is in another than was said."""
    found = recognition.found(source.head)
    if kind and found and kind not in (found, *_ALIKE.get(found, ())):
        raise reading.Unreadable(
            f"{source.name} is not in the format {kind}: its first lines are {found}. Leave --format out, or"
            f" say --format {found}.",
            1,
        )
    source.format = found
    source.words = recognition.translator(kind or found, source.head)
    trial = recognition.translator(kind or found, source.head)
    source.first = _first(trial.piece(source.head)[2] if trial else source.head)
    return source


def _first(head: bytes) -> int:
    for stamp in _TIME.finditer(head.decode("utf-8", "replace")):
        minute = timestamps.minute_of(stamp[1] + stamp[2])
        if minute is not None:
            return minute
    return _NEVER


def arrange(given: list[Source], memory: Memory) -> Iterator[Source]:
    """Those that are to be read. Raises Unreadable where a day begins in a log that was not named."""
    place = {source.log.id: number for number, source in enumerate(given)}
    for day in memory.open:
        until = place.get(day.until)
        if until is not None and _is_wanted(given, until):
            _redo(given, place, day, until)
    previous = -2
    for number, source in enumerate(given):
        if source.same and not source.again:
            continue
        spanned = any(
            place[day.log] < number <= place[day.until]
            for day in memory.open
            if day.log in place and day.until in place
        )
        source.continues = previous == number - 1 and (not source.known or (source.again and spanned))
        previous = number
        yield source


def _is_wanted(given: list[Source], until: int) -> bool:
    """The day's last log has grown, or goes on in one that is new."""
    last = given[until]
    if not last.same:
        return True
    if until + 1 == len(given) or given[until + 1].known or not last.log.latest:
        return False
    return goes_on(max(last.log.latest), given[until + 1].first)


def goes_on(latest: int, first: int) -> bool:
    return latest - PAST <= first < _NEVER


def _redo(given: list[Source], place: dict[str, int], day: Open, until: int) -> None:
    if day.log not in place:
        raise reading.Unreadable(
            f"{given[until].name} goes on with {timestamps.written(day.day)}, which begins in an earlier log."
            " Name both in one command."
        )
    begins = place[day.log]
    for number in range(begins, until + 1):
        source = given[number]
        source.start = min(source.start, day.begin if number == begins else 0)
        source.again = True
    given[begins].redo.append(day)
