"""The few threads that answer, in lanes: health has threads of its own, so that it answers while all others
are busy.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from kept.operations.serving.refusals import Refused
from kept.sentences import sentence

_BUSY = sentence("Too many people ask for something at this moment. Try again in a few seconds.")

T = TypeVar("T")


class Lane:
    """A bounded number of threads with a bounded number of requests before them."""

    def __init__(self, name: str, *, threads: int, waiting: int) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._most = threads + waiting
        self._within = 0

    async def run(self, work: Callable[[], T]) -> T:
        """Do ``work`` in a thread of this lane.

        Refused (503) where too many wait already. Raises what it raises.
        """
        if self._within >= self._most:
            raise Refused(503, _BUSY)
        return await self.go_on(work)

    async def go_on(self, work: Callable[[], T]) -> T:
        """The same for what has begun already, and is refused no more."""
        self._within += 1
        done = asyncio.get_running_loop().run_in_executor(self._pool, work)
        # Counted until the thread is free again, whoever stopped waiting for it.
        done.add_done_callback(self._leave)
        return await done

    def _leave(self, _: object) -> None:
        self._within -= 1


class Lanes:
    """One for everybody, one for whoever asks whether the process lives, one for whether it could serve."""

    def __init__(self, *, threads: int) -> None:
        self.everybody = Lane("web", threads=threads, waiting=256)
        # Whether it is ready is asked of the database, and may take as long as that does: it never holds up
        # the other.
        self._health = {
            "/health/live": Lane("live", threads=1, waiting=32),
            "/health/ready": Lane("ready", threads=1, waiting=8),
        }
        self._health["/health/started"] = self._health["/health/live"]

    def of(self, path: str) -> Lane:
        return self._health.get(path, self.everybody)
