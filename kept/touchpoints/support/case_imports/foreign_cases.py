"""A case as another program kept it, whatever it called its parts; and what of it does not come across."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from django.core.files.base import File as Opened

from kept.touchpoints.support.cases import topics

CUSTOMER, STAFF, NOTE = "customer", "staff", "note"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """``where``: the row of the export, like "ticket 17, article 33"; ``reason``: one sentence."""

    where: str
    reason: str

    def __str__(self) -> str:
        return f"{self.where}: {self.reason}"


@dataclass(frozen=True, slots=True)
class ForeignFile:
    """A file of a message: ``open`` gives its content, and raises OSError where it is not there."""

    where: str
    name: str
    open: Callable[[], BinaryIO]

    def upload(self) -> Any:
        """As somebody would have sent it."""
        stream = self.open()
        return Opened(stream, name=self.name)

    @classmethod
    def at(cls, where: str, name: str, path: Path) -> ForeignFile:
        return cls(where, name, lambda: path.open("rb"))

    @classmethod
    def of(cls, where: str, name: str, content: bytes) -> ForeignFile:
        return cls(where, name, lambda: io.BytesIO(content))


@dataclass(frozen=True, slots=True)
class ForeignMessage:
    """``key``: what it is called in the export, the same each time. ``author``: CUSTOMER, STAFF, or NOTE for
    what staff wrote for each other. ``message_id``: by it an answer finds the case.
    """

    key: str
    where: str
    author: str
    at: datetime
    text: str
    channel: str = "mail"
    message_id: str = ""
    files: tuple[ForeignFile, ...] = ()


@dataclass(frozen=True, slots=True)
class ForeignPerson:
    name: str
    email: str
    phone: str = ""
    language: str = ""


@dataclass(slots=True)
class ForeignCase:
    """``key``: its id in the export; ``number``: what people called it. ``closed_at`` None: it is open."""

    key: str
    where: str
    number: str
    title: str
    person: ForeignPerson | None
    opened_at: datetime
    closed_at: datetime | None = None
    kind: str = topics.SERVICE
    topic: str = "other"
    severity: str = ""
    serial: str = ""
    product: str = ""
    messages: list[ForeignMessage] = field(default_factory=list)


Found = Iterator[ForeignCase | LeftOut]


class NotAnExport(Exception):
    """The file as a whole cannot be read. The message says how to mend it."""
