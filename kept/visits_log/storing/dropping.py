"""A day whose term is over goes at once, however much it holds: its folder is renamed away, its counts leave
the month's sums.
"""

from __future__ import annotations

import os
import shutil
from datetime import date

from kept.visits_log.places import Places
from kept.visits_log.storing import dropped_days
from kept.visits_log.storing.engine import keeper, quoted
from kept.visits_log.storing.files import GONE, alone, step, tidy, whole
from kept.visits_log.storing.packer import NAME
from kept.visits_log.storing.rollups import ROWS, packed_days


def due(places: Places, kept_from: date) -> list[str]:
    """The days before ``kept_from`` of which anything is still there: packed, in the months' sums by their
    month, or logged.
    """
    first = kept_from.isoformat()
    logged = [found[1] for file in places.logs.glob("*.log") if (found := NAME.fullmatch(file.name))]
    days = {day for day in (*packed_days(places), *logged) if day < first}
    return sorted(days)


def drop_day(places: Places, day: str) -> None:
    """Nothing of this day, nor of any before it, is told from now on.

    Killed at any point, ``drop_day`` again finishes it. Raises EngineStopped.
    """
    with alone(places):
        dropped_days.note(places, day)
        step("noted")
        _rename_away(places, day)
        step("away")
        for log in places.logs.glob(f"{day}.*.log"):
            log.unlink(missing_ok=True)
        _leave_the_sums(places, day)
    # Whoever reads or packs meanwhile need not wait for the disk.
    tidy(places)


def finish(places: Places) -> None:
    """What a drop that was killed left behind: counts of days that are gone."""
    last = dropped_days.last(places)
    with alone(places):
        if last and any(file.stem <= last[:7] for file in places.rollups.glob("*.parquet")):
            _leave_the_sums(places, last)
        for log in places.logs.glob("*.log"):
            if (found := NAME.fullmatch(log.name)) and found[1] <= last:
                log.unlink(missing_ok=True)
        tidy(places)


def _rename_away(places: Places, day: str) -> None:
    folder = places.day(day)
    if folder.exists():
        away = places.root / f"{GONE}{day}-{os.getpid()}"
        shutil.rmtree(away, ignore_errors=True)
        folder.rename(away)


def _leave_the_sums(places: Places, day: str) -> None:
    """The month loses the day and its own block; a month of which nothing is left loses its file."""
    file = places.month(day[:7])
    if not file.exists():
        return
    rest = f"FROM read_parquet({quoted(file)}) WHERE day > DATE {quoted(day)}"
    with keeper() as connection:
        if connection.execute(f"SELECT 1 {rest} LIMIT 1").fetchone() is None:
            file.unlink()
            return
        with whole(file) as half:
            connection.execute(
                f"COPY (SELECT * {rest}) TO {quoted(half)} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE"
                f" {ROWS})"
            )
