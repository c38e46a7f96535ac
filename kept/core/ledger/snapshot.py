"""One moment of the database for whoever compares: what others write meanwhile cannot make two true answers
differ.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction


@contextmanager
def one_moment() -> Iterator[None]:
    """Everything read inside is of the moment of the first read, and nothing can be written.

    SQLite: a reading transaction beside the writers. PostgreSQL: REPEATABLE READ, READ ONLY. Inside a
    transaction that is open already its own rules hold, and this changes nothing.
    """
    if connection.in_atomic_block:
        yield
        return
    with _sqlite() if connection.vendor == "sqlite" else _postgresql():
        yield


@contextmanager
def _sqlite() -> Iterator[None]:
    """Django's own connection begins every transaction as a writer, and would hold up the portal for as long
    as this lasts.
    """
    wrapper: Any = connection
    connection.ensure_connection()
    mode, wrapper.transaction_mode = wrapper.transaction_mode, "DEFERRED"
    try:
        with transaction.atomic():
            wrapper.transaction_mode = mode
            _tell("PRAGMA query_only = ON")
            yield
    finally:
        wrapper.transaction_mode = mode
        if connection.connection is not None:
            _tell("PRAGMA query_only = OFF")


@contextmanager
def _postgresql() -> Iterator[None]:
    with transaction.atomic():
        _tell("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def _tell(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
