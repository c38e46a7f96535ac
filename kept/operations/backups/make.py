"""``kept backup``: both archives of one snapshot, sealed, hashed and signed."""

from __future__ import annotations

import errno
import os
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO
from uuid import UUID, uuid4

from django.conf import settings
from django.db import connection
from django.utils import timezone

from kept.core.ledger.notes import sign
from kept.core.register.hooks.folders import FOLDERS, Folder
from kept.core.vault.sealed_files.filerow import RemovedFile
from kept.core.vault.sealed_files.files import path_of
from kept.core.vault.sealing.sealed_streams import SealedWriter
from kept.core.vault.subject_keys import keys
from kept.core.vault.subject_keys.master import master
from kept.environment import DEMO_MARK
from kept.operations.backups import manifest, places
from kept.operations.backups.frames import FrameWriter
from kept.operations.backups.manifest import Archive, Manifest
from kept.operations.backups.parts import LONG, SHORT, Part, parts
from kept.operations.backups.snapshot import Snapshot, snapshot
from kept.operations.health import pending
from kept.operations.models import BackupRun
from kept.terminal import Stop

CLOCKS = timedelta(minutes=5)
"""By how much the clocks of two machines of one portal may differ."""


@dataclass(frozen=True, slots=True)
class Made:
    """Where the backup lies, what it says of itself, and what was cleared away on the way."""

    folder: Path
    manifest: Manifest
    leftovers: list[Path]
    forgotten: list[Path]


def back_up(to: Path) -> Made:
    """Raises Stop with one sentence; then nothing is left behind."""
    keys.check_master_key()
    sign.signer()
    if pending():
        raise Stop(
            "The database is older than the program. Run `kept manage migrate` first, or back up with the"
            " program that was in use.",
            code=1,
        )
    every = parts()
    place = places.made_ready(to)
    leftovers = places.clear_leftovers(place)
    generation = master().id
    try:
        with places.new_folder(place) as folder, snapshot() as moment:
            made = _write(folder, moment, every)
    except OSError as wrong:
        raise Stop(_disk(wrong, place), code=1) from None
    final = folder.with_suffix("")
    BackupRun.note(made, final, generation=generation, now=timezone.now())
    # The old ones go when there is a new one, not before.
    return Made(final, made, leftovers, places.forget_overdue(place, timezone.localdate()))


def _write(folder: Path, moment: Snapshot, every: list[Part]) -> Manifest:
    at, id = timezone.now(), uuid4()
    expires = timezone.localdate(at + settings.KEPT_FORGET_AFTER)
    long, short = f"{LONG}.kept", f"{SHORT}.until-{expires}.kept"
    with _archive(folder / long, id, LONG) as writing:
        _tables(writing.frames, moment, every, LONG)
        missing, lost = _sealed_files(writing.frames, moment, since=at)
        _policy(writing.frames)
        _file_of_home(writing.frames, DEMO_MARK)
        for folder_ in FOLDERS.values():
            missing += _files_of(folder_, writing.frames)
    first = _said(folder / long, writing, missing, lost)
    with _archive(folder / short, id, SHORT) as writing:
        _tables(writing.frames, moment, every, SHORT)
    entries = moment.one("SELECT size FROM ledger_foldstate")
    applied: dict[str, list[str]] = {}
    for batch in moment.ask("SELECT app, name FROM django_migrations ORDER BY app, name", ()):
        for app, name in batch:
            applied.setdefault(app, []).append(name)
    made = Manifest(
        id,
        at,
        expires,
        connection.vendor,
        entries[0] if entries else 0,
        applied,
        first,
        _said(folder / short, writing, []),
    )
    with _new(folder / manifest.NAME) as file:
        file.write(manifest.signed(made).encode())
    return made


class _Writing:
    """A sealed archive under way: everything that goes to the disk is hashed on its way."""

    def __init__(self, out: BinaryIO, id: UUID, kind: str) -> None:
        self._out, self.hash = out, sha256()
        self.stream = SealedWriter(self, id, kind, forgets=kind == SHORT)
        self.frames = FrameWriter(self.stream)

    def write(self, piece: bytes, /) -> None:
        self.hash.update(piece)
        self._out.write(piece)


@contextmanager
def _archive(path: Path, id: UUID, kind: str) -> Iterator[_Writing]:
    with _new(path) as out:
        writing = _Writing(out, id, kind)
        yield writing
        writing.frames.end()
        writing.stream.finish()


@contextmanager
def _new(path: Path) -> Iterator[BinaryIO]:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        yield out
        out.flush()
        os.fsync(out.fileno())


def _said(
    path: Path, writing: _Writing, missing: list[str], lost: Mapping[str, int] | None = None
) -> Archive:
    tables, files = dict(writing.frames.contents.tables), dict(writing.frames.contents.files)
    return Archive(
        path.name,
        path.stat().st_size,
        writing.hash.hexdigest(),
        tables,
        files,
        tuple(missing),
        dict(lost or {}),
    )


def _tables(frames: FrameWriter, moment: Snapshot, every: list[Part], archive: str) -> None:
    for part in every:
        if part.archive == archive:
            frames.table(part, moment.rows(part))


def _sealed_files(
    frames: FrameWriter, moment: Snapshot, *, since: datetime
) -> tuple[list[str], Counter[str]]:
    """Those the snapshot names.

    Which of the others went on purpose after it, and how many are lost, by kind of data.
    """
    absent = {}
    for name, category in moment.files():
        try:
            # Whoever deletes it from here on deletes a name: what is open can be read to its end.
            content = path_of(UUID(name)).open("rb")
        except FileNotFoundError:
            absent[name] = category
            continue
        with content:
            frames.file(f"files/{name}", os.fstat(content.fileno()).st_size, content)
    # Whoever removes a file writes it down first. Without that record it did not go: it is missing.
    went = {id.hex for id in RemovedFile.since(since - CLOCKS)} if absent else set()
    lost = Counter(category for name, category in absent.items() if name not in went)
    return [name for name in absent if name in went], lost


def _policy(frames: FrameWriter) -> None:
    """The folder that is edited. What was published of it stands in the ledger."""
    root = Path(settings.KEPT_POLICY)
    for path in sorted(path for path in root.rglob("*") if path.is_file()):
        with path.open("rb") as content:
            frames.file(
                f"policy/{path.relative_to(root).as_posix()}", os.fstat(content.fileno()).st_size, content
            )


def _file_of_home(frames: FrameWriter, name: str) -> None:
    path = Path(settings.KEPT_HOME) / name
    if path.is_file():
        with path.open("rb") as content:
            frames.file(f"home/{name}", os.fstat(content.fileno()).st_size, content)


def _files_of(declared: Folder, frames: FrameWriter) -> list[str]:
    """What a room declared of a folder of its own. Which of it went meanwhile."""
    missing = []
    for path in declared.files():
        try:
            content = path.open("rb")
        except FileNotFoundError:
            missing.append(f"{declared.name}/{path.name}")
            continue
        with content:
            frames.file(
                f"{declared.name}/{path.relative_to(declared.root).as_posix()}",
                os.fstat(content.fileno()).st_size,
                content,
            )
    return missing


def _disk(wrong: OSError, place: Path) -> str:
    if wrong.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
        return f"There is no room left in {place}. No backup was made; make room, or name another folder."
    return f"The backup cannot be written to {place}: {wrong.strerror}. No backup was made."
