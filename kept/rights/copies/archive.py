"""The ZIP of a copy: every file hashed as it is written, the list of hashes signed, and around all of it one
signature of the bytes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from os import SEEK_END
from typing import Any, BinaryIO
from zipfile import ZIP_DEFLATED, ZipFile

from django.utils.translation import pgettext_lazy

from kept.core.ledger.notes import sign
from kept.rights.access.records import Fact, Group
from kept.rights.access.value_names import plain_name
from kept.rights.copies.manifest import MANIFEST, SIGNATURE, digest_before, envelope, statement

# A spreadsheet runs what begins with one of these (OWASP, CSV injection); a leading apostrophe keeps it text.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
COLUMNS = (
    pgettext_lazy("column", "record"),
    pgettext_lazy("column", "field"),
    pgettext_lazy("column", "kind"),
    pgettext_lazy("column", "value"),
    pgettext_lazy("column", "collected"),
    pgettext_lazy("column", "source"),
    pgettext_lazy("column", "policy version"),
    pgettext_lazy("column", "purposes"),
)
"""Of a table for spreadsheets, in the language of whoever it is about."""


class Archive:
    """Write files, then ``seal``. Compression is the quickest: what is packed is mostly short words."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._zip = ZipFile(out, "w", ZIP_DEFLATED, compresslevel=1)
        self.files: dict[str, dict[str, Any]] = {}

    def write(self, name: str, content: bytes) -> None:
        self._zip.writestr(name, content)
        self.files[name] = {"sha256": sha256(content).hexdigest(), "size": len(content)}

    def write_json(self, name: str, value: Mapping[str, Any]) -> None:
        """A line for each key, and for each item of a list under one: Python indents no deeper without
        becoming five times slower.
        """
        self.write(name, "".join(_lines(value)).encode())

    def write_stream(self, name: str, chunks: Iterable[bytes]) -> None:
        """For files that may be large: never whole in memory."""
        digest, size = sha256(), 0
        with self._zip.open(name, "w", force_zip64=True) as inside:
            for chunk in chunks:
                inside.write(chunk)
                digest.update(chunk)
                size += len(chunk)
        self.files[name] = {"sha256": digest.hexdigest(), "size": size}

    def tables(self) -> list[str]:
        """The tables that stand in it as data."""
        return sorted(
            name[5:-5] for name in self.files if name.startswith("data/") and name.endswith(".json")
        )

    def seal(self, about: dict[str, Any]) -> None:
        """The manifest names every file before it; the signed note names the manifest.

        What a ZIP says of itself (times, attributes, order) is in no file of it. So its comment signs every
        byte before the comment.
        """
        content = json.dumps(
            {**about, "files": self.files}, ensure_ascii=False, indent=1, sort_keys=True
        ).encode()
        self._zip.writestr(MANIFEST, content)
        self._zip.writestr(SIGNATURE, sign.sign_note(statement(content)))
        # Every signature is as long as the next, so room for it is made before there is anything to sign.
        self._zip.comment = sign.sign_note(envelope("0" * 64)).encode()
        self._zip.close()
        room = len(self._zip.comment)
        end = self._out.seek(0, SEEK_END)
        signed = sign.sign_note(envelope(digest_before(self._out, end - room))).encode()
        self._out.seek(end - room)
        self._out.write(signed)


def _lines(value: Mapping[str, Any]) -> Iterator[str]:
    mark = "{"
    for key, part in value.items():
        yield f"{mark}\n{_json(key)}: "
        mark = ","
        yield f"[\n{_between(map(_json, part))}\n]" if isinstance(part, list) and part else _json(part)
    yield "\n}\n" if value else "{}\n"


_between = ",\n".join
_json = json.JSONEncoder(ensure_ascii=False).encode
# What the encoder above writes for a text, without its detour.
_text = json.encoder.encode_basestring


def as_json(group: Group) -> bytes:
    """One table for machines (GDPR Art. 20), as ``write_json`` would write it, in a third of the time.

    What is the same for every value of a field, and for every value of one origin, is written once.
    """
    fields: dict[str, str] = {}
    origins: dict[object, str] = {}

    def values(facts: Iterable[Fact]) -> Iterator[str]:
        for fact in facts:
            field = fields.get(fact.field_id)
            if field is None:
                field = fields[fact.field_id] = (
                    _json(
                        {
                            "field": fact.field_id,
                            "name": plain_name(fact.attribute),
                            "category": fact.category,
                        }
                    )[:-1]
                    + ', "value": '
                )
            came = (fact.day, fact.source, fact.policy, fact.purposes)
            origin = origins.get(came)
            if origin is None:
                day = fact.day.isoformat() if fact.day else None
                said = {
                    "collected": day,
                    "source": fact.source or None,
                    "policy": fact.policy,
                    "purposes": fact.purposes,
                }
                origin = origins[came] = f", {_json(said)[1:]}"
            yield f"{field}{_text(fact.value)}{origin}"

    records = [
        f'{{"id": {_text(record.id)}, "label": {_text(str(record.label))}, "values":'
        f" [{', '.join(values(record.facts))}]}}"
        for record in group.records
    ]
    body = f"[\n{_between(records)}\n]" if records else "[]"
    head = f'"title": {_text(str(group.title))},\n"table": {_text(group.table)}'
    return f'{{\n{head},\n"records": {body}\n}}\n'.encode()


def as_csv(group: Group) -> bytes:
    """One table for spreadsheets (RFC 4180): UTF-8 with a mark, no cell that a spreadsheet would run."""
    lines = [",".join(_quoted(str(column)) for column in COLUMNS), *_lines_of(group), ""]
    return b"\xef\xbb\xbf" + "\r\n".join(lines).encode()


def _lines_of(group: Group) -> Iterator[str]:
    """Line by line; what is the same for every value of a field or an origin is written once."""
    fields: dict[str, str] = {}
    origins: dict[object, str] = {}
    for record in group.records:
        id = _quoted(cell(record.id))
        for fact in record.facts:
            field = fields.get(fact.field_id)
            if field is None:
                field = fields[fact.field_id] = (
                    f"{_quoted(cell(str(fact.name)))},{_quoted(cell(str(fact.kind)))}"
                )
            came = (fact.day, fact.source, fact.policy, fact.purposes)
            origin = origins.get(came)
            if origin is None:
                day = fact.day.isoformat() if fact.day else ""
                purposes = _quoted(cell(" ".join(fact.purposes)))
                origin = f"{day},{_quoted(cell(fact.origin))},{fact.policy or ''},{purposes}"
                origins[came] = origin
            yield f"{id},{field},{_quoted(cell(fact.value))},{origin}"


def cell(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA) else text


def _quoted(text: str) -> str:
    """As Python's own writer quotes: only where it must."""
    if _TO_QUOTE.search(text) is None:
        return text
    doubled = text.replace('"', '""')
    return f'"{doubled}"'


_TO_QUOTE = re.compile(r'[,"\r\n]')
