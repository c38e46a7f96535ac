"""While the walk walks: what it provokes on purpose is not written into the log."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_WALKING: ContextVar[bool] = ContextVar("this thread walks", default=False)


def _silent(record: logging.LogRecord) -> bool:
    return not _WALKING.get()


@contextmanager
def quiet() -> Iterator[None]:
    """What this thread provokes is left out of the log of requests: hundreds of pages that are not there, and forms without their token."""
    loggers = [logging.getLogger(name) for name in ("django.request", "django.security", "django.security.csrf")]
    token = _WALKING.set(True)
    for logger in loggers:
        # One and the same function, so that hanging it in again changes nothing; it stays, and asks each thread for itself.
        logger.addFilter(_silent)
    try:
        yield
    finally:
        _WALKING.reset(token)
