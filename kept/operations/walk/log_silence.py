"""While the walk walks: what it provokes on purpose is not written into the log, and one fault is written
once.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_MET: ContextVar[set[str] | None] = ContextVar(
    "faults that the walk of this thread has met; None where nobody walks", default=None
)


def _silent(record: logging.LogRecord) -> bool:
    return _MET.get() is None


def _once(record: logging.LogRecord) -> bool:
    """A fault that breaks every page is met by hundreds of requests: whoever mends it needs its places
    once.
    """
    met, error = _MET.get(), record.exc_info and record.exc_info[1]
    if met is None or not error:
        return True
    frames = traceback.extract_tb(error.__traceback__)
    fault = (
        f"{type(error).__qualname__} {frames[-1].filename}:{frames[-1].lineno}"
        if frames
        else type(error).__qualname__
    )
    new = fault not in met
    met.add(fault)
    return new


@contextmanager
def quiet() -> Iterator[None]:
    """What this thread provokes is left out of the log of requests: hundreds of pages that are not there, and
    forms without their token.
    """
    token = _MET.set(set())
    # One and the same function, so that hanging it in again changes nothing; it stays, and asks each thread
    # for itself.
    for name in ("django.request", "django.security", "django.security.csrf"):
        logging.getLogger(name).addFilter(_silent)
    logging.getLogger("kept.web").addFilter(_once)
    try:
        yield
    finally:
        _MET.reset(token)
