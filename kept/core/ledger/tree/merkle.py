"""Merkle trees as RFC 6962 §2.1 hashes them: roots, inclusion and consistency proofs.

Plain Python, no storage.

A tree is reached through ``Nodes``: a function of (level, number) that gives the hash of a *complete* subtree
of ``2**level`` leaves. Hashes are 32 bytes of SHA-256. The checks follow RFC 9162 §2.1.3.2 and §2.1.4.2.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import sha256

Nodes = Callable[[int, int], bytes]
EMPTY = sha256(b"").digest()
SIZE = 32


class MerkleError(ValueError):
    """A proof does not lead to the root it was made for, or a tree was asked for what it does not hold."""


def leaf_hash(data: bytes) -> bytes:
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def complete_root(hashes: bytes) -> bytes:
    """The root over 1, 2, 4, … 256 node hashes laid end to end."""
    while len(hashes) > SIZE:
        hashes = b"".join(
            [sha256(b"\x01" + hashes[at : at + 64]).digest() for at in range(0, len(hashes), 64)]
        )
    return hashes


def in_memory(hashes: Sequence[bytes]) -> Nodes:
    """Nodes over leaf hashes held in a list, for small trees."""

    def node(level: int, number: int) -> bytes:
        return complete_root(b"".join(hashes[number << level : (number + 1) << level]))

    return node


def root(size: int, nodes: Nodes) -> bytes:
    return _span(0, size, nodes)


def root_of(data: Sequence[bytes]) -> bytes:
    """The root of a tree whose leaves hold ``data``."""
    return root(len(data), in_memory([leaf_hash(one) for one in data]))


def inclusion(index: int, size: int, nodes: Nodes) -> list[bytes]:
    """PATH(m, D[n]): the hashes that lead from leaf ``index`` to the root of the first ``size`` leaves,
    lowest first.
    """
    if not 0 <= index < size:
        raise MerkleError(f"A tree of {size} leaves has no leaf {index}.")
    path: list[bytes] = []
    low, high = 0, size
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            path.append(_span(middle, high, nodes))
            high = middle
        else:
            path.append(_span(low, middle, nodes))
            low = middle
    return path[::-1]


def consistency(old: int, new: int, nodes: Nodes) -> list[bytes]:
    """PROOF(m, D[n]): the hashes that show the first ``old`` leaves unchanged in the tree of ``new``."""
    if not 0 <= old <= new:
        raise MerkleError(f"A tree of {new} leaves cannot continue one of {old}.")
    path: list[bytes] = []
    low, high, whole = 0, new, True
    while 0 < old < high:
        middle = low + _split(high - low)
        if old <= middle:
            path.append(_span(middle, high, nodes))
            high = middle
        else:
            path.append(_span(low, middle, nodes))
            low, whole = middle, False
    if old and not whole:
        path.append(_span(low, high, nodes))
    return path[::-1]


def check_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], tree_root: bytes) -> None:
    """Raises MerkleError unless ``path`` leads from the leaf hash to ``tree_root``."""
    if not 0 <= index < size:
        raise MerkleError(f"A tree of {size} leaves has no leaf {index}.")
    number, last, running = index, size - 1, leaf
    for step in path:
        if last == 0:
            raise MerkleError("The inclusion proof is too long.")
        if number & 1 or number == last:
            running = node_hash(step, running)
            while not number & 1 and number:
                number, last = number >> 1, last >> 1
        else:
            running = node_hash(running, step)
        number, last = number >> 1, last >> 1
    if last or running != tree_root:
        raise MerkleError("The inclusion proof does not lead to the tree's root.")


def check_consistency(old: int, new: int, old_root: bytes, new_root: bytes, path: Sequence[bytes]) -> None:
    """Raises MerkleError unless ``path`` shows that the tree of ``new`` leaves continues the tree of
    ``old``.
    """
    if not 0 <= old <= new:
        raise MerkleError(f"A tree of {new} leaves cannot continue one of {old}.")
    if old in (0, new):
        if path or (old_root != new_root if old else old_root != EMPTY):
            raise MerkleError("The consistency proof does not hold.")
        return
    steps = ([old_root] if old & (old - 1) == 0 else []) + list(path)
    if not steps:
        raise MerkleError("The consistency proof is empty.")
    number, last = old - 1, new - 1
    while number & 1:
        number, last = number >> 1, last >> 1
    first = second = steps[0]
    for step in steps[1:]:
        if last == 0:
            raise MerkleError("The consistency proof is too long.")
        if number & 1 or number == last:
            first, second = node_hash(step, first), node_hash(step, second)
            while not number & 1 and number:
                number, last = number >> 1, last >> 1
        else:
            second = node_hash(second, step)
        number, last = number >> 1, last >> 1
    if last or first != old_root or second != new_root:
        raise MerkleError("The consistency proof does not hold.")


def _split(size: int) -> int:
    """The largest power of two below ``size``."""
    return 1 << ((size - 1).bit_length() - 1)


def _span(low: int, high: int, nodes: Nodes) -> bytes:
    """MTH(D[low:high]), where ``low`` is aligned as RFC 6962's own splitting leaves it."""
    size = high - low
    if size == 0:
        return EMPTY
    if size & (size - 1) == 0:
        level = size.bit_length() - 1
        return nodes(level, low >> level)
    middle = low + _split(size)
    return node_hash(_span(low, middle, nodes), _span(middle, high, nodes))
