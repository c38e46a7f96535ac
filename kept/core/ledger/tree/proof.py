"""A person's own part of an act, with the hashes that lead from it to a signed checkpoint, and nothing of
anybody else.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import connection

from kept.core.ledger.models import Act, Touch
from kept.core.ledger.notes import checkpoint as checkpoints
from kept.core.ledger.prune import MARK as PRUNED
from kept.core.ledger.tree import merkle, tiles
from kept.core.ledger.tree.row_format import Row, RowBroken, commitment, link, mark, unpack
from kept.core.ledger.verifying.offline import FORMAT, LINKED_FORMAT, OPEN_FORMAT
from kept.core.prepared import fit

# Rows are read this many at a time.
_AT_ONCE = 500


class NotProven(LookupError):
    """There is no proof: the act does not touch this person, or waits for the next fold (a second or so)."""


class Waiting(NotProven):
    """The act is newer than the checkpoint."""


def prove(act_id: UUID, alias: bytes, salt: bytes, *, checkpoint: str | None = None) -> dict[str, Any]:
    """JSON-able proof that the act is in the ledger, against ``checkpoint`` or the latest. Raises NotProven.

    Give the same checkpoint to ``offline.check_proof``.
    """
    return next(prove_all([act_id], alias, lambda _: salt, checkpoint=checkpoint))


def prove_all(
    acts: Iterable[UUID], alias: bytes, salt_of: Callable[[UUID], bytes], *, checkpoint: str | None = None
) -> Iterator[dict[str, Any]]:
    """Proofs for many acts of one person, in the order given; tiles and rows are read once.

    Raises NotProven.
    """
    for _, found in prove_each(acts, alias, salt_of, checkpoint=checkpoint):
        if isinstance(found, NotProven):
            raise found
        yield found


def prove_each(
    acts: Iterable[UUID], alias: bytes, salt_of: Callable[[UUID], bytes], *, checkpoint: str | None = None
) -> Iterator[tuple[UUID, dict[str, Any] | NotProven]]:
    """As ``prove_all``, each act with its proof or with why there is none: one without takes nothing from the
    others.
    """
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
            try:
                yield act, _proven(rows.get(act), alias, salt_of(act), size, nodes)
            except NotProven as why:
                yield act, why


def _proven(
    found: _Found | None, alias: bytes, salt: bytes, size: int, nodes: merkle.Nodes
) -> dict[str, Any]:
    if found is None:
        raise NotProven("The act is not in the signed tree, or does not touch this person.")
    if found.leaf >= size:
        raise Waiting("The act waits for the next fold.")
    try:
        return _proof(unpack(found.packed), alias, salt, found, size, nodes)
    except (RowBroken, IndexError, KeyError, merkle.MerkleError):
        raise NotProven(
            "The act was changed since it was written, or the tree was. Run: kept ledger verify"
        ) from None


def prove_prunings(proofs: Collection[Mapping[str, Any]], checkpoint: str) -> Iterator[dict[str, Any]]:
    """For the parts that these proofs of one person name as the previous one, and that are not among them:
    the acts of pruning that name their leaves, each once. They touch nobody, so they are shown whole.
    """
    shown = {proof["log"]["index"] for proof in proofs}
    named = {proof["part"]["previous"]["leaf"] for proof in proofs if "previous" in proof.get("part", {})}
    missing = sorted(named - shown)
    found: set[bytes] = set()
    for start in range(0, len(missing), _AT_ONCE):
        touches = Touch.objects.filter(leaf__in=missing[start : start + _AT_ONCE], mark=PRUNED)
        found.update(bytes(act) for act in touches.values_list("hash", flat=True) if act)
    if not found:
        return
    size, nodes = checkpoints.head_of(checkpoint).size, tiles.reader()
    acts = (
        Act.objects.filter(id__in=[UUID(bytes=act) for act in sorted(found)])
        .order_by("seq")
        .values_list("seq", "packed")
    )
    for seq, packed in acts:
        at = Touch.objects.filter(mark=0, seq=seq).values_list("leaf", flat=True).first()
        if at is not None and at < size:
            path = _hex(merkle.inclusion(at, size, nodes))
            yield {
                "format": OPEN_FORMAT,
                "header": unpack(bytes(packed)).header,
                "log": {"index": at, "size": size, "path": path},
            }


def waits(act_id: UUID) -> bool:
    """Whether an act is written and not folded yet."""
    row = Act.objects.filter(id=act_id).values_list("seq", flat=True).first()
    return row is not None and not Touch.objects.filter(seq=row).exists()


@dataclass(slots=True)
class _Found:
    """An act in the tree: what its proof needs of the index by person."""

    leaf: int
    packed: bytes
    parts: dict[int, tuple[int, int, bytes]] = field(default_factory=dict)


def _rows(acts: Sequence[UUID], whose: int) -> dict[UUID, _Found]:
    """Those that are folded and touch the mark. By hand: each proof of one act comes by here."""
    with connection.cursor() as cursor:
        places = ", ".join(["%s"] * len(acts))
        cursor.execute(
            f"SELECT seq, id, packed FROM ledger_act WHERE id IN ({places})", [fit(act) for act in acts]
        )
        rows = {
            seq: (id if isinstance(id, UUID) else UUID(id), bytes(packed))
            for seq, id, packed in cursor.fetchall()
        }
        if not rows:
            return {}
        places = ", ".join(["%s"] * len(rows))
        cursor.execute(_TOUCHES.format(places=places), [whose, *rows])
        found: dict[UUID, _Found] = {}
        for seq, leaf, mark, number, previous, hash in cursor.fetchall():
            one = found.setdefault(rows[seq][0], _Found(leaf, rows[seq][1]))
            one.parts[mark] = (number, previous, bytes(hash))
        return found


# With everybody else whom the act touches: their parts are the other leaves of its own tree.
_TOUCHES = """
    SELECT beside.seq, beside.leaf, beside.mark, beside.number, beside.previous, beside.hash
    FROM ledger_touch own JOIN ledger_touch beside ON beside.leaf = own.leaf
    WHERE own.mark = %s AND own.seq IN ({places})"""


def continues(old: int, new: int) -> list[str]:
    """Hex hashes that show the ledger of ``new`` entries to continue the one of ``old``;
    ``offline.check_continues`` checks them.
    """
    return [step.hex() for step in merkle.consistency(old, new, tiles.reader())]


def _proof(
    row: Row, alias: bytes, salt: bytes, found: _Found, size: int, nodes: merkle.Nodes
) -> dict[str, Any]:
    own = row.aliases.index(alias)
    if commitment(salt, row.header, row.details[own]) != row.commitments[own]:
        raise NotProven(
            "This salt does not open the person's part. Their key is not the one the act was written with."
        )
    links = [link(*found.parts.get(mark(one), (0, -1, b""))) for one in row.aliases]
    people = merkle.in_memory(
        [merkle.leaf_hash(one + beside) for one, beside in zip(row.commitments, links, strict=True)]
    )
    count = len(row.commitments)
    number, previous, hash = found.parts[mark(alias)]
    part: dict[str, Any] = {"number": number}
    if previous >= 0:
        part["previous"] = {"leaf": previous, "hash": hash.hex()}
    return {
        "format": LINKED_FORMAT if number else FORMAT,
        "header": row.header,
        "detail": row.details[own],
        "salt": salt.hex(),
        **({"part": part} if number else {}),
        "people": {"index": own, "size": count, "path": _hex(merkle.inclusion(own, count, people))},
        "root": merkle.root(count, people).hex(),
        "digest": row.digest.hex(),
        "log": {"index": found.leaf, "size": size, "path": _hex(merkle.inclusion(found.leaf, size, nodes))},
    }


def _hex(path: list[bytes]) -> list[str]:
    return [step.hex() for step in path]
