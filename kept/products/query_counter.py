"""Watches one piece of work on the database, so that a page can say what it stored because it counted, not
because it was told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection


@dataclass(slots=True)
class Witness:
    """``reads`` and ``writes``: statements seen. Whatever is not plainly a read counts as a write."""

    reads: int = 0
    writes: int = 0

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.lstrip().upper().startswith("SELECT"):
            self.reads += 1
        else:
            self.writes += 1
        return execute(sql, params, many, context)


@contextmanager
def watching() -> Iterator[Witness]:
    witness = Witness()
    with connection.execute_wrapper(witness):
        yield witness
