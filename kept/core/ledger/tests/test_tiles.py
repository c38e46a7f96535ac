"""What anyone may fetch: tiles and entries as C2SP tlog-tiles lays them out, up to what a checkpoint signs,
and nothing personal.
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest

from kept.core.ledger import fold
from kept.core.ledger.notes import checkpoint
from kept.core.ledger.tests.conftest import Someone
from kept.core.ledger.tree import merkle, tiles

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def grown(look_up: Callable[..., UUID], alice: Someone) -> None:
    for _ in range(300):
        look_up(alice)
    fold.fold()


def test_a_stranger_can_rebuild_the_root_from_the_entries(alice: Someone) -> None:
    bundle = tiles.tile("entries/000") + tiles.tile("entries/001.p/44")
    entries = [bundle[at + 2 : at + 66] for at in range(0, len(bundle), 66)]
    assert all(bundle[at : at + 2] == b"\x00\x40" for at in range(0, len(bundle), 66))
    assert merkle.root_of(entries) == checkpoint.head_of(checkpoint.latest() or "").root
    assert alice.alias not in bundle


def test_tiles_hold_the_hashes() -> None:
    entries = tiles.tile("entries/000")
    assert tiles.tile("0/000")[:32] == merkle.leaf_hash(entries[2:66])
    assert len(tiles.tile("0/001.p/44")) == 44 * 32
    assert tiles.tile("1/000.p/1") == merkle.complete_root(tiles.tile("0/000"))


@pytest.mark.parametrize(
    "path",
    [
        "",
        "0",
        "0/",
        "0/0",
        "0/1",
        "0/001",
        "0/001.p/45",
        "0/001.p/0",
        "0/001.p/256",
        "0/000.p/-1",
        "0/x000/000",
        "1/000",
        "2/000.p/1",
        "00/000",
        "x/000",
        "-1/000",
        "63/000",
        "99/000",
        "entries/002",
        "entries/001",
        "0/٣٣٣",
        "0/../000",
        "entries/entries/000",
        "²/000",
    ],
)
def test_what_is_no_tile_is_refused(path: str) -> None:
    with pytest.raises(tiles.NoSuchTile):
        tiles.tile(path)


def test_numbers_are_spelled_in_groups() -> None:
    assert [tiles.number_path(number) for number in (0, 999, 1000, 1234067)] == [
        "000",
        "999",
        "x001/000",
        "x001/x234/067",
    ]
