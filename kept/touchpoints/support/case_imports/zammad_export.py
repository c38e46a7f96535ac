"""What the REST interface of Zammad answers, saved as JSON: tickets, their articles, users.

Lists (with ``expand=true`` or without), single objects, and ``full=true`` with its assets are read alike, in
any number of files. Files of articles lie under ``ticket_attachment/<ticket>/<article>/<id>``, as the
interface names them, or stand in the article as base 64.
"""

from __future__ import annotations

import base64
import binascii
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path, PurePath
from typing import Any

from kept.mailroom.reading.text_extraction import of_html
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
ASSETS = {"Ticket": "tickets", "TicketArticle": "articles", "User": "users", "TicketState": "states"}
# The ids a new Zammad begins with, for exports without names.
STATES = {"4": "closed", "5": "merged", "6": "removed"}
SENDERS = {"1": "Agent", "2": "Customer", "3": "System"}
TYPES = {"1": "email", "5": "phone", "10": "note", "11": "web"}
CHANNELS = {"email": "mail", "phone": "phone"}
FOLDERS = ("ticket_attachment", "attachments")


class Export:
    """All rows of the files, by kind and id."""

    def __init__(self, place: Path) -> None:
        self.root = place if place.is_dir() else place.parent
        self.rows: dict[str, dict[str, Row]] = {name: {} for name in ASSETS.values()}
        for document in documents(place):
            self._take(document)
        if not self.rows["tickets"]:
            raise NotAnExport(
                f"{place} holds no ticket of Zammad. Save what /api/v1/tickets?expand=true answers in it, and"
                " what /api/v1/ticket_articles/by_ticket/<id> and /api/v1/users answer."
            )
        self.said: dict[str, list[Row]] = defaultdict(list)
        for article in self.rows["articles"].values():
            self.said[words(article, "ticket_id")].append(article)
        self.named = {
            words(user, name).casefold(): user
            for name in ("login", "email")
            for user in self.rows["users"].values()
            if words(user, name)
        }

    def _take(self, found: Any) -> None:
        if isinstance(found, list):
            for one in found:
                self._take(one)
        elif isinstance(found, dict):
            kind = _kind(found)
            if kind:
                self.rows[kind][words(found, "id")] = found
            for name, below in inner(found.get("assets")).items():
                if name in ASSETS and isinstance(below, dict):
                    self.rows[ASSETS[name]] |= {str(id): inner(row) for id, row in below.items()}
            if not kind:
                for below in found.values():
                    if isinstance(below, list):
                        self._take(below)

    def state(self, ticket: Row) -> str:
        id = words(ticket, "state_id")
        return words(ticket, "state") or words(self.rows["states"].get(id, {}), "name") or STATES.get(id, "")

    def customer(self, ticket: Row) -> ForeignPerson | None:
        said = ticket.get("customer")
        known = self.rows["users"].get(words(ticket, "customer_id"))
        if known is None and isinstance(said, str):
            known = self.named.get(said.casefold())
        if known is None:
            return ForeignPerson("", said) if isinstance(said, str) and "@" in said else None
        locale = inner(known.get("preferences")).get("locale", "")
        name = " ".join(filter(None, (words(known, "firstname"), words(known, "lastname"))))
        return ForeignPerson(
            name, words(known, "email"), words(known, "phone", "mobile"), str(locale).partition("-")[0]
        )


def _kind(row: Row) -> str:
    if "ticket_id" in row and "body" in row:
        return "articles"
    if "number" in row and "title" in row:
        return "tickets"
    if "login" in row or ("firstname" in row and "lastname" in row):
        return "users"
    return "states" if "state_type_id" in row else ""


def read(place: Path) -> Found:
    """Each ticket as a case, and what is left out of it. Raises NotAnExport."""
    export = Export(place)
    for id, ticket in export.rows["tickets"].items():
        where = f"ticket {words(ticket, 'number') or id}"
        opened, state = moment(ticket.get("created_at")), export.state(ticket)
        if state in {"merged", "removed"}:
            yield LeftOut(where, f"It was {state}: what was said in it stands elsewhere.")
            continue
        if opened is None:
            yield LeftOut(where, "It does not say when it was opened.")
            continue
        case = ForeignCase(
            key=id,
            where=where,
            number=words(ticket, "number") or id,
            title=words(ticket, "title"),
            person=export.customer(ticket),
            opened_at=opened,
            closed_at=_closed(ticket, state),
        )
        yield from _messages(export, case)
        yield case


def _closed(ticket: Row, state: str) -> Any:
    """Pending to be closed is open still."""
    ended = moment(ticket.get("close_at")) or moment(ticket.get("updated_at"))
    return ended if state.startswith("closed") else None


def _messages(export: Export, case: ForeignCase) -> Iterator[LeftOut]:
    for article in sorted(export.said.get(case.key, ()), key=lambda row: words(row, "created_at", "id")):
        where = f"{case.where}, article {words(article, 'id')}"
        sender = words(article, "sender") or SENDERS.get(words(article, "sender_id"), "")
        at = moment(article.get("created_at"))
        if sender == "System":
            yield LeftOut(where, "The program wrote it: an acknowledgement or a trigger.")
            continue
        if at is None:
            yield LeftOut(where, "It does not say when it was written.")
            continue
        files: list[ForeignFile] = []
        yield from _files(export.root, case, article, where, files)
        body = words(article, "body")
        kind = words(article, "type") or TYPES.get(words(article, "type_id"), "")
        case.messages.append(
            ForeignMessage(
                key=words(article, "id"),
                where=where,
                author=NOTE if article.get("internal") else CUSTOMER if sender == "Customer" else STAFF,
                at=at,
                text=of_html(body) if "html" in words(article, "content_type") else body,
                channel=CHANNELS.get(kind, "web"),
                message_id=words(article, "message_id"),
                files=tuple(files),
            )
        )


def _files(
    root: Path, case: ForeignCase, article: Row, where: str, found: list[ForeignFile]
) -> Iterator[LeftOut]:
    for one in inner_rows(article.get("attachments")):
        name = PurePath(words(one, "filename") or "file").name
        place = f"{where}, file {words(one, 'id')}"
        if isinstance(one.get("data"), str):
            try:
                found.append(ForeignFile.of(place, name, base64.b64decode(one["data"], validate=True)))
            except binascii.Error:
                yield LeftOut(place, "Its content is no whole base 64.")
            continue
        paths = [
            root / folder / case.key / words(article, "id") / last
            for folder in FOLDERS
            for last in (words(one, "id"), name)
        ]
        path = next((each for each in paths if each.is_file()), None)
        if path is None or not path.resolve().is_relative_to(root.resolve()):
            yield LeftOut(place, f"It is not there. Save it as {paths[0].relative_to(root)}.")
        else:
            found.append(ForeignFile.at(place, name, path))
