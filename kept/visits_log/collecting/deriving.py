"""From a reading to an event: derive what may be kept, scrub what was said, and let the rest go.

Column by column, as ``dimensions.py`` says where each comes from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter
from typing import Any

from kept.visits_log import agents
from kept.visits_log.agents import Agent
from kept.visits_log.collecting.numbering import Place
from kept.visits_log.datagrams import Reading
from kept.visits_log.dimensions import COLUMNS, Column, Scrub
from kept.visits_log.events import KINDS, Event, Kind
from kept.visits_log.origins import Origins


@dataclass(frozen=True, slots=True)
class Heard:
    """All that is known of a reading while it is derived: its fields are the sources of columns."""

    minute: int
    reading: Reading
    agent: Agent
    numbering: Place
    origins: Origins


def is_program(reading: Reading) -> bool:
    """Nobody sits there: a crawler, a monitor, a tool."""
    return agents.read(reading.agent).bot


def event(reading: Reading, *, day: str, minute: int, place: Place, origins: Origins) -> Event:
    """All that is kept of it.

    Address and agent are not in it, nor anything worked out of them but four coarse words.
    """
    heard = Heard(minute, reading, agents.read(reading.agent), place, origins)
    made: Event = {"day": day}
    for name, read, scrub in _STEPS[reading.kind]:
        value = read(heard)
        made[name] = scrub(value) if scrub else value
    return made


def forget() -> None:
    """The day is over: whatever was kept so as not to work it out twice goes too."""
    agents.forget()
    for remembered in _REMEMBERED.values():
        remembered.cache_clear()


def _reader(source: str) -> Callable[[Heard], Any]:
    of, _, name = source.partition(".")
    if of == "address":
        return lambda heard: getattr(heard.origins, name)(heard.reading.address)
    return attrgetter(source)


def _nothing(_: Heard) -> str:
    return ""


# What the visitor did not write is ours, and the same texts come again and again. Nothing personal stays in
# these.
_REMEMBERED = {
    column.name: lru_cache(maxsize=column.remembered)(column.scrub)
    for column in COLUMNS
    if column.remembered and callable(column.scrub)
}


def _steps(kind: Kind) -> Iterator[tuple[str, Callable[[Heard], Any], Scrub | None]]:
    for column in COLUMNS:
        if isinstance(column.scrub, Mapping) and kind not in column.scrub:
            yield column.name, _nothing, None
        else:
            yield column.name, _reader(column.source), _scrub(column, kind)


def _scrub(column: Column, kind: Kind) -> Scrub | None:
    if isinstance(column.scrub, Mapping):
        return column.scrub[kind]
    # An address that leads nowhere is somebody's own writing, and is not remembered even here.
    return column.scrub if kind == "not-found" else _REMEMBERED.get(column.name, column.scrub)


_STEPS = {kind: tuple(_steps(kind)) for kind in KINDS}
