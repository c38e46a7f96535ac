"""How the tree lies in tiles (C2SP tlog-tiles): widths, names, and its nodes read from them.

Plain Python: whoever checks from afar reads so too.
"""

from __future__ import annotations

from collections.abc import Callable

from kept.core.ledger.tree import merkle

HEIGHT = 8
WIDTH = 1 << HEIGHT
FULL = WIDTH * merkle.SIZE

Load = Callable[[int, int], bytes]
"""The hashes of a tile by level and number, up to 8,192 bytes; empty if there is none."""


def reader(load: Load) -> merkle.Nodes:
    """Nodes of the tree, read from tiles, each tile once, and each node worked out once: proofs of one person
    share most of theirs.
    """
    read: dict[tuple[int, int], bytes] = {}
    known: dict[tuple[int, int], bytes] = {}

    def node(level: int, number: int) -> bytes:
        found = known.get((level, number))
        if found is None:
            tile_level, within = divmod(level, HEIGHT)
            if within:
                found = merkle.node_hash(node(level - 1, 2 * number), node(level - 1, 2 * number + 1))
            else:
                found = _hash_at(tile_level, number)
            known[level, number] = found
        return found

    def _hash_at(level: int, number: int) -> bytes:
        tile, first = divmod(number, WIDTH)
        if (level, tile) not in read:
            read[level, tile] = load(level, tile)
        hash = read[level, tile][first * merkle.SIZE : (first + 1) * merkle.SIZE]
        if len(hash) != merkle.SIZE:
            raise merkle.MerkleError(f"Tile {level}/{tile} is missing or too short.")
        return hash

    return node


def number_path(number: int) -> str:
    """A tile's number in groups of three digits, all but the last marked: 1234067 is ``x001/x234/067``."""
    groups = [f"{number % 1000:03d}"]
    while number := number // 1000:
        groups.insert(0, f"x{number % 1000:03d}")
    return "/".join(groups)


def path_of(level: int, number: int, size: int) -> str:
    """Where a tile of a tree of ``size`` leaves is found below ``tile/``; "" where the tree has none.

    The last of a level is partial.
    """
    width = min((size >> (HEIGHT * level)) - (number << HEIGHT), WIDTH)
    if width <= 0:
        return ""
    return f"{level}/{number_path(number)}" + (f".p/{width}" if width < WIDTH else "")
