"""How much is measured: all of it, or just enough to see that the benches still run."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Scale:
    """``persons`` and ``entries`` are table sizes, ``rounds`` pairs of short works, ``heavy`` pairs of long
    ones, ``seconds`` of load.
    """

    persons: int
    entries: int
    rounds: int
    heavy: int
    rows: int
    seconds: float
    requests: int


FULL = Scale(persons=100_000, entries=1_000_000, rounds=60, heavy=5, rows=10_000, seconds=8.0, requests=400)
SMALL = replace(FULL, persons=20_000, entries=200_000)
QUICK = Scale(persons=300, entries=600, rounds=3, heavy=1, rows=300, seconds=0.5, requests=6)
SIZES = {"full": FULL, "small": SMALL, "quick": QUICK}
