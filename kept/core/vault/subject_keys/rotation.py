"""A new generation of the master key: added to the file, every person's key moved under it, the old one
destroyed.

Each step may be killed and run again. The file is written first, so whoever meets a moved row finds the key
that moved it; a row is moved by comparing and swapping, so one that was destroyed meanwhile is not brought
back. Sealed values are not touched: they hang on the persons' keys, which stay what they are.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from kept.core.vault.errors import MasterKeyProblem
from kept.core.vault.sealing.sealed_box import RESEALS
from kept.core.vault.subject_keys import rewrapping
from kept.core.vault.subject_keys.master import SIZE, Generation, MasterKey, load, master

_COUNT = {
    "sqlite": "SELECT count(*) FROM vault_keyrow WHERE substr(wrapped, 2, 8) = %s",
    "postgresql": "SELECT count(*) FROM vault_keyrow WHERE substring(wrapped FROM 2 FOR 8) = %s",
}


def hanging() -> dict[bytes, int]:
    """How many persons' keys hang on each generation, by its id, newest first."""
    found = {}
    with connection.cursor() as cursor:
        for id in master().generations:
            cursor.execute(_COUNT[connection.vendor], [id])
            found[id] = int(cursor.fetchone()[0])
    return found


def begin() -> Generation:
    """Add a generation to the file; from now on everything new is sealed under it, in every process.

    Raises MasterKeyProblem.
    """
    with _file() as (path, key):
        rewrite(
            path,
            replace(
                key,
                material=os.urandom(SIZE),
                finds=key.finds or key.material,
                older=(key.material, *key.older),
            ),
        )
    return master().newest


def rewrap(*, progress: Callable[[int], None] = lambda done: None) -> int:
    """Move every key and every box under the newest generation.

    How many keys it moved; 0 when nothing was left to do.

    ``progress`` hears after each batch how many this walk over the table has moved.
    A row that was altered cannot be opened and stays where it is: ``hanging`` counts it.
    """
    moved = 0
    while _left() and (done := rewrapping.move_all(progress)):
        moved += done
    for reseal in RESEALS.values():
        reseal()
    return moved


def _left() -> int:
    """How many keys hang on a generation that is not the newest."""
    newest = master().id
    return sum(count for id, count in hanging().items() if id != newest)


def destroy_older() -> int:
    """Destroy every generation but the newest.

    How many. Raises MasterKeyProblem, with a count, while a person's key hangs on one.

    Nobody can write a key row meanwhile, so no key is left behind under what is destroyed.
    """
    with _file() as (path, key), transaction.atomic(), connection.cursor() as cursor:
        _nobody_else_writes(cursor)
        if left := _left():
            raise MasterKeyProblem(
                f"{left:,} persons' keys still hang on an older generation of the master key. Run `kept keys"
                " rotate` first; it goes on where it ended."
            )
        if key.older:
            rewrite(path, replace(key, older=()))
    return len(key.older)


def rewrite(path: Path, key: MasterKey) -> None:
    """Put another content in place of the file, all of it or nothing, and overwrite the old bytes.

    Raises MasterKeyProblem.
    """
    beside = path.with_name(path.name + ".part")
    try:
        old = os.open(path, os.O_RDWR)
        try:
            handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "w") as file:
                file.write(key.text())
                file.flush()
                os.fsync(file.fileno())
            os.replace(beside, path)
            _sync(path.parent)
            os.pwrite(old, os.urandom(os.fstat(old).st_size), 0)
            os.fsync(old)
        finally:
            os.close(old)
    except OSError as wrong:
        raise MasterKeyProblem(
            f"The master key {path} cannot be written ({wrong.strerror}), so nothing was changed. Let Kept"
            " write there while its keys are rotated."
        ) from None
    finally:
        beside.unlink(missing_ok=True)


@contextmanager
def _file() -> Iterator[tuple[Path, MasterKey]]:
    """The key as it stands in the file, which nobody else changes meanwhile."""
    path = Path(settings.KEPT_MASTER_KEY_FILE)
    load(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield path, load(path)
    except BlockingIOError:
        raise MasterKeyProblem(
            "Another command is changing the master key just now. Wait until it is done."
        ) from None
    finally:
        os.close(folder)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _nobody_else_writes(cursor: Any) -> None:
    """On SQLite a transaction of ours is the only writer from its first moment."""
    if connection.vendor == "postgresql":
        cursor.execute("LOCK TABLE vault_keyrow IN SHARE ROW EXCLUSIVE MODE")
