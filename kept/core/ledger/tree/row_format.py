"""How one act becomes bytes, and what of it a person can be shown. Plain Python, no Django.

A packed row, version 1::

    1 byte            the version, 1
    2 bytes           n, the number of people touched (big-endian)
    n × 48 bytes      alias (16) ‖ commitment (32), ordered by commitment
    the rest          canonical JSON: [header, [detail of the 1st, detail of the 2nd, …]]
    32 bytes          SHA-256 of all the above, the row's digest

A commitment is SHA-256(salt ‖ canonical JSON of [header, detail]). The salt is 32 bytes made from the
person's own key, so nobody can guess a commitment open, and nobody at all once the key is destroyed. Ordering
by commitment hides who came first. A row's leaf in the ledger's tree holds 64 bytes: the RFC 6962 root over
its parts ‖ the row's digest.

A *part* is a commitment and, since there are chains, its link: number (8) ‖ leaf of the person's previous
part plus 1 (8) ‖ that part's hash (32), big-endian, all zero but the number for the first. A part's hash is
the RFC 6962 leaf hash of those 80 bytes. The fold makes links, as it alone knows the order; the commitment
keeps others whom the act touched from guessing them.

A pruned row, version 2, is what is left of an act past its term: ``2`` and those 64 bytes. The tree stands on
them as before, and nothing can be learned from them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from types import MappingProxyType
from typing import Any

from kept.core.ledger.tree import merkle

VERSION, PRUNED = 1, 2
LEAF = 64
ALIAS = 16
SALT = 32
_MARK = ALIAS + merkle.SIZE
_HEAD = 3
_NO_HASH = bytes(merkle.SIZE)


class RowBroken(ValueError):
    """These bytes are no packed row, or no longer the one that was written."""


class RowPruned(RowBroken):
    """The act is past its term: only its leaf is left."""


@dataclass(frozen=True, slots=True)
class Part:
    """What an act did to one person's data.

    ``alias``: 16 bytes, random, from the person's key row. ``salt``: 32 bytes, HMAC of the person's key and
    the act's id. ``detail``: JSON-able, and never a value: ``{"what": "read", "fields": {"person.phone": 1},
    "categories": […], "note": …}``.
    """

    alias: bytes
    salt: bytes
    detail: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Row:
    header: dict[str, Any]
    aliases: tuple[bytes, ...]
    commitments: tuple[bytes, ...]
    details: tuple[dict[str, Any], ...]
    digest: bytes


def canonical(value: Any) -> bytes:
    """One value, one spelling: UTF-8 JSON with sorted keys and no spaces.

    Fractions are refused, as they have several spellings.
    """
    _refuse_fractions(value)
    return _spelled(value).encode()


# Made once: ``json.dumps`` makes one each time it is asked for anything but its defaults.
_spelled = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode


def commitment(salt: bytes, header: Mapping[str, Any], detail: Mapping[str, Any]) -> bytes:
    return sha256(salt + canonical([header, detail])).digest()


def pack(header: Mapping[str, Any], parts: Sequence[Part]) -> bytes:
    """The bytes of one act. Raises ValueError for a wrong alias or salt, and for a person named twice."""
    if len({part.alias for part in parts}) < len(parts):
        raise ValueError("An act names a person twice. Give each person one part.")
    if len(parts) > 0xFFFF:
        raise ValueError("An act touches more than 65,535 people. Record it in several acts.")
    if any(len(part.alias) != ALIAS or len(part.salt) != SALT for part in parts):
        raise ValueError(f"An alias has {ALIAS} bytes and a salt {SALT}.")
    # Spelled once: the header for everybody, and a detail for all who share it. The bytes are those of
    # ``commitment``.
    said = canonical(header)
    spelled = {id(part.detail): part.detail for part in parts}
    details = {one: canonical(detail) for one, detail in spelled.items()}
    opening = b"[" + said + b","
    marked = [
        (
            sha256(part.salt + opening + details[id(part.detail)] + b"]").digest(),
            part.alias,
            details[id(part.detail)],
        )
        for part in parts
    ]
    marked.sort()
    body = b"".join(
        [
            bytes((VERSION,)),
            len(parts).to_bytes(2, "big"),
            *[alias + own for own, alias, _ in marked],
            b"[" + said + b",[" + b",".join([detail for _, _, detail in marked]) + b"]]",
        ]
    )
    return body + sha256(body).digest()


def mark(alias: bytes) -> int:
    """The first eight bytes of an alias as a signed number, for the index by person; 0 for nobody's."""
    return int.from_bytes(alias[:8], "big", signed=True)


