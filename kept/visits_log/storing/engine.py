"""DuckDB, inside the process, with bounds: so much memory, two threads, and no way to the network or to files
of code.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

from kept.visits_log.places import Places
from kept.visits_log.storing.duckdb_library import duckdb

MEMORY = "512MB"
THREADS = 2
SPILL = ".spill-"
"""How the folder of what does not fit begins; the process's number follows."""


class EngineStopped(Exception):
    """The engine could not do it. The message says why in a few words of ours, and holds nothing of its own:
    that may be the line it stumbled on, and tells nobody what to do.
    """


@contextmanager
def in_our_words() -> Iterator[None]:
    """Whatever the engine says inside reaches nobody. Raises EngineStopped."""
    try:
        yield
    except duckdb.Error as wrong:
        raise EngineStopped(reason(wrong)) from None


@contextmanager
def opened(
    places: Places, *, memory: str = MEMORY, threads: int = THREADS
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database in memory. Raises EngineStopped.

    What does not fit is written beside the visits for the while, for their owner's eyes alone.
    """
    places.root.mkdir(mode=0o700, parents=True, exist_ok=True)
    spill = Path(tempfile.mkdtemp(prefix=f"{SPILL}{os.getpid()}-", dir=places.root))
    try:
        with in_our_words():
            connection = duckdb.connect(config={**_bounds(memory, threads), "temp_directory": str(spill)})
            try:
                yield connection
            finally:
                connection.close()
    finally:
        shutil.rmtree(spill, ignore_errors=True)


@contextmanager
def reader(*, memory: str = MEMORY, threads: int = THREADS) -> Iterator[duckdb.DuckDBPyConnection]:
    """One that only reads, and never spills: for reports. Raises EngineStopped.

    The engine behind it lives as long as the process; to start one costs more than a report.
    """
    with in_our_words(), _reading(memory, threads, os.getpid()).cursor() as connection:
        yield connection


@contextmanager
def keeper() -> Iterator[duckdb.DuckDBPyConnection]:
    """One that leaves rows in the order they have: to write a file anew without some of them, and without
    sorting it again. Raises EngineStopped.
    """
    with in_our_words(), _reading(MEMORY, 1, os.getpid(), ordered=True).cursor() as connection:
        yield connection


@lru_cache(maxsize=3)
def _reading(memory: str, threads: int, process: int, *, ordered: bool = False) -> duckdb.DuckDBPyConnection:
    """``process``: one that was forked would have threads of nobody's."""
    connection = duckdb.connect(
        config={**_bounds(memory, threads), "temp_directory": "", "preserve_insertion_order": ordered}
    )
    # It knows again what stands at the end of a file that has not changed.
    connection.execute("SET GLOBAL parquet_metadata_cache = true")
    return connection


def _bounds(memory: str, threads: int) -> dict[str, str | bool | int | float | list[str]]:
    return {
        "memory_limit": memory,
        "threads": threads,
        "preserve_insertion_order": False,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "allow_community_extensions": False,
    }


def reason(wrong: Exception) -> str:
    """Why the engine stopped, in words of ours."""
    if isinstance(wrong, EngineStopped):
        return str(wrong)
    if isinstance(wrong, duckdb.OutOfMemoryException):
        return "there was too little memory, or too little room on the disk for what did not fit into it"
    if isinstance(wrong, (duckdb.IOException, OSError)):
        return "the disk could not be read or written"
    return "a value could not be read"


def quoted(text: object) -> str:
    """A text as SQL spells it."""
    return "'" + str(text).replace("'", "''") + "'"
