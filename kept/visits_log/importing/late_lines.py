"""Lines that come after their day was packed: the logs are read once more, and those days are packed anew
with all of their lines.

So it is for logs out of order, as of several machines put together: only who has such lines pays for a second
reading. What comes through a pipe cannot be read twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from kept.visits_log.importing import reading
from kept.visits_log.importing.days import Day, Days
from kept.visits_log.importing.judging.line_classes import LATE, Judge, Judged, Reader
from kept.visits_log.importing.judging.timestamps import written
from kept.visits_log.importing.plan import Source
from kept.visits_log.importing.read_marks import Open
from kept.visits_log.places import Places

COUNTED = ""
Figures = dict[int, Counter[str]]
"""Of each day, how many lines were COUNTED, and how many refused by reason."""


@dataclass(slots=True)
class LateLines:
    """Of the logs that were read as one: ``begun`` are the days of this run and their sources, ``late`` those
    that lines came too late for.
    """

    places: Places
    judge: Judge
    days: Days
    chain: list[Source] = field(default_factory=list)
    marks: dict[str, int] = field(default_factory=dict)
    begun: dict[int, str] = field(default_factory=dict)
    late: set[int] = field(default_factory=set)
    figures: Figures = field(default_factory=dict)

    def clear(self) -> None:
        for one in (self.chain, self.marks, self.begun, self.late, self.figures):
            one.clear()

    def add(self, source: Source) -> None:
        """A log that is about to be read, as far as it was read before."""
        self.chain.append(source)
        self.marks[source.log.id] = source.mark

    def note(self, judged: Judged, redo: Mapping[int, Open], *, new: bool) -> None:
        """What came of a piece.

        ``new``: no earlier run counted its lines. ``redo``: the days that are begun anew.
        """
        for day, found in judged.by_day.items():
            if new:
                self.figures.setdefault(day, Counter()).update(found)
            # Days an earlier run has done with are closed where it is read again: their lines are not late.
            if found[LATE] and day in redo:
                self.begun.setdefault(day, redo[day].source)
            if found[LATE] and (new or day in self.begun) and self._is_whole(day):
                self.late.add(day)

    def _is_whole(self, day: int) -> bool:
        """Whether all that is packed of the day under its source came out of the logs at hand."""
        if day in self.begun or not any(source.known for source in self.chain):
            return True
        return len(self.chain) == 1 and self.places.packed(written(day), self._source).exists()

    @property
    def _source(self) -> str:
        return f"import-{self.chain[0].log.id}"

    def waiting(self) -> list[Open]:
        """As an unfinished day is remembered: a run that is killed before it came to them begins them
        anew.
        """
        if not self.chain:
            return []
        first, last = self.chain[0].log.id, self.chain[-1].log.id
        return [Open(day, self.begun.get(day, self._source), first, 0, last, []) for day in sorted(self.late)]

    def rewind(self) -> bool:
        """Go back to where the logs begin. False where one came through a pipe."""
        try:
            return all(source.stream.seek(0) == 0 for source in self.chain)
        except OSError:
            return False

    def read_again(
        self, base: int, turn: Callable[[Source], None], full: Callable[[], None]
    ) -> tuple[list[Day], Counter[str]]:
        """The late days whole, closed and not yet packed, and by how much figures change.

        ``turn`` is told each log, ``full`` after each piece.
        """
        change: Counter[str] = Counter({COUNTED: 0})
        for day in self.late:
            change.subtract(self.figures.get(day, Counter()))
        take = Reader(self.judge).read
        for source in self.chain:
            turn(source)
            mark = self.marks[source.log.id]
            for piece in reading.Pieces(
                source.stream, source.name, take, begun=b"", words=source.words, mark=mark
            ):
                judged = self._judge(piece)
                for day in self.late:
                    if judged.counted[day]:
                        self.days.add(day, judged.counted[day], base)
                        source.log.note(self.days.open[day].source, day)
                    if piece.begin >= mark:
                        change.update(judged.by_day.get(day, {}))
                self.judge.forget(piece.table)
                full()
                base += piece.lines
        return [self.days.close(day) for day in sorted(self.days.open)], change

    def _judge(self, piece: reading.Piece) -> Judged:
        found = self.judge.times(piece.table)
        self.judge.know_times(found, {one.day: -1 for one in found if one.day not in self.late})

        def number(day: int, address: str, agent: str) -> int:
            if day not in self.days.open:
                self.days.open[day] = Day(day, self.begun.get(day, self._source), self.chain[0].log.id, 0, [])
            return self.days.open[day].salt.number(address, agent)

        return self.judge.judge(piece.table, number)
