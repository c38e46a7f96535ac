"""The loop: take what arrives, number it, derive, write, forget."""

from __future__ import annotations

import logging
import select
import socket
import time
from collections.abc import Callable
from pathlib import Path

from kept.visits_log import agents
from kept.visits_log.collecting import deriving, state
from kept.visits_log.collecting.clock import Days
from kept.visits_log.collecting.log import DayLog, line
from kept.visits_log.collecting.numbering import Visitors
from kept.visits_log.collecting.salt import Salt
from kept.visits_log.datagrams import LARGEST, Reading, unpack
from kept.visits_log.origins import Origins
from kept.visits_log.places import Places

log = logging.getLogger("kept.collector")

AT_ONCE = 256
"""Datagrams taken before they are written together, in one whole."""
SHORTEST_NAP, LONGEST_NAP = 0.004, 0.04
"""Seconds between two batches: as long as the system keeps for us what arrives meanwhile."""
QUEUE, EACH = Path("/proc/sys/net/unix/max_dgram_qlen"), 0.0004
"""How many datagrams it keeps (ten where nobody set it), and seconds that are reckoned for each: 2,500 pages
a second.
"""
TICK = 0.5
"""Seconds between two looks at the clock while nobody reads: a day's salt is gone within one of them."""
TELL = 10.0
"""Seconds between two writings of the state."""
MINUTE = 60


class Collector:
    """``run(socket)`` until ``stop()``. Whoever makes one holds the folder's lock."""

    def __init__(self, places: Places, source: str, *, days: Days, origins: Origins) -> None:
        self.places, self.origins = places, origins
        self.state = state.read(places.root) or state.State()
        self.state.source, self.state.begun = source, self.state.begun + 1
        self.days, self.log = days, DayLog(places, source)
        self.days.closed.update(self.state.closed)
        self.salt = Salt()
        self.visitors = Visitors(self.salt)
        self.state.salt_locked = self.salt.locked
        self.stopping = False
        self._told = 0.0
        self._trouble = False
        self._before = (self.state.renewed, self.state.jumps, self.state.repaired)

    def stop(self, *_: object) -> None:
        self.stopping = True

    def run(self, door: socket.socket, *, clock: Callable[[], float] = time.monotonic) -> None:
        """Until told to stop. Then the salt is overwritten, and what was counted is left in the state."""
        poll = select.poll()
        poll.register(door, select.POLLIN)
        nap = between_batches()
        try:
            # Compiling the patterns takes longer than a thousand readings: before the first arrives.
            agents.read("Mozilla/5.0")
            self.log.mend_all()
            self._turn()
            self._tell(clock())
            while not self.stopping:
                # Whoever sends to a sleeper has to wake it. While readings come thick and fast it only dozes,
                # and wakes by itself.
                if not self.take(_arrived(door)):
                    poll.poll(TICK * 1000)
                    self.take(_arrived(door))
                time.sleep(nap)
                if clock() - self._told >= TELL:
                    self._tell(clock())
            # What arrived before we were told to stop.
            self.take(_arrived(door))
        finally:
            self.salt.destroy()
            deriving.forget()
            self.log.close()
            self._tell(clock())

    def take(self, datagrams: list[bytes]) -> bool:
        """One batch: written whole, or counted as left out. Whether there was any."""
        now = self._turn()
        self.state.received += len(datagrams)
        readings = [reading for datagram in datagrams if (reading := self._read(datagram))]
        if not self.days.open:
            self.state.left_out["clock"] += len(readings)
        elif readings:
            self._write(readings, int(now // MINUTE))
        return bool(datagrams)

    def _write(self, readings: list[Reading], minute: int) -> None:
        lines = [self._line(reading, minute) for reading in readings]
        if self.log.append(self.days.day, lines):
            self.state.written += len(lines)
            self._say(trouble=False)
        else:
            self.state.left_out["disk"] += len(lines)
            self._say(trouble=True)

    def _read(self, datagram: bytes) -> Reading | None:
        """None for what is no reading, or nobody's."""
        try:
            reading = unpack(datagram)
        except ValueError:
            self.state.left_out["malformed"] += 1
            return None
        self.state.left_out["missed"] += reading.missed
        if deriving.is_program(reading):
            self.state.left_out["program"] += 1
            return None
        return reading

    def _line(self, reading: Reading, minute: int) -> bytes:
        place = self.visitors.place(reading.address, reading.agent, minute, reading.again)
        return line(
            deriving.event(reading, day=self.days.day, minute=minute, place=place, origins=self.origins)
        )

    def _turn(self) -> float:
        """What time it is. When a day is over: close its file, destroy its salt, forget its visitors."""
        now = self.days.now()
        over = self.days.turn(now)
        if over is not None:
            self.log.close()
            self.visitors.forget()
            deriving.forget()
            self.state.close([over])
        if over is not None or not self.state.day:
            self.state.day = self.days.day
            self._told = 0.0
        if self.log.packed(self.days.day):
            self.days.closed.add(self.days.day)
        return now

    def _tell(self, now: float) -> None:
        """Write the state. A disk that is full keeps the old one, and the numbers stay here."""
        renewed, jumps, repaired = self._before
        self.state.day = self.days.day
        self.state.renewed = renewed + self.visitors.renewed
        self.state.jumps, self.state.repaired = jumps + self.days.jumps, repaired + self.log.repaired
        self.state.write(self.places.root)
        self._told = now

    def _say(self, *, trouble: bool) -> None:
        """Once when the disk fails, and once when it is well again."""
        if trouble and not self._trouble:
            log.error(
                "The log of visits cannot be written. Readings are dropped and counted until it can; the"
                " portal serves its pages meanwhile."
            )
        if self._trouble and not trouble:
            log.warning("The log of visits is written again.")
        self._trouble = trouble


def between_batches(queue: Path = QUEUE) -> float:
    """Seconds to doze. The longer, the fewer pages have to wake us."""
    try:
        kept = int(queue.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return SHORTEST_NAP
    return min(max(kept * EACH, SHORTEST_NAP), LONGEST_NAP)


def _arrived(door: socket.socket) -> list[bytes]:
    """What is there now, ``AT_ONCE`` at most. One byte more than any of ours shows which are too long."""
    found: list[bytes] = []
    try:
        while len(found) < AT_ONCE:
            found.append(door.recv(LARGEST + 1))
    except BlockingIOError:
        pass
    return found
