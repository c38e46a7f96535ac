"""Import logs: each line is judged, each day packed when the log is an hour past it, and what was counted is
remembered.

Killed at any point and run again, it goes on: a day's file is written whole or not at all, and only then is
the log remembered as read up to there. A day that was not finished is begun anew, since its salt is gone.
"""

from __future__ import annotations

import time
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import accumulate

from kept.visits_log.importing import cleaning, plan, read_marks, reading
from kept.visits_log.importing.days import Day, Days, folder
from kept.visits_log.importing.judging import timestamps
from kept.visits_log.importing.judging.address_shares import AddressShares
from kept.visits_log.importing.judging.line_classes import Judge, Reader, Time
from kept.visits_log.importing.late_lines import COUNTED, LateLines
from kept.visits_log.importing.outcome import Report, Site
from kept.visits_log.importing.pack_queue import Packing
from kept.visits_log.importing.plan import PAST, Source
from kept.visits_log.importing.read_marks import Memory, Open
from kept.visits_log.places import Places
from kept.visits_log.storing import dropped_days, engine
from kept.visits_log.storing.duckdb_library import duckdb
from kept.visits_log.storing.rollups import Unsummed, rollup_months

ENOUGH = 50
"""Lines that must be past a day before it is closed: one line with a wrong time closes nothing."""


def run(names: Sequence[str], places: Places, site: Site) -> Report:
    """Import logs.

    Raises Unreadable (a sentence) for what cannot be read, Busy when another import runs; finished days stand
    even then.
    """
    began = time.monotonic()
    report = Report()
    with read_marks.alone(places), folder(places) as parts, ExitStack() as open_ones:
        known = read_marks.read(places)
        given, report.said = plan.sources(names, known, open_ones, site.format)
        wanted = list(plan.arrange(given, known))
        report.said += [
            f"{one.name} was imported already, and has not grown." for one in given if one not in wanted
        ]
        over = timestamps.number(dropped_days.last(places) or "1969-12-31")
        judge = Judge(timestamps.Calendar(site.zone), site.origins, now=site.now, over=over)
        try:
            _Import(places, site, known, judge, Days(judge, places, site.known, parts), report).all(wanted)
        except (duckdb.Error, engine.EngineStopped, OSError) as wrong:
            raise reading.Unreadable(
                f"The import stopped: {engine.reason(wrong)}. Days that are finished stand; run it again to"
                " go on.",
                1,
            ) from None
        finally:
            judge.close()
            summing = time.monotonic()
            _sum_up(places, site)
    report.summing = time.monotonic() - summing
    report.seconds = time.monotonic() - began
    return report


def _sum_up(places: Places, site: Site) -> None:
    """The months of every day that was written, by this run or by one that was stopped before it came to
    this. Raises Unreadable.
    """
    months = read_marks.read(places).months
    if months:
        try:
            rollup_months(places, months, zone=site.zone)
        except Unsummed as wrong:
            raise reading.Unreadable(str(wrong), 1) from None
        saved = read_marks.read(places)
        saved.months = []
        saved.save(places)


