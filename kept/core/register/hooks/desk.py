"""How a touchpoint hangs its side of the work into the desk's shell, without either importing the other.

A queue is work that waits for staff; a panel shows what a matter's purpose allows about its subject.
Each app's ``desk.py`` registers them; the desk asks for those a role may see.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet, Value

from kept.registry import Registry


@dataclass(frozen=True, slots=True)
class Queue:
    """``waiting(reader)`` counts what waits; ``url`` is the URL name of its page."""

    id: str
    title: str
    roles: tuple[str, ...]
    url: str
    waiting: Callable[[Any], int]


@dataclass(frozen=True, slots=True)
class Panel:
    """``context(matter, person)`` is called inside the matter's open act and fills ``template``; None hides
    the panel.
    """

    id: str
    title: str
    roles: tuple[str, ...]
    purposes: tuple[str, ...]
    template: str
    context: Callable[[Any, Any], Mapping[str, Any] | None]


@dataclass(frozen=True, slots=True)
class Finder:
    """``find(text)`` names the subjects (UUIDs) a search text leads to, for texts only this app understands,
    like a serial number. ``leads_to(reader, text)`` is the address of the one thing of the reader's own work
    that the text names, like a reference; "" for none. It opens nothing of anybody.
    """

    id: str
    title: str
    find: Callable[[str], Sequence[Any]]
    leads_to: Callable[[Any, str], str] | None = None


EVERY_ROLE = ("*",)
"""For a queue that is about whoever reads it."""
QUEUES: Registry[Queue] = Registry("desk queues", "what waits at the desk, for whom")
PANELS: Registry[Panel] = Registry("desk panels", "what a person's page at the desk shows of a room")
FINDERS: Registry[Finder] = Registry("desk finders", "how a text finds persons at the desk")


Counting = Callable[[Any], int]
Showing = Callable[[Any, Any], Mapping[str, Any] | None]
Finding = Callable[[str], Sequence[Any]]
Leading = Callable[[Any, str], str]


def desk_queue(id: str, *, title: str, roles: Sequence[str], url: str) -> Callable[[Counting], Counting]:
    """Register ``waiting(reader) -> int``; the desk links its count to the URL name ``url``."""

    def keep(function: Counting) -> Counting:
        QUEUES.add(id, Queue(id, title, tuple(roles), url, function))
        return function

    return keep


def desk_panel(
    id: str, *, title: str, roles: Sequence[str], purposes: Sequence[str], template: str
) -> Callable[[Showing], Showing]:
    """Register ``context(matter, person) -> mapping or None``, shown in matters opened under one of
    ``purposes``.
    """

    def keep(function: Showing) -> Showing:
        PANELS.add(id, Panel(id, title, tuple(roles), tuple(purposes), template, function))
        return function

    return keep


def desk_finder(id: str, *, title: str, leads_to: Leading | None = None) -> Callable[[Finding], Finding]:
    """Register ``find(text) -> subject UUIDs`` for the desk's search box, and where a text leads at once."""

    def keep(function: Finding) -> Finding:
        FINDERS.add(id, Finder(id, title, function, leads_to))
        return function

    return keep


def queues_for(role: str) -> list[Queue]:
    return [queue for queue in QUEUES.values() if role in queue.roles or queue.roles == EVERY_ROLE]


def panels_for(role: str, purpose: str) -> list[Panel]:
    return [panel for panel in PANELS.values() if role in panel.roles and purpose in panel.purposes]


def together(*rows: QuerySet[Any]) -> int:
    """How many rows these have in all, for a queue of several kinds: one question to the database."""
    first, *others = (each.order_by().annotate(counted=Value(1)).values("counted") for each in rows)
    return int(first.union(*others, all=True).count())
