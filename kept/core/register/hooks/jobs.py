"""What the program does by itself, and how often.

The worker (operations) runs these; each job claims its own due rows.

State is the truth: a job that is killed leaves rows that are still due, so running it again finishes the
work.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from kept.registry import Registry


@dataclass(frozen=True, slots=True)
class Job:
    """``run`` returns how many things it did; 0 lets the worker rest until ``every`` has passed."""

    name: str
    every: timedelta
    run: Callable[[], int]
    last: bool = False


JOBS: Registry[Job] = Registry("jobs", "what the worker does, and how often")


def job(
    name: str, *, every: timedelta, last: bool = False
) -> Callable[[Callable[[], int]], Callable[[], int]]:
    """Register a function to be run again and again. It must be idempotent, and safe beside a second worker.

    ``last``: where much is due at once it begins after all the others, and some seconds after a start,
    because it judges what they did, or loads much that nobody waits for.
    """

    def keep(function: Callable[[], int]) -> Callable[[], int]:
        JOBS.add(name, Job(name, every, function, last))
        return function

    return keep
