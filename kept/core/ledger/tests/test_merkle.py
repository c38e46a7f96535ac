"""The tree against three oracles: the vectors of certificate-transparency, pymerkle, and RFC 6962's own
recursive definition.
"""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from pymerkle import InmemoryTree

from kept.core.ledger.tree import merkle, tiles

# certificate-transparency-go, merkletree reference vectors: eight leaves and the roots over the first n of
# them.
LEAVES = [
    bytes.fromhex(leaf)
    for leaf in [
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    ]
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
PATH_5_OF_8 = [
    "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
]
PROOF_6_TO_8 = [
    "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
    "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
]
HASHES = [merkle.leaf_hash(leaf) for leaf in LEAVES]


def of(count: int) -> tuple[list[bytes], merkle.Nodes]:
    hashes = [merkle.leaf_hash(number.to_bytes(2, "big")) for number in range(count)]
    return hashes, merkle.in_memory(hashes)


def by_definition(hashes: list[bytes]) -> bytes:
    """RFC 6962 §2.1, word for word."""
    if len(hashes) <= 1:
        return hashes[0] if hashes else merkle.EMPTY
    half = 1
    while half * 2 < len(hashes):
        half *= 2
    return merkle.node_hash(by_definition(hashes[:half]), by_definition(hashes[half:]))


def test_the_published_roots() -> None:
    assert merkle.root_of([]).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    for size, expected in enumerate(ROOTS, 1):
        assert merkle.root_of(LEAVES[:size]).hex() == expected


def test_the_published_proofs() -> None:
    nodes = merkle.in_memory(HASHES)
    assert [step.hex() for step in merkle.inclusion(5, 8, nodes)] == PATH_5_OF_8
    assert [step.hex() for step in merkle.consistency(6, 8, nodes)] == PROOF_6_TO_8


def test_pymerkle_makes_the_same_roots() -> None:
    oracle = InmemoryTree(algorithm="sha256")
    for size in range(1, 70):
        oracle.append_entry(size.to_bytes(2, "big"))
        assert merkle.root_of(
            [number.to_bytes(2, "big") for number in range(1, size + 1)]
        ) == oracle.get_root(size)


@settings(deadline=None)
@given(some.integers(1, 300).flatmap(lambda size: some.tuples(some.just(size), some.integers(0, size - 1))))
def test_every_inclusion_proof_holds_and_none_holds_for_another_leaf(case: tuple[int, int]) -> None:
    size, index = case
    hashes, nodes = of(size)
    path = merkle.inclusion(index, size, nodes)
    root = by_definition(hashes)
    assert merkle.root(size, nodes) == root
    merkle.check_inclusion(hashes[index], index, size, path, root)
    for leaf, at, steps in [
        (merkle.leaf_hash(b"another"), index, path),
        (hashes[index], index + 1, path),
        (hashes[index], index, [*path, root]),
        (hashes[index], index, path[:-1] if path else [root]),
    ]:
        with pytest.raises(merkle.MerkleError):
            merkle.check_inclusion(leaf, at, size, steps, root)


@settings(deadline=None)
@given(some.integers(0, 300).flatmap(lambda new: some.tuples(some.integers(0, new), some.just(new))))
def test_every_consistency_proof_holds_and_none_for_a_changed_past(case: tuple[int, int]) -> None:
    old, new = case
    hashes, nodes = of(new)
    path = merkle.consistency(old, new, nodes)
    before, after = by_definition(hashes[:old]), by_definition(hashes)
    merkle.check_consistency(old, new, before, after, path)
    for first, second, steps in [
        (merkle.leaf_hash(b"another past"), after, path),
        (before, after, [*path, after]),
        *(
            [(before, merkle.leaf_hash(b"another present"), path), (before, after, path[:-1] or [after])]
            if 0 < old < new
            else []
        ),
    ]:
        with pytest.raises(merkle.MerkleError):
            merkle.check_consistency(old, new, first, second, steps)


@settings(deadline=None)
@given(some.lists(some.integers(1, 700), min_size=1, max_size=6))
def test_tiles_grown_in_any_steps_give_the_tree(steps: list[int]) -> None:
    stored: dict[tuple[int, int], bytes] = {}
    hashes: list[bytes] = []
    for step in steps:
        new = [
            merkle.leaf_hash(number.to_bytes(2, "big")) for number in range(len(hashes), len(hashes) + step)
        ]
        stored.update(tiles.extend(len(hashes), new, lambda level, number: stored.get((level, number), b"")))
        hashes += new
    nodes = tiles.reader(lambda level, number: stored[level, number])
    assert merkle.root(len(hashes), nodes) == merkle.root(len(hashes), merkle.in_memory(hashes))
    path = merkle.inclusion(len(hashes) // 2, len(hashes), nodes)
    merkle.check_inclusion(
        hashes[len(hashes) // 2], len(hashes) // 2, len(hashes), path, merkle.root(len(hashes), nodes)
    )


def test_a_tree_is_not_asked_for_what_it_lacks() -> None:
    _, nodes = of(3)
    for wrong in [
        lambda: merkle.inclusion(3, 3, nodes),
        lambda: merkle.consistency(4, 3, nodes),
        lambda: merkle.inclusion(-1, 3, nodes),
    ]:
        with pytest.raises(merkle.MerkleError):
            wrong()
