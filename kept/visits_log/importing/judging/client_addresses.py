"""Whose address a line begins with: a log may put the virtual host or a proxy before it, or what was
forwarded at the line's end.
"""

from __future__ import annotations

import re
from ipaddress import ip_address, ip_network

PARTING = '"'
"""Between what a line begins with and what was forwarded: no field of a line holds one."""
_INNER = tuple(
    ip_network(net)
    for net in (
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "100.64.0.0/10",
        "fc00::/7",
        "fe80::/10",
        "::1/128",
    )
)
_WITH_PORT = re.compile(r"(\d+\.\d+\.\d+\.\d+):\d+|\[([0-9a-fA-F:.]+)\](?::\d+)?")
_HOST_AND_PORT = re.compile(r"[^:\s]+:\d{1,5}")


def read(said: str) -> str:
    """The visitor's address out of a line's first word, or first two, and of what was forwarded after
    PARTING. Total over any text.
    """
    begins, _, forwarded = said.partition(PARTING)
    before = _first(begins)
    chain = [found for part in forwarded.split(",") if (found := _address(part))] if forwarded else []
    if not chain:
        return before
    outer = next((one for one in chain if not is_inner(one)), "")
    # Of an address inside of somebody else's house, the house's own says more.
    return outer or (chain[0] if before in ("", "-") or is_inner(before) else before)


def _first(begins: str) -> str:
    first, _, second = begins.partition(" ")
    listed = first.endswith(",")
    here, there = _address(first.rstrip(",")), _address(second.rstrip(","))
    if listed and here and there and is_inner(here) and not is_inner(there):
        return there
    if listed or not second:
        return here or first
    if there:
        # "visitor proxy" is told by the proxy's inner address; else whatever stands first is a virtual host,
        # or the proxy.
        return here if here and here == first and is_inner(there) and not is_inner(here) else there
    return second if not here and _HOST_AND_PORT.fullmatch(first) and "." in second else here or first


def _address(text: str) -> str:
    """As it is compared: without a port; "" for what is none."""
    text = text.strip()
    found = _WITH_PORT.fullmatch(text)
    try:
        return str(ip_address((found[1] or found[2]) if found else text))
    except ValueError:
        return ""


def is_inner(address: str) -> bool:
    try:
        one = ip_address(address)
    except ValueError:
        return False
    return any(one in net for net in _INNER if net.version == one.version)
