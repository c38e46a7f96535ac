"""What is declared and installed, as a number: what follows from these alone may be worked out once and kept
under it.

Everything that an erasure, a withdrawal, a restriction or a new version changes is no part of it, and has no
place in what is kept so. A policy may be part of the key: two are equal when their files say the same, byte
for byte.
"""

from __future__ import annotations

from itertools import count
from typing import Any

from django.apps import apps

from kept.core.register.declarations import DECLARED

_numbers = count(1)
_last: list[tuple[list[list[Any]], int]] = []


def generation() -> int:
    """A number that is another one as soon as more is declared or another app is installed.

    Some microseconds.
    """
    register = DECLARED
    said: list[list[Any]] = [
        register.holds,
        register.nobody,
        register.ends,
        register.details,
        register.touchpoints,
    ]
    said.append(list(apps.app_configs.values()))
    if not _last or _last[0][0] != said:
        _last[:] = [([list(one) for one in said], next(_numbers))]
    return _last[0][1]
