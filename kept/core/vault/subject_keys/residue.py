"""What was deleted, cleaned out of the database's own files: SQLite's write-ahead log, PostgreSQL's dead
rows.

Deleted bytes linger: in SQLite's log until a checkpoint has emptied it, which a reader can hold up (freed
pages are overwritten at once, by ``secure_delete``); in PostgreSQL until a vacuum no older snapshot stands in
the way of. After it no query reaches them, and the space is free; its bytes are overwritten as the table is
used again (``VACUUM FULL`` does it at once, and holds up everybody). The log that PostgreSQL keeps for its
replicas and archives is the operator's; it is cleaned by its own rotation.
"""

from __future__ import annotations

from collections.abc import Iterable
from time import monotonic, sleep

from django.db import OperationalError, connection

# A checkpoint that waits for a reader holds up every writer: try for a moment, and come again.
PATIENCE = 200  # milliseconds
_USUAL = 20_000
# Readers come and go; one that stays longer than this is waited for by coming again.
WAIT = 2.0  # seconds


def clean(tables: Iterable[str] = ()) -> bool:
    """True when nothing deleted before this call is left in the database's files.

    ``tables``: those deleted from; all when none is named.

    False, and to be tried again, while somebody still reads what was there before, or inside a transaction.
    """
    if connection.in_atomic_block:
        return False
    return _sqlite() if connection.vendor == "sqlite" else _postgresql(sorted(set(tables)))


def _sqlite() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA busy_timeout = {PATIENCE}")
        try:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            busy, left, _ = cursor.fetchone()
        except OperationalError:
            return False
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {_USUAL}")
    # Without a log (-1) there is nothing to empty.
    return not busy and left in (0, -1)


def _postgresql(tables: list[str]) -> bool:
    """A vacuum removes what no snapshot can see any more: so first whoever was reading before now must have
    ended.
    """
    with connection.cursor() as cursor:
        cursor.execute(_OLDEST)
        now, oldest = cursor.fetchone()
        end = monotonic() + WAIT
        while oldest < now:
            if monotonic() > end:
                return False
            sleep(0.02)
            cursor.execute(_OLDEST)
            _, oldest = cursor.fetchone()
        cursor.execute(f"VACUUM {', '.join(connection.ops.quote_name(table) for table in tables)}")
    return True


# The next transaction, and the oldest that anybody in this database still sees from: open ones, readers,
# replicas, prepared ones. "age" counts backwards from the next, so the difference stays right past the wrap
# of 32 bits.
_OLDEST = """
    WITH next AS (SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS xid)
    SELECT xid, xid - coalesce((SELECT max(behind) FROM (
        SELECT greatest(age(backend_xmin), age(backend_xid)) AS behind FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()
        UNION ALL SELECT age(xmin) FROM pg_replication_slots
        UNION ALL SELECT age(transaction) FROM pg_prepared_xacts
    ) AS seen), 0) FROM next
"""