def link(number: int, previous: int, hash: bytes) -> bytes:
    """The 48 bytes of a part's link; nothing for number 0, which is a part without.

    ``previous``: -1 for the first.
    """
    if not number:
        return b""
    return number.to_bytes(8, "big") + (previous + 1).to_bytes(8, "big") + (hash or _NO_HASH)


def parts_of(packed: bytes) -> tuple[bytes, list[tuple[bytes, bytes]]]:
    """The row's digest, and (alias, commitment) of everybody it touches, without reading its JSON.

    Raises RowBroken.
    """
    digest = sha256(packed[: -merkle.SIZE]).digest()
    if packed[0] != VERSION or packed[-merkle.SIZE :] != digest:
        raise RowBroken("The row does not match its own digest.")
    people = packed[1] << 8 | packed[2]
    if people == 1:
        return digest, [(packed[3:19], packed[19:51])]
    ends = range(_HEAD, _HEAD + people * _MARK, _MARK)
    return digest, [(packed[at : at + ALIAS], packed[at + ALIAS : at + _MARK]) for at in ends]


def leaf(packed: bytes, links: Mapping[int, bytes] = MappingProxyType({})) -> tuple[bytes, tuple[bytes, ...]]:
    """The 64 bytes of the row's leaf, and whom it touches.

    ``links``: mark → link of each part, as the fold made them. Raises RowBroken.
    """
    digest, parts = parts_of(packed)
    return merkle.root_of([own + links.get(mark(alias), b"") for alias, own in parts]) + digest, tuple(
        [alias for alias, _ in parts]
    )


def entry(packed: bytes, links: Mapping[int, bytes]) -> bytes:
    """The 64 bytes of a row's leaf, also of a pruned one. Raises RowBroken."""
    if packed[:1] == bytes((PRUNED,)) and len(packed) == 1 + LEAF:
        return packed[1:]
    return leaf(packed, links)[0]


def prune(packed: bytes, links: Mapping[int, bytes]) -> bytes:
    """What is left of a row past its term. Raises RowBroken: what was changed is kept as evidence."""
    return bytes((PRUNED,)) + leaf(packed, links)[0]


def pruned_id(packed: bytes) -> bytes:
    """The 16 bytes that stand in the place of a pruned act's id: made from its leaf, so that nobody can
    choose them.
    """
    return sha256(b"kept pruned act" + packed).digest()[:16]


def unpack(packed: bytes) -> Row:
    """The whole row. Raises RowBroken; RowPruned where only the leaf is left."""
    if packed[:1] == bytes((PRUNED,)) and len(packed) == 1 + LEAF:
        raise RowPruned("The act is past its term, and was pruned.")
    if len(packed) < _HEAD + merkle.SIZE:
        raise RowBroken("The row is cut short.")
    digest, parts = parts_of(packed)
    header, details = json.loads(packed[_HEAD + len(parts) * _MARK : -merkle.SIZE])
    return Row(
        header, tuple([alias for alias, _ in parts]), tuple([own for _, own in parts]), tuple(details), digest
    )


def _refuse_fractions(value: Any) -> None:
    kind = type(value)
    if kind is str or kind is int:
        return
    if isinstance(value, float):
        raise TypeError("The ledger holds no fractions. Write a whole number of a smaller unit, or text.")
    if kind is dict or isinstance(value, Mapping):
        for inner in value.values():
            if type(inner) is not str:
                _refuse_fractions(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            if type(inner) is not str:
                _refuse_fractions(inner)
