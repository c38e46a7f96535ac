"""Reading a CSV file that people made: comma, semicolon or tab, in UTF-8, UTF-16 as spreadsheets write it, or
a named code page.

One importer, two ways: a dry run that says what would happen, and a run that saves everything or nothing. A
problem names line, column, the rejected value and what to do. Memory stays bounded: rows are read and saved
in batches.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Protocol, TypeVar

from django.db import transaction

from kept.products.cells import Column, Problem, Row
from kept.registry import Registry

SIZE_LIMIT = 50_000_000
# Where a file is no Unicode and nobody says what it is, it is read as Windows writes it in western Europe.
WESTERN = "cp1252"
CODE_PAGES = (
    "cp1252 (Windows, western Europe), cp1250 (central Europe), cp1251 (Cyrillic), cp1253 (Greek), cp1254"
    " (Turkish), cp850 (DOS), mac-roman (old Macs), shift-jis (Japan) or gb18030 (China)"
)
_MARKS = ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
# What a spreadsheet writes so that another one takes a number for a text.
_FORMULA = re.compile(r'="(.*)"|\'(?=\d)(.*)', re.DOTALL)
BATCH = 2000
# A file that is wrong on every line must not fill the memory with sentences; the rest is counted.
PROBLEMS_KEPT = 1000

T = TypeVar("T")


class SheetError(Exception):
    """The file as a whole cannot be read. The message says how to mend it."""


@dataclass(slots=True)
class Report:
    """What a run found.

    ``ready`` rows can be saved, ``new`` + ``changed`` + ``same`` of them; ``saved`` says whether they were.
    """

    ready: int = 0
    new: int = 0
    changed: int = 0
    same: int = 0
    problem_rows: int = 0
    problems: list[Problem] = field(default_factory=list)
    ignored: tuple[str, ...] = ()
    saved: bool = False

    def add(self, problems: list[Problem]) -> None:
        self.problem_rows += 1
        self.problems.extend(problems[: max(0, PROBLEMS_KEPT - len(self.problems))])

    @property
    def summary(self) -> str:
        """``197 rows are ready, 3 need attention. Nothing is saved yet.``"""
        if self.saved:
            return (
                f"{_rows(self.ready)} saved: {self.new} new, {self.changed} changed, {self.same} as before."
            )
        ready = f"{_rows(self.ready)} {'is' if self.ready == 1 else 'are'} ready"
        attention = (
            f", {self.problem_rows} {'needs' if self.problem_rows == 1 else 'need'} attention"
            if self.problem_rows
            else ""
        )
        return f"{ready}{attention}. Nothing is saved yet."


class Importer(Protocol[T]):
    """One kind of row.

    ``read`` notes problems on the row; ``examine`` asks the database and returns the items that may be saved.
    """

    columns: tuple[Column, ...]

    def read(self, row: Row) -> T: ...
    def examine(self, items: list[tuple[Row, T]], report: Report) -> list[T]: ...
    def save(self, items: list[T]) -> None: ...
    def finish(self, report: Report, *, save: bool) -> None: ...


FILES: Registry[Callable[..., Importer[Any]]] = Registry(
    "file kinds", "files that an import takes besides the catalogue's own, by name"
)
"""Each makes an importer when it is called with ``update``: whether the file comes before what stands."""


@dataclass(frozen=True, slots=True)
class Written:
    """How a file is written, where that cannot be seen from the file: its ``encoding``, and which comes first
    in ``dates`` with strokes: "day-first" or "month-first".
    """

    encoding: str = ""
    dates: str = ""


def run(
    stream: BinaryIO,
    importer: Importer[T],
    *,
    save: bool,
    size_limit: int = SIZE_LIMIT,
    written: Written | None = None,
) -> Report:
    """Read the whole file through the importer.

    With ``save`` everything is saved, or, after any problem, nothing.
    """
    report = Report()
    try:
        sheet = Sheet(stream, importer.columns, size_limit=size_limit, written=written or Written())
    except SheetError as wrong:
        report.add([Problem(1, "", "", str(wrong))])
        return report
    report.ignored = sheet.ignored
    with transaction.atomic() if save else nullcontext():
        try:
            for rows in sheet.batches():
                _take(rows, importer, report, save=save)
        except SheetError as wrong:
            report.add([Problem(sheet.line, "", "", str(wrong))])
        importer.finish(report, save=save and not report.problem_rows)
        if save and report.problem_rows:
            transaction.set_rollback(True)
    report.saved = save and not report.problem_rows
    return report


def _take(rows: list[Row], importer: Importer[T], report: Report, *, save: bool) -> None:
    items = []
    for row in rows:
        item = importer.read(row)
        if row.problems:
            report.add(row.problems)
        else:
            items.append((row, item))
    good = importer.examine(items, report)
    report.ready += len(good)
    if save and not report.problem_rows:
        importer.save(good)


class Sheet:
    """An opened file: its heading is checked at once, its rows are streamed. Raises SheetError."""

    def __init__(
        self,
        stream: BinaryIO,
        columns: tuple[Column, ...],
        *,
        size_limit: int = SIZE_LIMIT,
        written: Written | None = None,
    ) -> None:
        self.line = 1
        self._written = written or Written()
        text = io.TextIOWrapper(
            stream, encoding=_encoding(stream, size_limit, self._written.encoding), newline=""
        )
        # The caller opened the stream and closes it; the wrapper must not do so when it is collected.
        self._text = text
        first = text.readline()
        told = re.fullmatch(r"sep=(.)\s*", first)
        mark = told[1] if told else _delimiter(first)
        if not told:
            text.seek(0)
        self._skipped = 1 if told else 0
        self._reader = csv.reader(text, delimiter=mark, strict=True)
        self._heading = self._next() or []
        names = [_name(cell) for cell in self._heading]
        self._places = _places(names, columns)
        self.ignored = tuple(name for name in names if name and name not in self._places)

    def batches(self, size: int = BATCH) -> Iterator[list[Row]]:
        rows: list[Row] = []
        while (cells := self._next()) is not None:
            if not any(cell.strip() for cell in cells):
                continue
            rows.append(self._row(cells))
            if len(rows) == size:
                yield rows
                rows = []
        if rows:
            yield rows
        self._text.detach()

    def _next(self) -> list[str] | None:
        self.line = self._reader.line_num + 1 + self._skipped if hasattr(self, "_reader") else 1
        try:
            return next(self._reader, None)
        except csv.Error:
            raise SheetError(
                "From this line on the quotation marks do not match. Close the quotation mark, or write two"
                " for one inside a cell."
            ) from None

    def _row(self, cells: list[str]) -> Row:
        said = {
            name: _plain(cells[place]) if place < len(cells) else "" for name, place in self._places.items()
        }
        row = Row(self.line, said, dates=self._written.dates)
        if len(cells) > len(self._heading) and any(cell.strip() for cell in cells[len(self._heading) :]):
            row.wrong(
                "",
                "",
                f"This line has {len(cells)} cells, the heading has {len(self._heading)}. Put text with a"
                " comma in quotation marks.",
            )
        return row


def _encoding(stream: BinaryIO, size_limit: int, named: str = "") -> str:
    """Read the stream to its end, and rewind: how is it written, and is it text of a bearable size?

    Raises SheetError.
    """
    start = stream.read(4)
    stream.seek(0)
    marked = next((encoding for mark, encoding in _MARKS if start.startswith(mark)), "")
    if named and not _is_known(named):
        raise SheetError(f"“{named[:40]}” is no code page we know. Name one, like {CODE_PAGES}.")
    wanted = [named] if named else [marked] if marked else ["utf-8-sig", WESTERN]
    wrong: _Undecoded | None = None
    for encoding in wanted:
        wrong = _undecoded(stream, encoding, size_limit)
        if wrong is None:
            return encoding
    assert wrong is not None
    if named or marked:
        raise SheetError(
            f"Line {wrong.line} holds a byte ({wrong.byte}) that {wanted[0]} does not have. Name another code"
            f" page, like {CODE_PAGES}."
        )
    raise SheetError(
        f"Line {wrong.line} holds a byte ({wrong.byte}) that is neither UTF-8 nor Windows-1252. Save the file"
        f" as “CSV UTF-8”, or say how it is written with --encoding: {CODE_PAGES}."
    )


@dataclass(frozen=True, slots=True)
class _Undecoded:
    line: int
    byte: str


def _undecoded(stream: BinaryIO, encoding: str, size_limit: int) -> _Undecoded | None:
    """The first place that is not written so; None where all of it is.

    Rewinds. Raises SheetError for what is no text at all.
    """
    decoder = codecs.getincrementaldecoder(encoding)()
    size, lines, wrong = 0, 1, None
    while chunk := stream.read(1 << 16):
        size += len(chunk)
        if size > size_limit:
            raise SheetError(
                f"The file is larger than {size_limit // 1_000_000} MB. Split it into several files."
            )
        if b"\0" in chunk and not encoding.startswith("utf-16"):
            raise SheetError("This is not a CSV file. In a spreadsheet choose “Save as” and “CSV UTF-8”.")
        wrong = wrong or _decode(decoder, chunk, lines)
        lines += chunk.count(b"\n")
    if not size:
        raise SheetError("The file is empty.")
    stream.seek(0)
    return wrong or _decode(decoder, b"", lines, final=True)


def _decode(
    decoder: codecs.IncrementalDecoder, chunk: bytes, lines: int, *, final: bool = False
) -> _Undecoded | None:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError as broken:
        return _Undecoded(
            lines + broken.object[: broken.start].count(b"\n"), f"{broken.object[broken.start]:02X}"
        )
    return None


def _is_known(encoding: str) -> bool:
    """A code page for text: Python has others, such as base64."""
    try:
        return codecs.lookup(encoding)._is_text_encoding
    except LookupError:
        return False


def _plain(cell: str) -> str:
    """A cell as it was meant: a text that a spreadsheet guards with a formula or an apostrophe is the
    text.
    """
    said = cell.strip()
    guarded = _FORMULA.fullmatch(said)
    return (guarded[1] if guarded[1] is not None else guarded[2]).strip() if guarded else said


def _delimiter(heading: str) -> str:
    return max(",;\t", key=heading.count)


def _name(cell: str) -> str:
    return "_".join(cell.strip().lower().replace("-", " ").split())


def _places(names: list[str], columns: tuple[Column, ...]) -> dict[str, int]:
    known = {alias: column.name for column in columns for alias in (column.name, *column.also)}
    places: dict[str, int] = {}
    for place, name in enumerate(names):
        if name not in known:
            continue
        if known[name] in places:
            raise SheetError(f"The column “{known[name]}” is there twice. Keep one.")
        places[known[name]] = place
    missing = [column.name for column in columns if column.required and column.name not in places]
    if missing:
        lacks = " and ".join(f"“{name}”" for name in missing)
        raise SheetError(
            f"The file lacks the column{'s' if len(missing) > 1 else ''} {lacks}. It has:"
            f" {', '.join(name for name in names if name) or 'none'}."
        )
    return places


def _rows(count: int) -> str:
    return f"{count} row" if count == 1 else f"{count} rows"
