"""Which addresses are counted: those that say the same to everybody. All others are left out, wherever they
are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cached_property

_CHANGING = re.compile(r"<|\(")


class Public:
    """Declared addresses, made quick to ask; one that ends in "*" holds for all below it.

    ``routes`` gives the pattern of every address there is, ``more`` the beginnings of others that are ours.
    """

    def __init__(
        self, declared: Iterable[str], *, routes: Callable[[], Iterable[str]], more: Iterable[str] = ()
    ) -> None:
        declared = tuple(declared)
        self.exact = frozenset(address for address in declared if not address.endswith("*"))
        self.below = tuple(address.removesuffix("*") for address in declared if address.endswith("*"))
        self._rooms = frozenset(map(_room, declared))
        self._routes, self._more = routes, tuple(more)

    def holds(self, path: str) -> bool:
        return path in self.exact or path.startswith(self.below)

    def may_be_missed(self, path: str) -> bool:
        """Whether a page that is not there may be counted: nowhere below a page of ours that is not public,
        like one's own, a receipt's or the desk.
        """
        room = _room(path)
        return (room in self._rooms or room not in self._ours) and not path.startswith(self._private)

    @cached_property
    def _private(self) -> tuple[str, ...]:
        """The beginnings of every address that is not public, as far as they are the same for all:
        /privacy/receipts/ and the like.
        """
        beginnings = {"/" + _CHANGING.split(route, maxsplit=1)[0] for route in self._routes()}
        return tuple(
            one
            for one in beginnings
            if len(one) > 1 and not self.holds(one) and not any(each.startswith(one) for each in self.below)
        )

    @cached_property
    def _ours(self) -> frozenset[str]:
        return frozenset(map(_room, (*self._routes(), *self._more)))


def _room(path: str) -> str:
    """The first step of an address or of a route."""
    return path.lstrip("/^").partition("/")[0]
