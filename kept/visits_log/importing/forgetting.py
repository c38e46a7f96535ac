"""``kept visits forget-import``: what an import packed is taken back.

A day's file is of one import, or of several whose logs were read as one: then it goes when all of them go.
Files go first, then sums, and only then the register: a second run finishes what a killed one began.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from kept.visits_log.importing import read_marks, reading
from kept.visits_log.importing.judging.timestamps import number, written
from kept.visits_log.importing.read_marks import Log, Memory
from kept.visits_log.places import Places
from kept.visits_log.storing import dropped_days, files
from kept.visits_log.storing.engine import opened
from kept.visits_log.storing.rollups import write_month

Packed = tuple[str, int]
"""A source and a day: one file."""


@dataclass(slots=True)
class Forgotten:
    """``imports`` that were named, ``days`` that were taken back, and those that stay.

    ``mixed``: with the other imports they hold visits of; ``untold``: packed before it was noted which logs a
    day is of; ``over``: left as sums alone.
    """

    imports: list[str]
    days: list[str] = field(default_factory=list)
    mixed: dict[str, list[str]] = field(default_factory=dict)
    untold: list[str] = field(default_factory=list)
    over: list[str] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        return not (self.mixed or self.untold or self.over)


def run(names: Sequence[str], places: Places, zone: str) -> Forgotten:
    """Take imports back, each named by its log or its number. Raises Unreadable, Busy, Unsummed."""
    with read_marks.alone(places):
        memory = read_marks.read(places)
        logs = {log.id: log for log in (_log(name, memory) for name in names)}
        done = Forgotten(sorted(logs))
        going = _going(logs, memory, places, done)
        _unlink(going, places)
        _sum_up(going, places, zone)
        _forget(logs, going, memory, done)
        memory.save(places)
        return done


def _log(name: str, memory: Memory) -> Log:
    if name in memory.logs:
        return memory.logs[name]
    if name == reading.STDIN or not Path(name).exists():
        raise reading.Unreadable(
            f"{name} is no file, and no number of an import. kept visits forget-import lists them."
        )
    reading.check(name)
    with reading.opened(name) as stream:
        log = memory.recognise(reading.head(stream, name))
    if log.id not in memory.logs:
        raise reading.Unreadable(f"{name} was not imported. kept visits forget-import lists what was.")
    return log


def _going(logs: dict[str, Log], memory: Memory, places: Places, done: Forgotten) -> set[Packed]:
    """The files that go, whole; what stays is written down in ``done``."""
    of: dict[Packed, set[str]] = {}
    for log in memory.logs.values():
        for packed in log.packed_days():
            of.setdefault(packed, set()).add(log.id)
    older = {log.id for log in memory.logs.values() if not log.told} - set(logs)
    last = number(dropped_days.last(places) or "1969-12-31")
    going: set[Packed] = set()
    for log in logs.values():
        left = {one for one in _files(log, places) if one not in of}
        if older and not log.told:
            done.untold += [written(day) for _, day in sorted({*left, *log.packed_days()})]
            continue
        for source, day in {*left, *log.packed_days()}:
            if day <= last:
                done.over.append(written(day))
            elif others := of.get((source, day), set()) - set(logs):
                done.mixed[written(day)] = sorted({*done.mixed.get(written(day), []), *others})
            else:
                going.add((source, day))
    done.untold, done.over = sorted(set(done.untold)), sorted(set(done.over))
    done.days = sorted({written(day) for _, day in going})
    return going


def _files(log: Log, places: Places) -> set[Packed]:
    """What is packed under its number; a run that was killed may not have noted it."""
    source = f"import-{log.id}"
    found = places.days.glob(f"day=*/{source}.parquet")
    return {(source, number(file.parent.name.removeprefix("day="))) for file in found}


def _unlink(going: set[Packed], places: Places) -> None:
    with files.alone(places):
        for source, day in sorted(going):
            file = places.packed(written(day), source)
            file.unlink(missing_ok=True)
            with suppress(OSError):  # others have packed this day, too, or nobody ever did
                file.parent.rmdir()
            files.step("forgotten")


def _sum_up(going: set[Packed], places: Places, zone: str) -> None:
    """Those days anew, out of what is left of them."""
    days = sorted({written(day) for _, day in going})
    with files.alone(places), opened(places) as connection:
        for month in sorted({day[:7] for day in days}):
            write_month(connection, places, month, [day for day in days if day.startswith(month)], zone=zone)
            files.step("summed up")


def _forget(logs: dict[str, Log], going: set[Packed], memory: Memory, done: Forgotten) -> None:
    """A log of which anything stays is remembered as read: named again alone, it would be counted twice."""
    for log in logs.values():
        left = log.packed_days() - going
        log.keep({(source, day) for source, day in left if written(day) not in done.over})
        if not (log.days or (done.untold and not log.told)):
            del memory.logs[log.id]
    memory.open = [
        day
        for day in memory.open
        if (day.source, day.day) not in going and {day.log, day.until} <= set(memory.logs)
    ]
