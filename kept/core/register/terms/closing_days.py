"""Days from which terms run, laid beside what is on record: whoever moves one in its row would hold what it
ends for longer.

A room that closes something registers how it tells (``told``); the proof of retention asks all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from kept.registry import Registry

NEWEST = 10_000
"""Rows of each kind that are looked at, those with the latest day first: a day that was moved forward is
among them.
"""
TELLERS: Registry[Callable[[], Iterable[str]]] = Registry(
    "closing days", "who tells which closing days were moved"
)


def told(function: Callable[[], Iterable[str]]) -> Callable[[], Iterable[str]]:
    """Register a function that yields one sentence for each closing day that is later than what is on record
    allows.
    """
    return TELLERS.by_name(function)


def moved() -> list[str]:
    """Every closing day that somebody moved, in sentences without values."""
    return [sentence for function in TELLERS.values() for sentence in function()]
