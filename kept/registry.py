"""What rooms above say of themselves to a room below, which imports none of them: by id, once each.

A job, a proof, a queue of the desk: whoever has one registers it where modules are loaded, and the room below
runs, shows or counts whatever is there. Every registry of the program is listed in docs/registries.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from typing import Any, TypeVar
from weakref import WeakValueDictionary

T = TypeVar("T")


class TakenTwice(ValueError):
    """Two places registered under one id: the second would silently take the first one's place."""


class Registry(dict[str, T]):
    """A ``dict`` of what was registered, in the order it was; ``holds`` says in a few words what that is."""

    __slots__ = ("__weakref__", "called", "holds")

    def __init__(self, called: str, holds: str) -> None:
        super().__init__()
        self.called, self.holds = called, holds
        _ALL[called] = self

    def __hash__(self) -> int:  # type: ignore[override]
        return id(self)

    def add(self, id: str, value: T) -> T:
        """Register a value; the same one again changes nothing.

        Raises TakenTwice where another has this id.
        """
        there = self.get(id)
        if there is not None and _place(there) != _place(value):
            raise TakenTwice(
                f"{self.called}: “{id}” is registered by {_place(there)} and by {_place(value)}."
            )
        self[id] = value
        return value

    def under(self, id: str) -> Callable[[T], T]:
        """A decorator that registers a function under this id."""
        return lambda function: self.add(id, function)

    def by_name(self, function: T) -> T:
        """Register a function under its own name, where nobody asks for it by another."""
        return self.add(_place(function), function)


_ALL: WeakValueDictionary[str, Registry[Any]] = WeakValueDictionary()


def registries() -> Iterator[Registry[Any]]:
    """Every registry of the modules that are loaded, by name."""
    for name in sorted(_ALL):
        yield _ALL[name]


def _place(value: Any) -> str:
    """Where a function was written, or the one that a row of fields holds; of any other value, what it is."""
    if is_dataclass(value):
        value = next((one for each in fields(value) if callable(one := getattr(value, each.name))), value)
    name = getattr(value, "__qualname__", "")
    return f"{value.__module__}.{name}" if name else repr(value)
