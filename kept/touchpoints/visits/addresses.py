"""Which addresses are counted: those that say the same to everybody, as the rooms declare them.

All others are left out, wherever they are.
"""

from __future__ import annotations

import re
from functools import cached_property, lru_cache

from django.conf import settings

from kept.core.register.declarations import DECLARED
from kept.touchpoints.visits.vocabulary import routes

_CHANGING = re.compile(r"<|\(")


class Public:
    """What ``register.read_by_anybody`` declared, made quick to ask."""

    def __init__(self, declared: tuple[str, ...]) -> None:
        self.exact = frozenset(address for address in declared if not address.endswith("*"))
        self.below = tuple(address.removesuffix("*") for address in declared if address.endswith("*"))
        self._rooms = frozenset(map(_room, declared))

    def holds(self, path: str) -> bool:
        return path in self.exact or path.startswith(self.below)

    def may_be_missed(self, path: str) -> bool:
        """Whether a page that is not there may be counted: nowhere below a page of ours that is not public,
        like one's own, a receipt's or the desk.
        """
        room = _room(path)
        return (room in self._rooms or room not in _ours()) and not path.startswith(self._private)

    @cached_property
    def _private(self) -> tuple[str, ...]:
        """The beginnings of every address that is not public, as far as they are the same for all:
        /privacy/receipts/ and the like.
        """
        beginnings = {"/" + _CHANGING.split(route, maxsplit=1)[0] for route in routes()}
        return tuple(
            one
            for one in beginnings
            if len(one) > 1 and not self.holds(one) and not any(each.startswith(one) for each in self.below)
        )


def public() -> Public:
    """The declarations as they stand: they are complete when the program has started."""
    return _public(len(DECLARED.read_by_anybody))


@lru_cache(maxsize=2)
def _public(many: int) -> Public:
    return Public(tuple(DECLARED.read_by_anybody[:many]))


@lru_cache(maxsize=1)
def _ours() -> frozenset[str]:
    return frozenset({*map(_room, routes()), _room(settings.STATIC_URL)})


def _room(path: str) -> str:
    """The first step of an address or of a route."""
    return path.lstrip("/^").partition("/")[0]
