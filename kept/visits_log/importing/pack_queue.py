"""One thread that packs closed days in their order, while the next pieces are judged.

When one fails, none after it is done.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

MOST = 2
"""Days that may wait: their rows are in memory."""


class Packing:
    """What was handed over is done by the time ``wait`` comes back.

    A failure is raised where the next is handed over, or waited for.
    """

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="packing")
        self._waiting: deque[Future[None]] = deque()
        self._failed = False

    def hand_over(self, work: Callable[[], None]) -> None:
        while len(self._waiting) >= MOST:
            self._waiting.popleft().result()
        self._waiting.append(self._thread.submit(self._do, work))

    def wait(self) -> None:
        while self._waiting:
            self._waiting.popleft().result()

    def close(self) -> None:
        """Finish what was begun. What failed was raised already, or is of no use to whoever is leaving."""
        self._thread.shutdown(wait=True)

    def _do(self, work: Callable[[], None]) -> None:
        if self._failed:
            return
        try:
            work()
        except BaseException:
            self._failed = True
            raise
