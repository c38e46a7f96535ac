"""Sealed files: chunks of 64 KiB, each numbered and the last one marked, so that a cut, extended, reordered
or swapped file is found.

Each file has a key of its own, sealed in its row under the subject's key: it dies with the subject. A file is
written beside its place, flushed to the disk and then renamed: there is all of it, or nothing.
"""

from __future__ import annotations

import base64
import errno
import json
import os
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import BinaryIO
from uuid import UUID, uuid4

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from kept.core.prepared import Prepared, add
from kept.core.vault.acts import Act, current
from kept.core.vault.errors import FileNotKept, KeyErased, PurposeRequired, SealBroken
from kept.core.vault.sealed_files.filerow import RemovedFile, SealedFileRow
from kept.core.vault.sealing import header, seal
from kept.core.vault.sealing.header import Header
from kept.core.vault.subject_keys.keys import Key
from kept.sentences import sentence

CHUNK = 64 * 1024
MOST_NAMED = 500
REMEMBERED = timedelta(days=7)
"""How long it is known that a file went on purpose: far longer than a backup takes."""
FIELD_ID = "file"
_MARK = b"KEPTFILE1"
_OF = Prepared(lambda subject: SealedFileRow.objects.filter(subject=subject).order_by("pk").values_list("pk"))


@dataclass(frozen=True, slots=True)
class Description:
    """``size`` in bytes, unsealed; ``day`` and ``source`` of its collection."""

    id: UUID
    subject: UUID
    category: str
    size: int
    name: str
    media_type: str
    policy: int
    day: date
    source: str
    key: bytes = field(repr=False)


class SealedFile:
    """``write`` and ``open`` work inside an act, as sealed fields do."""

    @staticmethod
    def write(
        subject: UUID,
        stream: BinaryIO | Iterable[bytes],
        *,
        category: str,
        name: str = "",
        media_type: str = "",
        limit: int | None = None,
    ) -> UUID:
        """Seal a stream for a subject, and return its id.

        ``limit`` in bytes. Raises FileNotKept, NotAllowed, KeyErased, PurposeRequired.

        The row joins the caller's transaction. Where that is rolled back, ``sweep`` removes the file nobody
        knows.
        """
        act = current("a file")
        key = act.key(subject)
        act.may_use(category, key)
        file_id, own_key = uuid4(), seal.new_key()
        place = path_of(file_id)
        size = _write(place, own_key, file_id, _chunks(stream), limit)
        secret = {"key": base64.b64encode(own_key).decode(), "name": name[:255], "type": media_type[:100]}
        head = Header(FIELD_ID, act.ruling.number, act.today, act.source).pack()
        sealed = seal.seal_value(
            key.cipher, head, _bound(subject, file_id, category, size), json.dumps(secret).encode()
        )
        try:
            add(SealedFileRow(id=file_id, subject=subject, category=category, size=size, header=sealed))
        except BaseException:
            place.unlink(missing_ok=True)
            raise
        counts = act.sealed_of(key)
        counts[FIELD_ID] = counts.get(FIELD_ID, 0) + 1
        act.touch(subject, categories=sorted({category, *act.categories_of(subject)}))
        return file_id

    @staticmethod
    def describe(file_id: UUID) -> Description:
        """Name, type and size, opened.

        Raises SealedFileRow.DoesNotExist, NotAllowed, KeyErased, SealBroken.
        """
        return _describe(current("a file"), SealedFileRow.objects.get(pk=file_id))

    @staticmethod
    def open(file_id: UUID) -> Iterator[bytes]:
        """The content, chunk by chunk, as long as the act is open.

        Raises as ``describe`` at once; SealBroken at the chunk that is wrong.
        """
        act = current("a file")
        known = SealedFile.describe(file_id)
        return _read(act, known)

    @staticmethod
    def of(subject: UUID) -> list[UUID]:
        """The ids of all files of a subject."""
        return [id for (id,) in _OF.rows(subject)]

    @staticmethod
    def remove(file_id: UUID) -> None:
        """Row first, then content: what is left after a crash is a file nobody can open."""
        with transaction.atomic():
            remove_rows([file_id])
        path_of(file_id).unlink(missing_ok=True)

    @staticmethod
    def drop(file_id: UUID) -> None:
        """As ``remove``, inside a transaction: the row goes with it, the content once it is committed.

        A crash between leaves it to ``sweep``.
        """
        remove_rows([file_id])
        transaction.on_commit(partial(path_of(file_id).unlink, missing_ok=True))


def path_of(file_id: UUID) -> Path:
    return Path(settings.KEPT_HOME) / "files" / file_id.hex[:2] / file_id.hex


def known_files() -> Iterator[UUID]:
    """The ids of all sealed files that have a row."""
    return SealedFileRow.objects.values_list("pk", flat=True).iterator(chunk_size=5000)


def remove_rows(files: Sequence[UUID]) -> None:
    """Delete the rows of files that go on purpose, with the record of it. Inside the caller's transaction."""
    RemovedFile.note(files)
    SealedFileRow.objects.filter(pk__in=files)._raw_delete(connection.alias)


def lost(*, spared: Collection[str] = ()) -> Counter[str]:
    """Files that a row names and this machine's disk does not have, by their kind of data.

    What goes just now is not counted.

    ``spared``: ids, in hexadecimal, of those that went on purpose.
    """
    rows = SealedFileRow.objects.values_list("pk", "category").iterator(chunk_size=5000)
    absent = {id: category for id, category in rows if not path_of(id).is_file() and id.hex not in spared}
    still = SealedFileRow.objects.filter(pk__in=list(absent)[:MOST_NAMED]).values_list("pk", flat=True)
    # So many at once are no coincidence of the moment, and need not be asked for again.
    return Counter(absent[id] for id in (still if len(absent) <= MOST_NAMED else absent))


