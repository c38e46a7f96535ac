"""The demo company's world: its cast, its past, and the clock that lets things have happened then.

An app brings believable data with a ``demo.py`` that has ``def make(world) -> None``. It does nothing at
once; it says what happened when, and ``play`` lets everything happen in the order of time, through the same
verbs and flows that people use:

    def make(world):
        world.on(days_ago=300, do=lambda: register(serial=…, reader=world.reader(world.alice)))

``crowd(world, subjects)``, if it is there too, gets the ids of the many unnamed persons in batches, for bulk
rows.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib import import_module
from importlib.util import find_spec
from itertools import count
from random import Random
from types import ModuleType
from uuid import UUID

from django.apps import apps
from django.utils import timezone

from kept.accounts.models import User
from kept.accounts.signing_in import session_proof
from kept.core.vault.readers import SelfReader, StaffReader
from kept.operations.setting_up import ids
from kept.outbox.delivery import deliver

# The company begins this long before today.
PAST = timedelta(days=730)


@dataclass
class World:
    """``alice`` is a customer, ``bob`` of support, ``charlie`` a customer with no business here, ``dana`` the
    data controller, ``sales`` whoever sends what is ordered.

    ``random`` is seeded: the same seed tells the same story. ``persons``: how many unnamed customers there
    are besides. ``serials`` of units that nobody holds: take one with ``world.serials.pop()``.
    """

    random: Random
    persons: int
    now: datetime
    cast: dict[str, User] = field(default_factory=dict)
    serials: list[str] = field(default_factory=list)
    _events: list[tuple[datetime, int, Callable[[], object]]] = field(default_factory=list)
    _order: Iterator[int] = field(default_factory=count)

    @property
    def alice(self) -> User:
        return self.cast["alice"]

    @property
    def bob(self) -> User:
        return self.cast["bob"]

    @property
    def charlie(self) -> User:
        return self.cast["charlie"]

    @property
    def dana(self) -> User:
        return self.cast["dana"]

    @property
    def sales(self) -> User:
        return self.cast["sales"]

    def on(self, *, days_ago: float, do: Callable[[], object]) -> None:
        """Let something happen that many days ago. What happens may call ``on`` again, for later days."""
        heapq.heappush(self._events, (self.now - timedelta(days=days_ago), next(self._order), do))

    def reader(self, user: User) -> SelfReader:
        """A customer, in a session of their own."""
        return ids.own_reader(user)

    def staff(self, user: User) -> StaffReader:
        """A member of staff, at the desk. Raises ValueError for anybody else."""
        post = user.post()
        if post is None:
            raise ValueError("They hold no post at the desk.")
        return session_proof.staff_reader(user, post)

    def play(self) -> int:
        """Let everything happen, oldest first. Returns how many things did."""
        done = 0
        while self._events:
            at, _, do = heapq.heappop(self._events)
            with the_clock_at(min(at, self.now)):
                do()
                deliver()
            done += 1
        return done


@contextmanager
def the_clock_at(moment: datetime) -> Iterator[None]:
    """Let it be that moment for everything that asks Django what time it is.

    For a world that is being made; never while serving.
    """
    real = timezone.now
    timezone.now = lambda: moment
    try:
        yield
    finally:
        timezone.now = real


def tellers() -> list[ModuleType]:
    """The ``demo`` module of each installed app that has one, in the order of INSTALLED_APPS."""
    names = [f"{app.name}.demo" for app in apps.get_app_configs() if app.name.startswith("kept.")]
    return [import_module(name) for name in names if find_spec(name)]


def tell(world: World) -> None:
    """Let each app say what happened."""
    for teller in tellers():
        if hasattr(teller, "make"):
            teller.make(world)


def tell_of_crowd(world: World, subjects: Sequence[UUID]) -> None:
    """Let each app give the unnamed persons something."""
    for teller in tellers():
        if hasattr(teller, "crowd"):
            teller.crowd(world, subjects)
