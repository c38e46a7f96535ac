"""What a stolen ID gave and took in an organisation or at the desk: who got a role from it, who from those,
and what stood before.

A thief makes an accomplice an owner, and the accomplice puts the owner out. So the roles an ID gave since a
moment are followed to whoever gave or ended something by virtue of them (docs/decisions/0040).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, Protocol, TypeVar


class Role(Protocol):
    """A membership or a post: from when until when, and the numbers of those in which somebody gave and ended
    it.
    """

    pk: Any
    since: datetime
    until: datetime | None
    begun_by: int | None
    ended_by: int | None


R = TypeVar("R", bound=Role)


def not_trusted(
    rows: Iterable[R], *, hers: Iterable[int], since: datetime, gives: Callable[[R], bool]
) -> set[int]:
    """Numbers of hers, and of every role given since then by one of these that can itself give: what was done
    in them counts as the thief's.

    ``gives``: whether whoever holds it can give roles, and could not before.
    """
    found, young = set(hers), [row for row in rows if row.since >= since and gives(row)]
    while more := {int(row.pk) for row in young if row.begun_by in found} - found:
        found |= more
    return found


def stood_before(rows: Sequence[R], *, since: datetime, by: set[int]) -> R | None:
    """The role somebody held before the last unbroken run of changes by these; None: they held none.

    ``thrown_out``: theirs, newest first. What somebody else changed after the thief stays as that other left
    it.
    """
    standing = rows[0] if rows and rows[0].until is None else None
    for row in rows:
        if row.until is not None:
            if row.until < since or row.ended_by not in by:
                return standing
            standing = row
        if row.since < since or row.begun_by not in by:
            return standing
        standing = None
    return standing