def named(kinds: Mapping[str, int]) -> str:
    """How many of which kind of data, for a sentence."""
    return ", ".join(f"{count:,} of {kind}" for kind, count in sorted(kinds.items()))


def sweep(older_than: float) -> int:
    """Remove files without a row whose last change is before ``older_than`` (Unix time). How many."""
    RemovedFile.objects.filter(at__lt=timezone.now() - REMEMBERED).delete()
    known = {id.hex for id in known_files()}
    gone = 0
    for path in (Path(settings.KEPT_HOME) / "files").glob("*/*"):
        if path.name not in known and path.stat().st_mtime < older_than:
            path.unlink(missing_ok=True)
            gone += 1
    return gone


def _write(place: Path, key: bytes, file_id: UUID, chunks: Iterator[bytes], limit: int | None) -> int:
    """The number of bytes taken. Raises FileNotKept, with nothing left behind."""
    beside = place.with_name(place.name + ".part")
    try:
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as out:
            size = _seal_chunks(out, key, file_id, chunks, limit)
            out.flush()
            os.fsync(out.fileno())
        os.replace(beside, place)
        sync_folder(place.parent)
    except OSError as wrong:
        full = wrong.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
        why = (
            sentence("There is no room left for files. Nothing was kept; please try again later.")
            if full
            else sentence(
                "Files cannot be written just now ({why}). Nothing was kept; please try again later.",
                why=wrong.strerror,
            )
        )
        raise FileNotKept(why) from None
    finally:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
    return size


def _seal_chunks(out: BinaryIO, key: bytes, file_id: UUID, chunks: Iterator[bytes], limit: int | None) -> int:
    cipher, bound, size = seal.cipher(key), _MARK + file_id.bytes, 0
    out.write(_MARK)
    waiting = next(chunks, b"")
    number = 0
    while True:
        following = next(chunks, None)
        size += len(waiting)
        if limit is not None and size > limit:
            raise FileNotKept(
                sentence(
                    "The file is larger than {size} MB. Choose a smaller one.", size=limit // 1_000_000 or 1
                )
            )
        out.write(seal.seal_chunk(cipher, number, following is None, bound, waiting))
        if following is None:
            return size
        waiting, number = following, number + 1


def _chunks(stream: BinaryIO | Iterable[bytes]) -> Iterator[bytes]:
    """Whatever comes, in pieces of exactly 64 KiB, the last one shorter."""
    pieces = iter(lambda: stream.read(CHUNK), b"") if hasattr(stream, "read") else iter(stream)
    held = bytearray()
    for piece in pieces:
        held += piece
        while len(held) >= CHUNK:
            yield bytes(held[:CHUNK])
            del held[:CHUNK]
    if held:
        yield bytes(held)


def _describe(act: Act, row: SealedFileRow) -> Description:
    key = act.load((row.subject,)).get(row.subject)
    if key is None:
        raise KeyErased("This person's data was erased.")
    raw = bytes(row.header)
    known = header.read(raw)
    version = raw[1:5]
    if (row.category, version) not in key.answers:
        act.permit(key, row.category, version)
    secret = _secret(key, row)
    key.opened[FIELD_ID] = key.opened.get(FIELD_ID, 0) + 1
    act.touch(row.subject, categories=sorted({row.category, *act.categories_of(row.subject)}))
    return Description(
        row.pk,
        row.subject,
        row.category,
        row.size,
        secret["name"],
        secret["type"],
        known.policy,
        known.day,
        known.source,
        base64.b64decode(secret["key"]),
    )


def _secret(key: Key, row: SealedFileRow) -> dict[str, str]:
    found: dict[str, str] = json.loads(
        seal.open_value(key.cipher, bytes(row.header), _bound(row.subject, row.pk, row.category, row.size))
    )
    return found


def try_to_open(row: SealedFileRow, key: Key) -> None:
    """Open all of a file, for nobody: nothing is decided or recorded, and nothing of it is handed on.

    Raises SealBroken.
    """
    size = sum(map(len, _content(base64.b64decode(_secret(key, row)["key"]), row.pk)))
    if size != row.size:
        raise SealBroken("A sealed file is not as long as it was.")


def _read(act: Act, known: Description) -> Iterator[bytes]:
    for piece in _content(known.key, known.id):
        if act.closed:
            raise PurposeRequired("The file was read on after its purpose was closed. Read all of it inside.")
        yield piece


def _content(key: bytes, file_id: UUID) -> Iterator[bytes]:
    cipher, bound = seal.cipher(key), _MARK + file_id.bytes
    try:
        file = path_of(file_id).open("rb")
    except OSError:
        raise SealBroken("The content of a sealed file is missing.") from None
    with file:
        if file.read(len(_MARK)) != _MARK:
            raise SealBroken("This is not a sealed file.")
        step = CHUNK + header.TAG
        sealed, number = file.read(step), 0
        while True:
            following = file.read(step)
            yield seal.open_chunk(cipher, number, not following, bound, sealed)
            if not following:
                return
            sealed, number = following, number + 1


def _bound(subject: UUID, file_id: UUID, category: str, size: int) -> bytes:
    return subject.bytes + file_id.bytes + size.to_bytes(8, "big") + category.encode()


def sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
