"""Writes a small table in MaxMind's format (version 2.0), so that tests need none of anybody else's."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_network
from pathlib import Path
from typing import Any

MARK = b"\xab\xcd\xefMaxMind.com"
BUILT = 1_790_000_000
"""21 September 2026."""


def write(file: Path, rows: Mapping[str, Any], *, kind: str = "Test-Country", built: int = BUILT) -> Path:
    """``rows``: network → record.

    IPv4 networks lie where the format wants them in a tree of IPv6: below ::/96.
    """
    nodes: list[list[int | None]] = [[None, None]]
    data = b""
    pointers: dict[int, int] = {}
    for number, (network, record) in enumerate(rows.items()):
        pointers[number] = len(data)
        data += _encode(record)
        _place(nodes, network, -1 - number)
    size = len(nodes)
    tree = b"".join(_record(side, size, pointers).to_bytes(4, "big") for node in nodes for side in node)
    about = {
        "node_count": _U32(size),
        "record_size": _U16(32),
        "ip_version": _U16(6),
        "database_type": kind,
        "languages": ["en"],
        "binary_format_major_version": _U16(2),
        "binary_format_minor_version": _U16(0),
        "build_epoch": _U64(built),
        "description": {"en": "a test"},
    }
    file.write_bytes(tree + bytes(16) + data + MARK + _encode(about))
    return file


def _place(nodes: list[list[int | None]], network: str, leaf: int) -> None:
    found = ip_network(network)
    bits = f"{int(found.network_address):0128b}"[: found.prefixlen + (96 if found.version == 4 else 0)]
    here = 0
    for bit in bits[:-1]:
        below = nodes[here][int(bit)]
        if below is None:
            nodes.append([None, None])
            below = nodes[here][int(bit)] = len(nodes) - 1
        here = below
    nodes[here][int(bits[-1])] = leaf


def _record(side: int | None, size: int, pointers: dict[int, int]) -> int:
    if side is None:
        return size
    return side if side >= 0 else size + 16 + pointers[-1 - side]


class _U16(int): ...


class _U32(int): ...


class _U64(int): ...


def _encode(value: Any) -> bytes:
    if isinstance(value, str):
        return _head(2, len(value.encode())) + value.encode()
    if isinstance(value, Mapping):
        return _head(7, len(value)) + b"".join(_encode(key) + _encode(each) for key, each in value.items())
    if isinstance(value, list):
        return _head(11, len(value)) + b"".join(_encode(each) for each in value)
    number = value.to_bytes((value.bit_length() + 7) // 8, "big")
    return _head({_U16: 5, _U32: 6, _U64: 9}[type(value)], len(number)) + number


def _head(kind: int, size: int) -> bytes:
    first = 0 if kind > 7 else kind << 5
    length = bytes([first | size]) if size < 29 else bytes([first | 29, size - 29])
    return length if kind <= 7 else length[:1] + bytes([kind - 7]) + length[1:]
