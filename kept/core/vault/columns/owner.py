"""Whose key a row is sealed under: ``of="self"``, ``of="person"``, ``of="case__person"``, or
``of="person|organisation"`` (the first that is set).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from django.db import models

from kept.core.vault.errors import SealRefused


class Owner:
    """One path, or several of which one is set, from a row to the id of its subject."""

    def __init__(self, model: type[models.Model], of: str) -> None:
        self.of_text = of
        self.model = model
        self._paths = [path.strip().split("__") for path in of.split("|")]
        self._simple = self._pk = ""
        self._anchors: tuple[str, ...] = ()

    def _resolve(self) -> None:
        """Which columns of the row lead to the subject. Not before all models are loaded."""
        meta = self.model._meta
        anchors = [meta.pk if path == ["self"] else meta.get_field(path[0]) for path in self._paths]
        self._pk = meta.pk.attname
        self._anchors = tuple(field.attname for field in anchors)  # type: ignore[union-attr]
        if len(self._paths) == 1 and len(self._paths[0]) == 1:
            self._simple = self._anchors[0]

    def anchors(self, row: models.Model) -> tuple[Sequence[str], Sequence[Any]]:
        """The columns the seal hangs on, by name, as they are now."""
        if not self._anchors:
            self._resolve()
        held = row.__dict__
        names = [name for name in (self._pk, *self._anchors) if name in held]
        return names, [held[name] for name in names]

    def moved(self, row: models.Model, home: tuple[Sequence[str], Sequence[Any]]) -> bool:
        """Was the row given to another subject, or another key, since ``home`` (columns and their values) was
        noted?
        """
        before = dict(zip(*home, strict=True))
        return any(
            name in before and before[name] != now for name, now in zip(*self.anchors(row), strict=True)
        )

    def names(self) -> set[str]:
        """Names under which those columns can be written."""
        if not self._anchors:
            self._resolve()
        meta = self.model._meta
        return {"pk", meta.pk.attname, *self._anchors, *(meta.get_field(name).name for name in self._anchors)}

    def of(self, row: models.Model) -> UUID:
        """The subject's id. Raises SealRefused when the row belongs to nobody."""
        if not self._anchors:
            self._resolve()
        if self._simple:
            found = row.__dict__.get(self._simple)
            if type(found) is UUID:
                return found
        for path, anchor in zip(self._paths, self._anchors, strict=True):
            found = getattr(row, anchor)
            if found is not None:
                return _uuid(self._walk(row, path) if len(path) > 1 else found, row)
        raise SealRefused(
            f"This {type(row).__name__} belongs to nobody yet, so nothing can be sealed in it. Set its"
            f" {self.of_text} first."
        )

    def filter(self, subject: UUID) -> models.Q:
        """The rows of a subject."""
        wanted = models.Q()
        for path in self._paths:
            wanted |= models.Q(**{"pk" if path == ["self"] else "__".join(path): subject})
        return wanted

    def hops(self) -> Iterator[str]:
        """Relations to load before the subject of a row is known; none where the row carries it."""
        for path in self._paths:
            if len(path) > 1:
                yield "__".join(path[:-1])

    @staticmethod
    def _walk(row: Any, path: list[str]) -> Any:
        for step in path[:-1]:
            row = getattr(row, step)
        last = row._meta.get_field(path[-1])
        return getattr(row, last.attname)


def _uuid(found: Any, row: models.Model) -> UUID:
    if isinstance(found, UUID):
        return found
    try:
        return UUID(str(found))
    except ValueError:
        raise SealRefused(f"The subject of this {type(row).__name__} is no subject id.") from None
