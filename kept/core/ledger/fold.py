"""New acts become leaves of the tree, entries of the index by person, and a signed checkpoint.

Nothing else ever writes there.

A batch is one transaction: it is folded whole or not at all, so the fold may be killed at any point and
started again. Folders take turns on the state's row (SQLite: on the whole database).

Which acts are due: those after the last one folded, in the order of (transaction, row number). On PostgreSQL
only transactions below the oldest open one count, as row numbers commit out of order. Transaction numbers
start anew in another cluster, so after a restore or a move the fold *settles* once: everything folded gets
transaction 0, everything waiting 1.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from hashlib import sha256
from operator import itemgetter
from typing import Any
from weakref import WeakKeyDictionary

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max

from kept.core.ledger.models import FoldState, Touch
from kept.core.ledger.notes import checkpoint, checkpoint_copies, succession
from kept.core.ledger.notes.checkpoint_copies import SigningRefused
from kept.core.ledger.tree import chain, merkle, tiles
from kept.core.ledger.tree.row_format import RowBroken, link, mark, parts_of
from kept.core.prepared import Prepared, change
from kept.core.second_place import PlaceUnreachable

# The more at once, the fewer pages of the index by person are written twice. Other writers wait for a batch
# on SQLite: about 0.2 s, and only when a backlog is folded.
BATCH = 16384

# SQLite uses only the first column of the index for (tx, seq) > (…), and would go through all it ever folded.
# Two halves it merges.
_DUE = """
    SELECT seq, tx, packed FROM ledger_act WHERE tx = %s AND seq > %s UNION ALL
    SELECT seq, tx, packed FROM ledger_act WHERE tx > %s ORDER BY tx, seq LIMIT %s"""
# Our own transaction counts too when nothing older is open: then nothing can come in before it.
_DUE_POSTGRESQL = """
    SELECT seq, tx, packed FROM ledger_act WHERE (tx, seq) > (%s, %s) AND tx <
        CASE WHEN pg_snapshot_xmin(pg_current_snapshot()) = pg_current_xact_id_if_assigned()
             THEN pg_current_xact_id_if_assigned()::text::bigint + 1
             ELSE pg_snapshot_xmin(pg_current_snapshot())::text::bigint END
    ORDER BY tx, seq LIMIT %s"""


Touched = tuple[int, int, int, int, int, bytes]
"""Whom, leaf, row, and the part's link: its number, the leaf and the hash of the previous part."""
_NO_HEAD = (0, -1, b"")
_STATE = Prepared(
    lambda: FoldState.objects.select_for_update(
        skip_locked=connection.features.has_select_for_update_skip_locked
    ).filter(pk=1)
)
_clusters: WeakKeyDictionary[Any, str] = WeakKeyDictionary()


class FoldRefused(Exception):
    """An act cannot be folded, as it was changed since it was written. Nothing was signed."""


def fold(limit: int | None = None) -> int:
    """Fold what is due, at most ``limit`` acts, and return how many.

    Raises FoldRefused, SigningKeyError, SigningRefused, PlaceUnreachable; then the batch stays due.
    """
    folded = 0
    while limit is None or folded < limit:
        size = BATCH if limit is None else min(BATCH, limit - folded)
        done = _fold_batch(size)
        folded += done
        if done < size:
            break
    return folded


def fold_if_allowed() -> int:
    """Fold what is due, for whoever can go on without: where nothing may be signed now it stays due, and the
    worker says why.
    """
    try:
        return fold()
    except (SigningRefused, PlaceUnreachable):
        return 0


def settle() -> None:
    """Bring the transactions of another database into an order that holds in this one.

    Once, after a restore or a move.
    """
    with transaction.atomic():
        _take_turn()


def due() -> int:
    """How many acts wait to be folded."""
    state = FoldState.objects.filter(pk=1).first() or FoldState()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM ledger_act WHERE (tx = %s AND seq > %s) OR tx > %s",
            [state.tx, state.seq, state.tx],
        )
        return int(cursor.fetchone()[0])


def _fold_batch(most: int) -> int:
    with transaction.atomic():
        state = _take_turn()
        if state is None:
            return 0
        rows = _due_with_keys(state, most)
        if not rows:
            return 0
        hashes, touched = _leaves(state.size, rows)
        changed = tiles.extend(state.size, hashes)
        _write_tiles(changed)
        _write_touches(touched)
        state.size += len(rows)
        state.seq, state.tx, _ = rows[-1]
        nodes = tiles.reader(_over(changed))
        state.noted = checkpoint_copies.allow(state.size, nodes, state.noted)
        change(state)
        checkpoint.write(state.size, merkle.root(state.size, nodes))
    if settings.KEPT_ERASURES:
        # Not before it is so: what is written down there must never be more than what is here.
        transaction.on_commit(checkpoint_copies.write_down)
    return len(rows)


