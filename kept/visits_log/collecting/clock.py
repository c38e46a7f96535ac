"""The site's own calendar day, on a clock that may jump. A day that was left is closed for good."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day
from zoneinfo import ZoneInfo

log = logging.getLogger("kept.collector")

JUMP = 90.0
"""Seconds by which the wall's clock and the machine's may part before it is called a jump.

Leap seconds and corrections are smaller.
"""


def _running() -> float:
    """Seconds since the machine started, its sleep included."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


class Days:
    """``today()`` is the day to write to and whether it is still open.

    ``wall`` and ``running`` give seconds, and are put in by tests.
    """

    def __init__(
        self,
        zone: str,
        *,
        closed: Iterable[str] = (),
        wall: Callable[[], float] = time.time,
        running: Callable[[], float] = _running,
    ) -> None:
        self.zone = ZoneInfo(zone)
        self.closed = set(closed)
        self.jumps = 0
        self._wall, self._running = wall, running
        self._apart = wall() - running()
        self._begins, self._ends, self.day = self._bounds(wall())

    def now(self) -> float:
        """Seconds of the wall's clock. A jump is told once, and the day is worked out anew."""
        now = self._wall()
        apart = now - self._running()
        if abs(apart - self._apart) > JUMP:
            self.jumps += 1
            log.warning(
                "The clock jumped by %+d seconds. Days that are over stay closed.", round(apart - self._apart)
            )
            self._apart = apart
        elif apart != self._apart:
            # Slow corrections add up over months, and are no jump.
            self._apart = apart
        return now

    def turn(self, now: float) -> str | None:
        """The day that is over, when it just was; None while the same day goes on."""
        if self._begins <= now < self._ends:
            return None
        over = self.day
        self._begins, self._ends, self.day = self._bounds(now)
        self.closed.add(over)
        return over

    @property
    def open(self) -> bool:
        return self.day not in self.closed

    def _bounds(self, now: float) -> tuple[float, float, str]:
        """A day of 23, 24 or 25 hours: from midnight to midnight by the zone's own rules."""
        day = datetime.fromtimestamp(now, self.zone).date()
        return self._midnight(day), self._midnight(day + timedelta(days=1)), day.isoformat()

    def _midnight(self, day: date) -> float:
        return datetime.combine(day, time_of_day(), self.zone).astimezone(UTC).timestamp()
