"""Where the visits lie: one folder, readable without the portal.

``source`` is the machine or the import a file came from.

log/2026-11-25.web-1.log              what the collector writes: one event a line, appended
days/day=2026-11-25/web-1.parquet     a day, packed and shuffled
rollups/2026-11.parquet               each day of a month, summed up
collector.sock                        where the web sends its datagrams
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Places:
    """The folder of ``KEPT_VISITS`` (by default ``visits`` in KEPT_HOME), and what lies in it."""

    root: Path

    @property
    def socket(self) -> Path:
        return self.root / "collector.sock"

    @property
    def logs(self) -> Path:
        return self.root / "log"

    @property
    def days(self) -> Path:
        return self.root / "days"

    @property
    def rollups(self) -> Path:
        return self.root / "rollups"

    def log(self, day: str, source: str) -> Path:
        return self.logs / f"{day}.{source}.log"

    def day(self, day: str) -> Path:
        """The folder of a packed day."""
        return self.days / f"day={day}"

    def packed(self, day: str, source: str) -> Path:
        return self.day(day) / f"{source}.parquet"

    def month(self, month: str) -> Path:
        """The rollup of a month (YYYY-MM)."""
        return self.rollups / f"{month}.parquet"