@dataclass(slots=True)
class _Import:
    places: Places
    site: Site
    memory: Memory
    judge: Judge
    days: Days
    report: Report
    source: Source | None = None
    closed: int = -1
    latest: list[int] = field(default_factory=list)
    redo: dict[int, Open] = field(default_factory=dict)
    base: int = 0
    shares: AddressShares = field(default_factory=AddressShares)
    packing: Packing = field(default_factory=Packing)
    late: LateLines = field(init=False)

    def __post_init__(self) -> None:
        self.late = LateLines(self.places, self.judge, self.days)

    def all(self, wanted: Sequence[Source]) -> None:
        try:
            for source in wanted:
                self._log(source)
            self._end()
        finally:
            self.packing.close()

    def _log(self, source: Source) -> None:
        if not (
            self.source and source.continues and self.latest and plan.goes_on(max(self.latest), source.first)
        ):
            self._end()
            self.closed = source.log.closed
            self.latest = list(min((day.latest for day in source.redo), key=sum, default=source.log.latest))
        self.source = source
        self.late.add(source)
        self.redo.update({day.day: day for day in source.redo})
        self._sites(source)
        before, timed = self.report.lines, self.report.timed
        take = Reader(self.judge).read
        for piece in reading.Pieces(
            source.stream,
            source.name,
            take,
            begun=source.head,
            words=source.words,
            start=source.start,
            mark=source.mark,
        ):
            self._piece(piece, source)
        if not (source.known or source.format or self.report.timed > timed):
            # It is not remembered: said to be in the right one, it is read.
            self.report.strange.append(source.name)
            self.memory.logs.pop(source.log.id, None)
            return
        self.report.said += self.shares.question(source.name) + source.remarks()
        self.shares = AddressShares()
        if source.known and self.report.lines == before:
            self.report.said.append(f"{source.name} was imported already, and has not grown.")
        # A log whose late lines are still to be read again is not done with.
        source.log.packed = -1 if self.late.late else source.packed
        self._note(source, source.log.read)

    def _sites(self, source: Source) -> None:
        self.judge.sites = self.site.hosts or frozenset({source.log.site} - {""})
        self.report.sites = sorted({*self.report.sites, *self.judge.sites})

    def _piece(self, piece: reading.Piece, source: Source) -> None:
        again = piece.begin < source.mark
        found = self.judge.times(piece.table)
        if not self.judge.sites and not self.site.hosts:
            source.log.site = self.judge.commonest_host(piece.table)
            self._sites(source)
        closed = self._closed(piece.table, found)
        if again:
            closed |= {one.day: -1 for one in found if one.day not in self.redo}
        self.judge.know_times(found, closed)
        begin, latest = piece.begin, list(self.latest)

        def number(day: int, address: str, agent: str) -> int:
            if day not in self.days.open:
                self.days.open[day] = self._opened(day, source, begin, latest)
            return self.days.open[day].salt.number(address, agent)

        judged = self.judge.judge(piece.table, number)
        for day, rows in judged.counted.items():
            self.days.add(day, rows, self.base)
            source.log.note(self.days.open[day].source, day)
        self.judge.forget(piece.table)
        self.late.note(judged, self.redo, new=not again)
        self._count(piece, found, judged.refused, sum(judged.counted.values()), again=again)
        self.shares.add(judged.addresses)
        self._later(found)
        self._note(source, piece.whole)
        self._close([day for day in sorted(self.days.open) if day in closed], source)
        self._let_go()
        self.base += piece.lines

    def _opened(self, day: int, source: Source, begin: int, latest: list[int]) -> Day:
        before = self.redo.get(day)
        self.late.begun[day] = before.source if before else f"import-{source.log.id}"
        if before:
            return Day(day, before.source, before.log, before.begin, before.latest)
        return Day(day, f"import-{source.log.id}", source.log.id, begin, latest)

    def _closed(self, lines: str, found: Sequence[Time]) -> dict[int, int]:
        """After which line of the piece a day takes no more: the one that made it enough of them that are
        past it.
        """
        timed = sorted((one for one in found if not one.refused), key=lambda one: one.minute, reverse=True)
        closed = {one.day: -1 for one in timed if one.day <= self.closed}
        # From the last minute back: how many lines there are from each on.
        lines_from = list(accumulate(one.lines for one in timed))
        for day in {one.day for one in timed} | set(self.days.open):
            since = self.judge.calendar.end(day) + PAST
            missing = ENOUGH - sum(minute >= since for minute in self.latest)
            past = bisect_right(timed, -since, key=lambda one: -one.minute)
            if missing <= 0:
                closed[day] = -1
            elif past and lines_from[past - 1] >= missing and day not in closed:
                closed[day] = self.judge.nth(lines, [one.stamp for one in timed[:past]], missing - 1)
        return closed

    def _later(self, found: Sequence[Time]) -> None:
        """The latest minutes of the log so far, one for each line."""
        minutes = [
            minute for one in found if not one.refused for minute in [one.minute] * min(one.lines, ENOUGH)
        ]
        self.latest = sorted([*self.latest, *minutes], reverse=True)[:ENOUGH]
        past = max((one.day for one in found if not one.refused and self._is_past(one.day)), default=-1)
        self.closed = max(self.closed, past)

    def _is_past(self, day: int) -> bool:
        return len(self.latest) == ENOUGH and self.latest[-1] >= self.judge.calendar.end(day) + PAST

    def _count(
        self, piece: reading.Piece, found: Sequence[Time], refused: Counter[str], counted: int, *, again: bool
    ) -> None:
        """Lines that an earlier run counted, and are read to begin an unfinished day anew, are nobody's
        news.
        """
        timed = sum(one.lines for one in found)
        self.report.timed += timed
        if again:
            self.report.again += piece.lines
            return
        self.report.counted += counted
        self.report.lines += piece.lines
        self.report.refused += refused + piece.refused
        self.report.refused[cleaning.BROKEN] += piece.lines - piece.refused.total() - timed
        self.report.refused = +self.report.refused

    def _note(self, source: Source, read: int) -> None:
        """How far this log was read; saved with the next day that is closed."""
        log = source.log
        log.read, log.closed, log.latest = max(log.read, read), self.closed, list(self.latest)
        self.memory.logs[log.id] = log
        began = [
            Open(day.number, day.source, day.log, day.begin, self._until(day, source), day.latest)
            for day in self.days.open.values()
        ]
        left = [
            day
            for day in self.memory.open
            if day.day not in self.days.open and (day.day not in self.redo or day.day > self.closed)
        ]
        self.memory.open = (
            [day for day in left if day.day not in self.late.late] + began + self.late.waiting()
        )

    def _until(self, day: Day, source: Source) -> str:
        before = self.redo.get(day.number)
        return before.until if before and source.again and source.log.id != before.until else source.log.id

    def _close(self, over: Sequence[int], source: Source) -> None:
        """Hand finished days over to be packed; when they are, the log is remembered as read up to here."""
        if not over:
            return
        days = [self.days.close(number) for number in over]
        self._note(source, source.log.read)
        self._hand_over(days)

    def _hand_over(self, days: Sequence[Day]) -> None:
        state = self.memory.copy()
        self.report.days.update(timestamps.written(day.number) for day in days)
        self.packing.hand_over(lambda: self._pack(days, state))

    def _pack(self, days: Sequence[Day], state: Memory) -> None:
        months = {timestamps.written(day.number)[:7] for day in days}
        saved = read_marks.read(self.places)
        state.months = sorted({*saved.months, *months})
        if state.months != saved.months:
            saved.months = state.months
            saved.save(self.places)
        for day in days:
            self.days.pack(day)
        state.save(self.places)

    def _end(self) -> None:
        """No log goes on from here: what is still open is packed as it is, and begun anew if its log should
        grow.
        """
        if self.source:
            self._hand_over([self.days.close(number) for number in sorted(self.days.open)])
            self.packing.wait()
            if self.late.late:
                self._late_lines(self.source)
        self.late.clear()
        self.redo.clear()
        self.source = None

    def _late_lines(self, last: Source) -> None:
        """Days that were packed before all of their lines had come are packed anew, out of the same logs."""
        days: list[Day] = []
        if self.late.rewind():
            days, figures = self.late.read_again(self.base, self._sites, self._let_go)
            self.report.counted += figures.pop(COUNTED)
            self.report.refused.update(figures)
            self.report.refused = +self.report.refused
        else:
            self.report.said.append(
                f"{last.name} is out of order, and a pipe cannot be read twice: name the file itself, and no"
                " line is too late."
            )
        self.memory.open = [day for day in self.memory.open if day.day not in self.late.late]
        self.late.late.clear()
        for source in self.late.chain:
            source.log.packed = source.packed
        self._note(last, last.log.read)
        self._hand_over(days)
        self.packing.wait()

    def _let_go(self) -> None:
        if self.judge.full:
            self.packing.wait()
            self.days.let_go_of_known()
