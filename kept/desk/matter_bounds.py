"""How much one matter may lead to before somebody says why: searches, people shown by them, people it was
said to be about.

A matter is real or it is not; nobody can tell by looking at one. Many looks under one are what can be seen.
Whoever needs more says why, goes on at once, and the controller is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import F, Sum
from django.utils import timezone

from kept.desk.models import Excess, Matter
from kept.sentences import sentence


@dataclass(frozen=True, slots=True)
class Bound:
    """``most``: without a reason, and once more with each reason. ``column``: where a matter counts it."""

    column: str
    most: int
    words: str


SEARCHES = Bound("searches", 6, sentence("searches"))
SHOWN = Bound("shown", 12, sentence("people found"))
OPENED = Bound("opened", 3, sentence("people opened"))
BOUNDS = (SEARCHES, SHOWN, OPENED)
HOUR, MOST_AN_HOUR = timedelta(hours=1), 2 * SHOWN.most
"""So many people found by one member of staff, under whatever matters, are told to the controller: a new
matter costs a click.
"""


class BoundReached(Exception):
    """A matter led to as much as it may without a reason. ``bound`` is the one it came to."""

    def __init__(self, bound: Bound) -> None:
        super().__init__(f"This matter has come to its bound of {bound.words}.")
        self.bound = bound


def left(matter: Matter, bound: Bound) -> int:
    """How many more a matter may lead to, as the database has it now."""
    return _left(matter, (bound,))[0]


def reached(matter: Matter) -> Bound | None:
    """The bound a matter stands at; None while there is room under each that a search comes to."""
    looked_at = (SEARCHES, SHOWN)
    return next(
        (bound for bound, room in zip(looked_at, _left(matter, looked_at), strict=True) if not room), None
    )


def _left(matter: Matter, looked_at: Sequence[Bound]) -> list[int]:
    """Asked afresh, and once for all: what a colleague did a moment ago counts."""
    row = (
        Matter.objects.filter(pk=matter.pk)
        .values_list("reasons", *(bound.column for bound in looked_at))
        .first()
    )
    reasons, *counted = row or (0, *(bound.most for bound in looked_at))
    return [
        max(bound.most * (1 + reasons) - count, 0) for bound, count in zip(looked_at, counted, strict=True)
    ]


def take(matter: Matter, bound: Bound, count: int = 1) -> None:
    """Count, in one statement, so that two at once do not both get the last.

    Raises BoundReached, with nothing counted.
    """
    room = {"pk": matter.pk, f"{bound.column}__lte": bound.most * (1 + F("reasons")) - count}
    if not Matter.objects.filter(**room).update(**{bound.column: F(bound.column) + count}):
        raise BoundReached(bound)
    if bound is SHOWN:
        _tell_of_many(matter, count)


def _tell_of_many(matter: Matter, count: int) -> None:
    """Each time one member of staff has come to as many people within an hour; nobody is kept from work by
    it.
    """
    lately = Matter.objects.filter(opener=matter.opener, worked_at__gt=timezone.now() - HOUR)
    found = lately.aggregate(searches=Sum("searches"), shown=Sum("shown"), opened=Sum("opened"))
    shown = found["shown"] or 0
    if (shown - count) // MOST_AN_HOUR < shown // MOST_AN_HOUR:
        said = {name: number or 0 for name, number in found.items()}
        Excess.objects.create(
            number=matter.number, role=matter.role, entity=matter.entity, why=Excess.Why.MANY, **said
        )


def extend(matter: Matter, why: str) -> Excess:
    """As much again, for a reason; the controller finds it in a queue."""
    Matter.objects.filter(pk=matter.pk).update(reasons=F("reasons") + 1)
    matter.refresh_from_db(fields=["searches", "shown", "opened", "reasons"])
    return Excess.objects.create(
        number=matter.number,
        role=matter.role,
        entity=matter.entity,
        why=why,
        searches=matter.searches,
        shown=matter.shown,
        opened=matter.opened,
    )
