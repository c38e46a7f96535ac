"""Interleaved pairs: a noisy machine is noisy for both sides of a ratio."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from statistics import median

from bench.figure import Pair

Clock = Callable[[], float]
WALL: Clock = time.perf_counter
CPU: Clock = time.process_time


def once(work: Callable[[], object], clock: Clock = WALL) -> float:
    """Seconds of one run."""
    began = clock()
    work()
    return clock() - began


def typical(work: Callable[[], object], *, rounds: int, clock: Clock = WALL) -> float:
    """The median in seconds, after one run to warm up."""
    work()
    gc.collect()
    return median(once(work, clock) for _ in range(rounds))


def pairs(
    ours: Callable[[], object], limit: Callable[[], object], *, rounds: int, clock: Clock = WALL
) -> Pair:
    """Both in turn, who begins changing each round; each once before, to warm up."""
    ours()
    limit()
    gc.collect()
    found: list[tuple[float, float]] = []
    for number in range(rounds):
        if number % 2:
            first = once(ours, clock)
            found.append((first, once(limit, clock)))
        else:
            second = once(limit, clock)
            found.append((once(ours, clock), second))
    return Pair(median(a for a, _ in found), median(b for _, b in found), median(a / b for a, b in found))


def percentile(times: list[float], share: float) -> float:
    """Of a list that is not empty; 0.95 is the time that 95 % of them do not exceed."""
    ordered = sorted(times)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]
