"""Cases from a CSV file, one row for each message: any code page and delimiter, as the other imports read
them.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from datetime import UTC, datetime, time
from pathlib import Path

from django.utils import timezone

from kept import dates
from kept.equipment import serials
from kept.products.cells import Column, Row
from kept.products.csv_files import Sheet, SheetError, Written
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
from kept.touchpoints.support.case_imports.json_files import EARLIEST
from kept.touchpoints.support.cases import topics

COLUMNS = (
    Column("case", also=("number", "ticket", "case_number", "ticket_number", "reference")),
    Column("email", also=("e_mail", "customer_email", "mail")),
    Column("text", also=("message", "body")),
    Column("at", also=("sent", "date", "created", "created_at")),
    Column("name", required=False, also=("customer", "customer_name")),
    Column("phone", required=False),
    Column("language", required=False),
    Column("title", required=False, also=("subject",)),
    Column("author", required=False, also=("from", "sender")),
    Column("opened", required=False, also=("opened_at",)),
    Column("closed", required=False, also=("closed_at",)),
    Column("kind", required=False),
    Column("topic", required=False),
    Column("severity", required=False),
    Column("product", required=False, also=("part_number",)),
    Column("serial", required=False, also=("serial_number", "sn")),
    Column("channel", required=False),
    Column("files", required=False, also=("attachments",)),
    Column("message_id", required=False),
)
LARGEST = 1_000_000_000
_CLOCK = re.compile(
    r"(?P<day>.+?)[T ]+(?P<hour>\d{1,2})[:h](?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d+)?)?$"
)
_LINE = re.compile(r"[^\S\n]*\n")


def read(place: Path, written: Written, files: Path | None = None) -> Found:
    """Rows of one case that follow each other are one case; more of it further down is more of it. Raises
    NotAnExport.
    """
    root = files or place.parent
    try:
        with place.open("rb") as stream:
            sheet = Sheet(stream, COLUMNS, size_limit=LARGEST, written=written)
            case: ForeignCase | None = None
            for rows in sheet.batches():
                for row in rows:
                    key = row.cells["case"]
                    if case is not None and key != case.key:
                        yield case
                        case = None
                    found = _Reading(row, root)
                    case = found.case_with(case)
                    yield from found.left_out
            if case is not None:
                yield case
    except SheetError as wrong:
        raise NotAnExport(str(wrong)) from None


class _Reading:
    """One row, and what is wrong with it."""

    def __init__(self, row: Row, root: Path) -> None:
        self.row, self.root = row, root
        self.where = f"line {row.line}"
        self.left_out: list[LeftOut] = []

    def case_with(self, case: ForeignCase | None) -> ForeignCase | None:
        """The case of the row before, or a new one, with the message of this row; as it was where the row
        says nothing that can be read.
        """
        row = self.row
        key, at = row.text("case", longest=100), self._moment("at")
        author = row.choice("author", (CUSTOMER, STAFF, NOTE), default=CUSTOMER)
        channel = row.choice("channel", ("web", "mail", "phone"), default="mail")
        fresh = case or self._case(key, at)
        closed = self._moment("closed") if row.has("closed") else None
        if row.problems or fresh is None or at is None:
            self.left_out += [LeftOut(self.where, str(one).partition(": ")[2]) for one in row.problems]
            return case
        fresh.closed_at = closed or fresh.closed_at
        text = row.cells["text"].replace("\r\n", "\n").replace("\r", "\n")
        said = f"{at.isoformat()}|{author}|{text}"
        fresh.messages.append(
            ForeignMessage(
                key=hashlib.sha256(said.encode()).hexdigest(),
                where=self.where,
                author=author,
                at=at,
                text=_LINE.sub("\n", text),
                channel=channel,
                message_id=row.cells.get("message_id", ""),
                files=tuple(self._files()),
            )
        )
        return fresh

    def _case(self, key: str, at: datetime | None) -> ForeignCase | None:
        row = self.row
        kind = row.choice("kind", topics.KIND_TITLES, default=topics.SERVICE)
        known = topics.topics_of(kind) if kind in topics.KIND_TITLES else topics.ALL
        topic = row.choice("topic", known, default="other")
        severity = row.choice("severity", ("", *topics.SEVERITIES))
        opened = self._moment("opened") if row.has("opened") else at
        serial = serials.read(row.cells["serial"]) if row.has("serial") else None
        if serial is not None and (serial.problem or serial.suggestion):
            # The case comes across all the same: a serial number is not what it is about.
            self.left_out.append(
                LeftOut(self.where, f"{serial.problem or serial.suggestion} It is left out.")
            )
        if opened is None:
            return None
        person = ForeignPerson(
            row.cells.get("name", ""),
            row.cells["email"],
            row.cells.get("phone", ""),
            row.cells.get("language", "").lower(),
        )
        return ForeignCase(
            key=key,
            where=self.where,
            number=key,
            title=row.cells.get("title", ""),
            person=person,
            opened_at=opened,
            kind=kind,
            topic=topic,
            severity=severity,
            serial=serial.serial if serial is not None and not serial.suggestion else "",
            product=row.cells.get("product", ""),
        )

    def _moment(self, column: str) -> datetime | None:
        """``2024-03-31 14:05``, ``31.3.2024 14:05``, ISO 8601; a day alone is its noon. By the clock of the
        company where no zone is said.
        """
        said = self.row.cells.get(column, "")
        try:
            read = datetime.fromisoformat(said)
            if len(said) > 10:
                return _plausible(read)
        except (ValueError, OverflowError):
            pass
        clock = _CLOCK.fullmatch(said)
        try:
            day = dates.read(clock["day"] if clock else said, order=self.row.dates)
            hour, minute, second = (
                (int(clock[name] or 0) for name in ("hour", "minute", "second")) if clock else (12, 0, 0)
            )
            return _plausible(datetime.combine(day, time(hour, minute, second)))
        except dates.TwoDays as two:
            how = "Write it as year-month-day, or import with --dates day-first or month-first."
            self.row.wrong(column, said, f"{two} {how}")
        except (dates.DateError, ValueError, OverflowError) as wrong:
            plain = str(wrong) if isinstance(wrong, dates.DateError) else "There is no such time of day."
            self.row.wrong(column, said, plain)
        return None

    def _files(self) -> Iterator[ForeignFile]:
        for name in self.row.words("files"):
            path = self.root / name
            if path.is_file() and path.resolve().is_relative_to(self.root.resolve()):
                yield ForeignFile.at(f"{self.where}, file {name}", path.name, path)
            else:
                reason = "It is not there. Paths are read from the folder of the CSV file, or from --files."
                self.left_out.append(LeftOut(f"{self.where}, file {name}", reason))


def _plausible(read: datetime) -> datetime:
    """With its zone. Raises ValueError for a year in which there was no help desk."""
    if read.year < EARLIEST:
        raise ValueError
    return (read if read.tzinfo else timezone.make_aware(read)).astimezone(UTC)
