"""Database and second place, compared both ways: is this the database that was served from last, or an older
one put back?

A database of yesterday knows somebody again who was erased since, and its ledger is shorter than what was
signed. So they are compared at the start, and again every half minute beside the requests and jobs, which ask
``said()`` and read no file for it.
"""

from __future__ import annotations

import logging
import os
import threading
from dataclasses import dataclass
from time import sleep

from django.db import DatabaseError, connection

from kept.core.ledger.notes import checkpoint_copies
from kept.core.ledger.notes.sign import SigningKeyError
from kept.core.second_place import PlaceUnreachable
from kept.operations.silence.failure_sentences import of_database
from kept.rights.erasure import records
from kept.sentences import counted

EVERY = 30.0
"""In seconds."""
PATIENCE = 10.0
"""A disk of another host may not answer at all: so long the first request waits for it, and no other does."""

log = logging.getLogger("kept.comparison")


@dataclass(frozen=True, slots=True)
class Said:
    """``differences``: this is another database; no personal page is served.

    ``attention``: it could not be asked, or has not all yet.
    """

    differences: tuple[str, ...] = ()
    attention: tuple[str, ...] = ()

    @property
    def lines(self) -> tuple[str, ...]:
        return self.differences + self.attention


class _Watch:
    """What was found last in this process, and the thread that looks again."""

    said = Said()
    pid = 0
    wanted = False
    lock = threading.Lock()


def said() -> Said:
    """What the last comparison of this process found.

    Reads nothing; the first call after ``watch`` begins to look.
    """
    if _Watch.wanted and _Watch.pid != os.getpid():
        _begin()
    return _Watch.said


def look() -> Said:
    """Compare now.

    A database that does not answer says nothing new: then what was found last still counts.
    """
    try:
        _Watch.said = Said(*_compared())
    except (DatabaseError, SigningKeyError) as broken:
        log.error("%s", of_database(broken) if isinstance(broken, DatabaseError) else broken)
    return _Watch.said


def watch() -> None:
    """From now on ``said`` is kept fresh by a thread of its own, in whichever process asks."""
    _Watch.wanted = True


def forget() -> None:
    """As if nothing had been compared yet."""
    _Watch.said, _Watch.pid, _Watch.wanted = Said(), 0, False


def _begin() -> None:
    with _Watch.lock:
        if _Watch.pid == os.getpid():
            return
        _Watch.pid = os.getpid()
    first = threading.Event()
    threading.Thread(target=_keep_looking, args=(first, os.getpid()), name="comparison", daemon=True).start()
    first.wait(PATIENCE)


def _keep_looking(first: threading.Event, pid: int) -> None:
    before = Said()
    while _Watch.pid == pid:
        now = look()
        connection.close()
        first.set()
        if now != before:
            for line in now.lines or ("Database and second place agree again.",):
                log.error("%s", line)
        before = now
        sleep(EVERY)


def _compared() -> tuple[tuple[str, ...], tuple[str, ...]]:
    differences, attention = list[str](), list[str]()
    try:
        unknown = len(records.unknown())
        if unknown:
            differences.append(
                counted(
                    "{n:,} erasure is written down in the second place that this database knows nothing of,"
                    " so it may hold people who were erased: put the newest database back, or forget them"
                    " again with `{mend}`.",
                    "{n:,} erasures are written down in the second place that this database knows nothing of,"
                    " so it may hold people who were erased: put the newest database back, or forget them"
                    " again with `{mend}`.",
                    unknown,
                    mend=checkpoint_copies.MEND,
                )
            )
        if ledger := checkpoint_copies.difference():
            (attention if checkpoint_copies.is_lost() else differences).append(ledger)
    except (records.RecordUnreachable, PlaceUnreachable) as away:
        attention.append(str(away))
    return tuple(differences), tuple(attention)
