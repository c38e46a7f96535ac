"""FreeScout: a dump of its database (SQL, or the JSON of phpMyAdmin), or what its interface answers as JSON.

Files lie in ``attachment/<file_dir>/<file_name>`` beside the dump, as in ``storage/app`` of FreeScout.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path, PurePath
from typing import Any

from kept.mailroom.reading.text_extraction import of_html
from kept.touchpoints.support.case_imports import sql_dump
from kept.touchpoints.support.case_imports.foreign_cases import (
    CUSTOMER,
    NOTE,
    STAFF,
    ForeignCase,
    ForeignFile,
    ForeignMessage,
    ForeignPerson,
    Found,
    LeftOut,
    NotAnExport,
)
from kept.touchpoints.support.case_imports.json_files import documents, inner, inner_rows, moment, words

Row = dict[str, Any]
TABLES = ("conversations", "threads", "customers", "emails", "attachments")
KINDS = {"1": "email", "2": "phone", "3": "chat"}
CHANNELS = {"email": "mail", "phone": "phone"}
STATUS = {"3": "closed", "4": "spam"}
STATE = {"1": "draft", "3": "deleted"}
THREADS = {"1": "customer", "2": "message", "3": "note", "4": "lineitem", "8": "chat"}
THREAD_STATE = {"1": "draft", "3": "hidden", "4": "review"}
AUTHORS = {"customer": CUSTOMER, "chat": CUSTOMER, "message": STAFF, "note": NOTE}


class Export:
    """Conversations with their threads and files, from whichever of the forms."""

    def __init__(self, place: Path, files: Path | None) -> None:
        self.root = files or (place if place.is_dir() else place.parent) / "attachment"
        self.tables: dict[str, dict[str, Row]] = {name: {} for name in TABLES}
        self.threads: dict[str, list[Row]] = defaultdict(list)
        self.files: dict[str, list[Row]] = defaultdict(list)
        self.emails: dict[str, str] = {}
        dumps = [place] if place.suffix == ".sql" else sorted(place.glob("*.sql")) if place.is_dir() else []
        for dump in dumps:
            for table, row in sql_dump.rows(dump, TABLES):
                self.tables[table][words(row, "id")] = row
        for document in () if dumps else documents(place):
            self._take(document)
        if not self.tables["conversations"]:
            raise NotAnExport(
                f"{place} holds no conversation of FreeScout. Dump the tables {', '.join(TABLES)}, or save"
                " what /api/conversations?embed=threads answers."
            )
        self._lay_together()

    def _take(self, found: Any) -> None:
        """Of phpMyAdmin: {type: table, name, data}; of the interface: objects with ``_embedded``."""
        if isinstance(found, list):
            for one in found:
                self._take(one)
        elif isinstance(found, dict) and found.get("type") == "table" and words(found, "name") in TABLES:
            for row in inner_rows(found.get("data")):
                self.tables[found["name"]][words(row, "id")] = row
        elif isinstance(found, dict) and "subject" in found and "id" in found:
            self._take_conversation(found)
        elif isinstance(found, dict):
            for below in (inner(found.get("_embedded")) or found).values():
                if isinstance(below, list):
                    self._take(below)

    def _take_conversation(self, found: Row) -> None:
        id = words(found, "id")
        self.tables["conversations"][id] = found
        for thread in inner_rows(inner(found.get("_embedded")).get("threads")):
            self.tables["threads"][words(thread, "id")] = {**thread, "conversation_id": id}
            for file in inner_rows(inner(thread.get("_embedded")).get("attachments")):
                row = {**file, "thread_id": words(thread, "id")}
                self.tables["attachments"][words(file, "id")] = row

    def _lay_together(self) -> None:
        for thread in self.tables["threads"].values():
            self.threads[words(thread, "conversation_id")].append(thread)
        for file in self.tables["attachments"].values():
            self.files[words(file, "thread_id")].append(file)
        for email in self.tables["emails"].values():
            self.emails.setdefault(words(email, "customer_id"), words(email, "email"))

    def customer(self, conversation: Row) -> ForeignPerson | None:
        said = conversation.get("customer")
        id = words(conversation, "customer_id")
        row = said if isinstance(said, dict) else self.tables["customers"].get(id, {})
        email = words(conversation, "customer_email") or words(row, "email") or self.emails.get(id, "")
        name = " ".join(
            filter(None, (words(row, "firstName", "first_name"), words(row, "lastName", "last_name")))
        )
        return ForeignPerson(name, email, _phone(row)) if row or email else None


def _phone(row: Row) -> str:
    """``phones`` is JSON in a column: ``[{"value": "+32 …", "type": 1}]``."""
    said = row.get("phones") or inner(row.get("_embedded")).get("phones")
    try:
        found = json.loads(said) if isinstance(said, str) else said
        return str((found or [])[0]["value"])
    except (ValueError, TypeError, LookupError):
        return words(row, "phone")


def _word(row: Row, name: str, known: dict[str, str]) -> str:
    """Numbers of the tables as the words of the interface."""
    said = words(row, name)
    return known.get(said, "") if said.isdigit() else said


def read(place: Path, files: Path | None = None) -> Found:
    """Each conversation as a case, and what is left out of it. Raises NotAnExport."""
    export = Export(place, files)
    for id, row in export.tables["conversations"].items():
        where = f"conversation {words(row, 'number') or id}"
        opened = moment(words(row, "createdAt", "created_at"))
        status, state = _word(row, "status", STATUS), _word(row, "state", STATE)
        if status == "spam" or state in {"draft", "deleted"}:
            reason = "It is marked as spam." if status == "spam" else f"It is {state}."
            yield LeftOut(where, reason)
            continue
        if opened is None:
            yield LeftOut(where, "It does not say when it was opened.")
            continue
        ended = moment(words(row, "closedAt", "closed_at")) or moment(words(row, "updatedAt", "updated_at"))
        case = ForeignCase(
            key=id,
            where=where,
            number=words(row, "number") or id,
            title=words(row, "subject"),
            person=export.customer(row),
            opened_at=opened,
            closed_at=(ended or opened) if status == "closed" else None,
        )
        channel = CHANNELS.get(_word(row, "type", KINDS), "web")
        yield from _messages(export, case, channel)
        yield case


def _messages(export: Export, case: ForeignCase, channel: str) -> Iterator[LeftOut]:
    threads = export.threads.get(case.key, ())
    for thread in sorted(threads, key=lambda row: words(row, "createdAt", "created_at", "id")):
        where = f"{case.where}, thread {words(thread, 'id')}"
        kind = _word(thread, "type", THREADS)
        state = _word(thread, "state", THREAD_STATE)
        at = moment(words(thread, "createdAt", "created_at"))
        if kind not in AUTHORS:
            # That somebody was assigned, or a status changed: nothing was said.
            continue
        if state in {"draft", "hidden", "review"} or at is None:
            reason = f"It is {state}." if at else "It does not say when it was written."
            yield LeftOut(where, reason)
            continue
        files: list[ForeignFile] = []
        yield from _files(export, words(thread, "id"), where, files)
        case.messages.append(
            ForeignMessage(
                key=words(thread, "id"),
                where=where,
                author=AUTHORS[kind],
                at=at,
                text=of_html(words(thread, "body")),
                channel=channel,
                message_id=words(thread, "message_id", "messageId"),
                files=tuple(files),
            )
        )


def _files(export: Export, thread: str, where: str, found: list[ForeignFile]) -> Iterator[LeftOut]:
    for one in export.files.get(thread, ()):
        name = PurePath(words(one, "file_name", "fileName") or "file").name
        place = f"{where}, file {words(one, 'id')}"
        path = export.root / words(one, "file_dir").strip("/") / name
        if path.is_file() and path.resolve().is_relative_to(export.root.resolve()):
            found.append(ForeignFile.at(place, name, path))
        else:
            yield LeftOut(place, f"It is not there. Copy storage/app/attachment to {export.root}.")
