"""A person's own part of an act, with the hashes that lead from it to a signed checkpoint, and nothing of anybody else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any
from uuid import UUID

from django.db import connection

from kept.core.ledger import checkpoint as checkpoints
from kept.core.ledger import merkle, tiles
from kept.core.ledger.offline import FORMAT
from kept.core.ledger.pack import Row, commitment, mark, unpack
from kept.core.prepared import fit

# Rows are read this many at a time.
_AT_ONCE = 500


class NotProven(LookupError):
    """There is no proof: the act does not touch this person, or waits for the next fold (a second or so)."""


def prove(act_id: UUID, alias: bytes, salt: bytes, *, checkpoint: str | None = None) -> dict[str, Any]:
    """JSON-able proof that the act is in the ledger, against ``checkpoint`` or the latest. Raises NotProven.

    Give the same checkpoint to ``offline.check_proof``.
    """
    return next(prove_all([act_id], alias, lambda _: salt, checkpoint=checkpoint))


def prove_all(acts: Iterable[UUID], alias: bytes, salt_of: Callable[[UUID], bytes], *, checkpoint: str | None = None) -> Iterator[dict[str, Any]]:
    """Proofs for many acts of one person, in the order given; tiles and rows are read once. Raises NotProven."""
    checkpoint = checkpoint or checkpoints.latest()
    if checkpoint is None:
        raise NotProven("Nothing is in the ledger's tree yet.")
    size = checkpoints.head_of(checkpoint).size
    nodes = tiles.reader()
    wanted = list(acts)
    for start in range(0, len(wanted), _AT_ONCE):
        some = wanted[start : start + _AT_ONCE]
        rows = _rows(some, mark(alias))
        for act in some:
            index, packed = rows.get(act, (size, b""))
            if index >= size:
                raise NotProven("The act is not in the signed tree, or does not touch this person.")
            yield _proof(unpack(bytes(packed)), alias, salt_of(act), index, size, nodes)


def _rows(acts: Sequence[UUID], whose: int) -> dict[UUID, tuple[int, bytes]]:
    """act → (its leaf, the packed row), of those that are folded and touch the mark. By hand: each proof of one act comes by here."""
    with connection.cursor() as cursor:
        places = ", ".join(["%s"] * len(acts))
        cursor.execute(f"SELECT seq, id, packed FROM ledger_act WHERE id IN ({places})", [fit(act) for act in acts])
        found = {seq: (id if isinstance(id, UUID) else UUID(id), bytes(packed)) for seq, id, packed in cursor.fetchall()}
        if not found:
            return {}
        places = ", ".join(["%s"] * len(found))
        cursor.execute(f"SELECT seq, leaf FROM ledger_touch WHERE mark = %s AND seq IN ({places})", [whose, *found])
        return {found[seq][0]: (leaf, found[seq][1]) for seq, leaf in cursor.fetchall()}


def continues(old: int, new: int) -> list[str]:
    """Hex hashes that show the ledger of ``new`` entries to continue the one of ``old``; ``offline.check_continues`` checks them."""
    return [step.hex() for step in merkle.consistency(old, new, tiles.reader())]


def _proof(row: Row, alias: bytes, salt: bytes, index: int, size: int, nodes: merkle.Nodes) -> dict[str, Any]:
    own = row.aliases.index(alias)
    if commitment(salt, row.header, row.details[own]) != row.commitments[own]:
        raise NotProven("This salt does not open the person's part. Their key is not the one the act was written with.")
    people = merkle.in_memory([merkle.leaf_hash(one) for one in row.commitments])
    count = len(row.commitments)
    return {
        "format": FORMAT,
        "header": row.header,
        "detail": row.details[own],
        "salt": salt.hex(),
        "people": {"index": own, "size": count, "path": _hex(merkle.inclusion(own, count, people))},
        "root": merkle.root(count, people).hex(),
        "digest": row.digest.hex(),
        "log": {"index": index, "size": size, "path": _hex(merkle.inclusion(index, size, nodes))},
    }


def _hex(path: list[bytes]) -> list[str]:
    return [step.hex() for step in path]
