"""The tree's tiles: read for proofs, and served to anyone as C2SP ``tlog-tiles`` asks.

Data only; HTTP is the portal's.

A tile holds 256 hashes; what grows is each level's last one. An entry is the 64 bytes of a row's leaf:
hashes, no personal data.
"""

from __future__ import annotations

from django.db.models import Max

from kept.core.ledger.models import Act, Checkpoint, Tile, Touch
from kept.core.ledger.tree import chain, layout, merkle
from kept.core.ledger.tree.layout import FULL, HEIGHT, WIDTH, Load, number_path
from kept.core.ledger.tree.row_format import entry
from kept.core.prepared import Prepared

_STORED = Prepared(lambda level, number: Tile.objects.filter(level=level, number=number).values_list("data"))


class NoSuchTile(LookupError):
    """The ledger has not grown that far, or the path is not one of a tile."""


def stored(level: int, number: int) -> bytes:
    """The tile's hashes as stored, up to 8,192 bytes; empty if there is none."""
    found = _STORED.first(level, number)
    return bytes(found[0]) if found else b""


def reader(load: Load = stored) -> merkle.Nodes:
    """Nodes of the tree, read from the tiles of this database, each tile once."""
    return layout.reader(load)


def extend(size: int, new: list[bytes], load: Load = stored) -> dict[tuple[int, int], bytes]:
    """The tiles that change when leaf hashes are appended to a tree of ``size`` leaves: (level, number) →
    data.
    """
    changed: dict[tuple[int, int], bytes] = {}
    level, position = 0, size
    while new:
        number, used = divmod(position, WIDTH)
        begun = load(level, number) if used else b""
        if len(begun) != used * merkle.SIZE:
            raise merkle.MerkleError(
                f"Tile {level}/{number} should hold {used} hashes and does not. Run: kept ledger verify"
            )
        data = begun + b"".join(new)
        new = []
        for at in range(0, len(data), FULL):
            tile = data[at : at + FULL]
            changed[level, number + at // FULL] = tile
            if len(tile) == FULL:
                new.append(merkle.complete_root(tile))
        level, position = level + 1, number
    return changed


def tile(path: str) -> bytes:
    """What stands at ``/tile/<path>``: ``<L>/<N>``, ``<L>/<N>.p/<W>``, ``entries/<N>`` or
    ``entries/<N>.p/<W>``. Raises NoSuchTile.

    Only what a signed checkpoint covers is shown.
    """
    first, _, rest = path.partition("/")
    number, width = _number(rest)
    signed = Checkpoint.objects.aggregate(size=Max("size"))["size"] or 0
    if first == "entries":
        return _entries(number, width, signed)
    if not first.isascii() or not first.isdigit() or len(first) > 2 or first != str(int(first)):
        raise NoSuchTile(path)
    level = int(first)
    if (number << HEIGHT) + width > signed >> (HEIGHT * level):
        raise NoSuchTile(path)
    return stored(level, number)[: width * merkle.SIZE]


def _number(text: str) -> tuple[int, int]:
    name, partial, width = text.partition(".p/")
    digits = name.replace("/", "").replace("x", "")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 15) or number_path(int(digits)) != name:
        raise NoSuchTile(text)
    if not partial:
        return int(digits), WIDTH
    if not (
        width.isascii()
        and width.isdigit()
        and len(width) <= 3
        and str(int(width)) == width
        and 0 < int(width) < WIDTH
    ):
        raise NoSuchTile(text)
    return int(digits), int(width)


def _entries(number: int, width: int, signed: int) -> bytes:
    start = number * WIDTH
    if start + width > signed:
        raise NoSuchTile(f"entries/{number}")
    order: dict[int, int] = {}
    links: dict[int, dict[int, bytes]] = {leaf: {} for leaf in range(start, start + width)}
    touches = Touch.objects.filter(leaf__gte=start, leaf__lt=start + width)
    for leaf, seq, mark, place, previous, hash in touches.values_list(
        "leaf", "seq", "mark", "number", "previous", "hash"
    ):
        order[leaf] = seq
        if place:
            links[leaf][mark] = chain.link(place, previous, bytes(hash))
    packed = dict(Act.objects.filter(seq__in=order.values()).values_list("seq", "packed"))
    entries = [entry(bytes(packed[order[at]]), links[at]) for at in range(start, start + width)]
    return b"".join(len(one).to_bytes(2, "big") + one for one in entries)