def _leaves(size: int, rows: list[tuple[int, int, bytes]]) -> tuple[list[bytes], list[Touched]]:
    """The hashes of new leaves, and their entries in the index by person: each part is linked to the person's
    previous one.
    """
    opened = []
    for seq, _, packed in rows:
        try:
            opened.append((seq, *parts_of(packed)))
        except (RowBroken, IndexError):
            raise FoldRefused(
                f"Row {seq} of the ledger was changed since it was written. Run: kept ledger verify"
            ) from None
    heads = chain.heads({mark(alias) for _, _, parts in opened for alias, _ in parts})
    hashes: list[bytes] = []
    touched: list[Touched] = []
    for at, (seq, digest, parts) in enumerate(opened, size):
        nodes = []
        for alias, own in parts:
            whose = mark(alias)
            before, previous, hash = heads.get(whose, _NO_HEAD)
            node = sha256(b"\x00" + own + link(before + 1, previous, hash)).digest()
            heads[whose] = (before + 1, at, node)
            nodes.append(node)
            touched.append((whose, at, seq, before + 1, previous, hash))
        if not parts:
            touched.append((0, at, seq, 0, -1, b""))
        root = nodes[0] if len(nodes) == 1 else merkle.root(len(nodes), merkle.in_memory(nodes))
        hashes.append(sha256(b"\x00" + root + digest).digest())
    return hashes, touched


def _take_turn() -> FoldState | None:
    """The state, locked; None while another folder holds it."""
    state: FoldState | None = _STATE.first()
    if state is None and FoldState.objects.get_or_create(pk=1)[1]:
        state = _STATE.first()
    if state is not None:
        here = cluster()
        if state.cluster != here:
            if state.cluster:
                _settle(state)
            state.cluster = here
            state.save()
    return state


def cluster() -> str:
    """Which database this is: on PostgreSQL its cluster, as transaction numbers mean nothing in another."""
    if connection.vendor != "postgresql":
        return connection.vendor
    # Of one connection it never changes: whoever moves a database ends the connections to it.
    known = _clusters.get(connection.connection)
    if known is None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT system_identifier FROM pg_control_system()")
            known = f"postgresql {cursor.fetchone()[0]}"
        _clusters[connection.connection] = known
    return known


def _settle(state: FoldState) -> None:
    """Give transactions of another cluster an order that holds in this one.

    No writer may be under way meanwhile.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("LOCK TABLE ledger_act IN SHARE ROW EXCLUSIVE MODE")
        cursor.execute(
            "UPDATE ledger_act SET tx = CASE WHEN seq IN (SELECT seq FROM ledger_touch) THEN 0 ELSE 1 END"
        )
    state.tx, state.seq, state.settled = (
        0,
        Touch.objects.aggregate(last=Max("seq"))["last"] or 0,
        state.size,
    )


def _due_with_keys(state: FoldState, most: int) -> list[tuple[int, int, bytes]]:
    """What is due; nothing yet where a new key would sign it without the act that says how the key followed
    the old one.
    """
    wanted = succession.untold()
    rows = _read_due(state, most)
    while len(rows) == most and not wanted <= {row[0] for row in rows}:
        most *= 4
        rows = _read_due(state, most)
    return rows if wanted <= {row[0] for row in rows} else []


def _read_due(state: FoldState, most: int) -> list[tuple[int, int, bytes]]:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_DUE_POSTGRESQL, [state.tx, state.seq, most])
        else:
            cursor.execute(_DUE, [state.tx, state.seq, state.tx, most])
        return list(cursor.fetchall())


def _over(changed: dict[tuple[int, int], bytes]) -> tiles.Load:
    def load(level: int, number: int) -> bytes:
        return changed.get((level, number)) or tiles.stored(level, number)

    return load


def _write_tiles(changed: dict[tuple[int, int], bytes]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO ledger_tile (level, number, data) VALUES (%s, %s, %s) ON CONFLICT (level, number) DO"
            " UPDATE SET data = excluded.data",
            [(level, number, data) for (level, number), data in changed.items()],
        )


def _write_touches(touched: list[Touched]) -> None:
    # In the order of the index by person, so that each of its pages is visited once.
    touched.sort(key=itemgetter(0, 1))
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            copy: AbstractContextManager[Any] = cursor.copy(
                "COPY ledger_touch (mark, leaf, seq, number, previous, hash) FROM STDIN"
            )
            with copy as lines:
                lines.write("".join([_line(*one) for one in touched]))
        else:
            cursor.executemany(
                "INSERT INTO ledger_touch (mark, leaf, seq, number, previous, hash) VALUES (%s, %s, %s, %s,"
                " %s, %s)",
                touched,
            )


def _line(whose: int, at: int, seq: int, number: int, previous: int, hash: bytes) -> str:
    return f"{whose}\t{at}\t{seq}\t{number}\t{previous}\t\\\\x{hash.hex()}\n"
