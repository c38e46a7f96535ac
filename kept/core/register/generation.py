"""What is declared and installed, as a number: what follows from these alone may be worked out once and kept
under it.

Everything that an erasure, a withdrawal, a restriction or a new version changes is no part of it, and has no
place in what is kept so. A policy may be part of the key: two are equal when their files say the same, byte
for byte.
"""

from __future__ import annotations

from itertools import count
from operator import is_
from typing import Any

from django.apps import apps

from kept.core.register.declarations import DECLARED

_numbers = count(1)
_last: list[tuple[tuple[Any, ...], tuple[int, ...], int]] = []


def generation() -> int:
    """A number that is another one as soon as more is declared or another app is installed.

    A microsecond: a page asks dozens of times. Lists are only ever added to, or put in the place of others.
    """
    said = DECLARED
    known: tuple[Any, ...] = (
        said.holds,
        said.nobody,
        said.ends,
        said.details,
        said.touchpoints,
        apps.app_configs,
    )
    sizes = tuple(map(len, known))
    # The last ones are held, so that no new list can stand where an old one was.
    if not _last or sizes != _last[0][1] or not all(map(is_, known, _last[0][0])):
        _last[:] = [(known, sizes, next(_numbers))]
    return _last[0][2]
