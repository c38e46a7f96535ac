"""How much one matter may lead to before somebody says why: searches, people shown by them, people it was said to be about.

A matter is real or it is not; nobody can tell by looking at one. Many looks under one are what can be seen. Whoever needs
more says why, goes on at once, and the controller is told.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import F, Sum
from django.utils import timezone

from kept.desk.models import Excess, Matter


@dataclass(frozen=True, slots=True)
class Bound:
    """``most``: without a reason, and once more with each reason. ``column``: where a matter counts it."""

    column: str
    most: int
    words: str


SEARCHES = Bound("searches", 6, "searches")
SHOWN = Bound("shown", 12, "people found")
OPENED = Bound("opened", 3, "people opened")
BOUNDS = (SEARCHES, SHOWN, OPENED)
HOUR, MOST_AN_HOUR = timedelta(hours=1), 2 * SHOWN.most
"""So many people found by one member of staff, under whatever matters, are told to the controller: a new matter costs a click."""


class BoundReached(Exception):
    """A matter led to as much as it may without a reason. ``bound`` is the one it came to."""

    def __init__(self, bound: Bound) -> None:
        super().__init__(f"This matter has come to its bound of {bound.words}.")
        self.bound = bound


def left(matter: Matter, bound: Bound) -> int:
    """How many more a matter may lead to, as the database has it now."""
    row = Matter.objects.filter(pk=matter.pk).values_list(bound.column, "reasons").first()
    return max(bound.most * (1 + row[1]) - row[0], 0) if row else 0


def reached(matter: Matter) -> Bound | None:
    """The bound a matter stands at; None while there is room under each that a search comes to."""
    return next((bound for bound in (SEARCHES, SHOWN) if not left(matter, bound)), None)


def take(matter: Matter, bound: Bound, count: int = 1) -> None:
    """Count, in one statement, so that two at once do not both get the last. Raises BoundReached, with nothing counted."""
    room = {"pk": matter.pk, f"{bound.column}__lte": bound.most * (1 + F("reasons")) - count}
    if not Matter.objects.filter(**room).update(**{bound.column: F(bound.column) + count}):
        raise BoundReached(bound)
    if bound is SHOWN:
        _tell_of_many(matter, count)


def _tell_of_many(matter: Matter, count: int) -> None:
    """Each time one member of staff has come to as many people within an hour; nobody is kept from work by it."""
    lately = Matter.objects.filter(opener=matter.opener, worked_at__gt=timezone.now() - HOUR)
    found = lately.aggregate(searches=Sum("searches"), shown=Sum("shown"), opened=Sum("opened"))
    shown = found["shown"] or 0
    if (shown - count) // MOST_AN_HOUR < shown // MOST_AN_HOUR:
        said = {name: number or 0 for name, number in found.items()}
        Excess.objects.create(number=matter.number, role=matter.role, entity=matter.entity, why=Excess.Why.MANY, **said)


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
