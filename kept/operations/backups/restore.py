"""``kept restore``: into an empty home, checked to the last chunk before anything is written, and forgotten
again who was erased since.

Until all of that is done a mark lies in the home, and nothing starts there. A restore that was killed begins
again: what lies there under its mark was put there by itself.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path, PurePosixPath
from uuid import UUID

from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.exceptions import MigrationSchemaMissing
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from kept.accounts.models import Session
from kept.core.ledger.fold import fold_if_allowed, settle
from kept.core.ledger.notes import checkpoint_copies, sign, succession
from kept.core.register.hooks.folders import FOLDERS, Folder
from kept.core.vault.errors import SealBroken
from kept.core.vault.sealed_files.files import path_of
from kept.core.vault.sealing import sealed_streams
from kept.core.vault.subject_keys import residue
from kept.core.vault.subject_keys.master import load as load_master_key
from kept.operations.backups import frames, load, manifest, places
from kept.operations.backups.frames import FilePiece, FramesBroken, TableRows
from kept.operations.backups.manifest import Archive, Manifest
from kept.operations.backups.parts import LONG, SHORT
from kept.operations.processes.start_checks import UNFINISHED
from kept.operations.setting_up import portal_setup
from kept.rights.erasure import records
from kept.rights.erasure.records import Record
from kept.terminal import Stop

Say = Callable[[str], None]


@dataclass(slots=True)
class Restored:
    """``erased``: how many were found again and forgotten again.

    ``records``: how many erasures were replayed.
    """

    folder: Path
    manifest: Manifest
    records: list[Record]
    erased: int = 0
    unfinished: bool = False
    differences: list[str] = field(default_factory=list)
    older: str = ""
    """What the second place knows of the ledger that the backup does not: no fault of the backup."""


def choose(given: Path) -> tuple[Path, Manifest]:
    """A backup's own folder, or the newest of those in a folder. Raises Stop."""
    given = given.expanduser().resolve()
    if (given / manifest.NAME).is_file():
        return given, manifest.read(given)
    found = places.whole(given)
    if not found:
        raise Stop(
            f"There is no whole backup of this portal in {given}. Is KEPT_SIGNING_KEY_FILE the key it was"
            " signed with?",
            code=1,
        )
    return found[-1]


def restore(given: Path, *, erasures: Sequence[Path], nobody_erased: bool, say: Say) -> Restored:
    """Raises Stop with one sentence. Whatever stops it before ``say("Restoring")`` has written nothing."""
    for key in (settings.KEPT_MASTER_KEY_FILE, settings.KEPT_SIGNING_KEY_FILE):
        if not Path(key).is_file():
            raise Stop(
                f"{key} is missing. A backup opens with the two key files of its portal alone: bring them"
                " from their safe place first.",
                code=1,
            )
    load_master_key(settings.KEPT_MASTER_KEY_FILE)
    sign.signer()
    unfinished = _refuse_unless_empty()
    folder, made = choose(given)
    _may_be_restored(made)
    since = _erased_since(erasures, nobody_erased)
    say(f"Checking the backup of {timezone.localtime(made.at):%d %B %Y, %H:%M}, every byte of it …")
    for kind, archive in ((LONG, made.long), (SHORT, made.short)):
        _check(folder, made, kind, archive)
    done = Restored(folder, made, since, unfinished=unfinished)
    say("Restoring …")
    try:
        mark = _begin(made)
        _migrate_to(made)
        _load(folder, made, done)
        _migrate_on()
        # A session that was ended since must not live again: everybody signs in anew.
        Session.objects.all().delete()
        done.erased = records.replay(since)
        settle()
        # The key may have been rotated since: the ledger says so again, whether or not anything may be
        # signed.
        succession.tell_untold()
        # A second place that knows of more than the backup lets nothing be signed: see `kept reconcile`.
        fold_if_allowed()
        done.older = checkpoint_copies.difference()
        residue.clean()
    except OSError as wrong:
        raise Stop(
            f"{settings.KEPT_HOME} cannot be written ({wrong.strerror}), so the restore was not finished. Run"
            " it again.",
            code=1,
        ) from None
    except MigrationSchemaMissing:
        raise Stop(
            "The database cannot be written, so the restore was not finished. Make room, and run it again.",
            code=1,
        ) from None
    mark.unlink()
    places.sync(mark.parent)
    return done


def _refuse_unless_empty() -> bool:
    """Whether a restore was killed here before.

    Raises Stop for any other home or database that is not empty.
    """
    home = Path(settings.KEPT_HOME)
    if _left_by_a_restore(home / UNFINISHED):
        told = json.loads((home / UNFINISHED).read_text())
        _refuse_folders(home, [one for one in FOLDERS.values() if told.get(one.name) != str(one.root)])
        return True
    if home.exists() and (not home.is_dir() or any(home.iterdir())):
        raise Stop(
            f"{home} is not empty, and a restore never overwrites. Choose another place with KEPT_HOME.",
            code=1,
        )
    _refuse_folders(home, FOLDERS.values())
    if connection.vendor != "sqlite" and connection.introspection.table_names():
        raise Stop(
            f"The database {connection.settings_dict['NAME']} is not empty, and a restore never overwrites."
            " Name an empty one.",
            code=1,
        )
    return False


def _refuse_folders(home: Path, declared: Iterable[Folder]) -> None:
    """Those that lie outside the home. Raises Stop."""
    for one in declared:
        if not one.root.is_relative_to(home) and one.root.exists() and any(one.root.iterdir()):
            raise Stop(
                f"{one.root} is not empty, and a restore never overwrites. Choose another place with"
                f" {one.setting}, or move what is there away.",
                code=1,
            )


def _left_by_a_restore(mark: Path) -> bool:
    """Into this home and this very database: of another one nothing is known, so nothing is taken away."""
    try:
        return bool(json.loads(mark.read_text())["database"] == _database())
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _database() -> str:
    named = connection.settings_dict
    return " ".join([connection.vendor, *(str(named.get(part) or "") for part in ("HOST", "PORT", "NAME"))])


def _may_be_restored(made: Manifest) -> None:
    today = timezone.localdate()
    if made.expires < today:
        raise Stop(
            f"The keys of this backup had to be forgotten by {made.expires:%d %B %Y}, and nothing in it opens"
            " without them. Restore a newer one.",
            code=1,
        )
    known = MigrationLoader(None).disk_migrations
    strange = [
        f"{app}.{name}"
        for app, names in made.migrations.items()
        for name in names
        if (app, name) not in known
    ]
    if strange:
        raise Stop(
            f"This backup was made by a newer Kept, or another one ({strange[0]} is not known here). Restore"
            " it with that.",
            code=1,
        )
    unknown = sorted(
        {name.partition("/")[0] for name in made.long.files} - {"files", "policy", "home", *FOLDERS}
    )
    if unknown:
        raise Stop(
            f"This backup holds files of “{unknown[0]}”, and no touchpoint here keeps any. Put the one that"
            " does in the settings first.",
            code=1,
        )


def _erased_since(given: Sequence[Path], nobody_erased: bool) -> list[Record]:
    """From the second place and from every file named. Raises Stop when nothing says who was erased."""
    sources = [*given, *([place] if (place := records.place()) else [])]
    if not sources and not nobody_erased:
        raise Stop(
            "Nothing says who was erased since this backup was made, and a restore must bring nobody back."
            " Set KEPT_ERASURES to the place where erasures are written down, name the file with --erasures,"
            " or say --nobody-was-erased if you know that.",
            code=1,
        )
    found: dict[str, Record] = {}
    for source in sources:
        if not (source / records.NAME if source.is_dir() else source).is_file() and not (
            source.is_dir() or source == records.place()
        ):
            raise Stop(f"There is no file {source}. Name the erasures.jsonl of your second place.", code=1)
        found |= {one.id: one for one in records.read(source)}
    return list(found.values())


def _check(folder: Path, made: Manifest, kind: str, archive: Archive) -> None:
    """Hash, seals and counts. Raises Stop."""
    path = folder / archive.file
    if not path.is_file():
        raise Stop(f"{path} is missing. A restore needs both archives of a backup.", code=1)
    if path.stat().st_size != archive.size or manifest.digest_of(path) != archive.sha256:
        raise Stop(
            f"{path} is not as it was when the backup was made. Nothing was restored; use another backup.",
            code=1,
        )
    for _ in _said(path, made, kind):
        pass


def _said(path: Path, made: Manifest, kind: str) -> Iterator[TableRows | FilePiece]:
    try:
        with path.open("rb") as file:
            yield from frames.read(sealed_streams.opened(file, made.id, kind), kind)
    except (SealBroken, FramesBroken) as broken:
        raise Stop(
            f"{path} cannot be restored: {broken} Nothing that was restored so far is used.", code=1
        ) from None


def _begin(made: Manifest) -> Path:
    """An empty home with its mark, and an empty database: what a restore that was killed put there is taken
    away first.
    """
    home = Path(settings.KEPT_HOME)
    mark = home / UNFINISHED
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    home.chmod(0o700)
    with os.fdopen(os.open(mark, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(
            {
                "backup": str(made.id),
                "database": _database(),
                **{one.name: str(one.root) for one in FOLDERS.values()},
            },
            file,
        )
        file.flush()
        os.fsync(file.fileno())
    places.sync(home)
    if connection.vendor != "sqlite":
        portal_setup.empty_database()
    connection.close()
    for found in home.iterdir():
        if found != mark:
            shutil.rmtree(found) if found.is_dir() else found.unlink()
    # Outside the home too, only a restore that was killed has put anything there.
    for one in FOLDERS.values():
        shutil.rmtree(one.root, ignore_errors=True)
    (home / sign.PUBLIC).write_text(sign.public_key() + "\n", encoding="ascii")
    return mark


def _migrate_to(made: Manifest) -> None:
    """The tables as they were when the backup was made, by this program's own migrations.

    A backup from before one that sums up others (``replaces``) was complete needs those others one by one.
    """
    executor = MigrationExecutor(connection)
    applied = {(app, name) for app, names in made.migrations.items() for name in names}
    sums = {key: set(one.replaces) for key, one in executor.loader.replacements.items()}
    if any(applied & parts and not applied >= parts for parts in sums.values()):
        executor.loader = MigrationLoader(connection, replace_migrations=False)
        wanted = applied - sums.keys()
    else:
        wanted = applied | {key for key, parts in sums.items() if applied >= parts}
    graph = executor.loader.graph
    nodes = wanted & graph.nodes.keys()
    inner = {
        parent.key for node in nodes for parent in graph.node_map[node].parents if parent.key[0] == node[0]
    }
    executor.migrate(sorted(nodes - inner))


def _migrate_on() -> None:
    call_command("migrate", verbosity=0, interactive=False, stdout=StringIO(), skip_checks=True)
    call_command("createcachetable", verbosity=0, stdout=StringIO())


def _load(folder: Path, made: Manifest, done: Restored) -> None:
    """Every row in one transaction; files as they come, since nothing knows them before the rows do."""
    with transaction.atomic():
        for kind, archive in ((LONG, made.long), (SHORT, made.short)):
            for said in _said(folder / archive.file, made, kind):
                _take(said)
        load.go_on_counting()
    for archive in (made.long, made.short):
        for table, rows in archive.tables.items():
            if "(" not in table and (there := load.count(table)) != rows:
                done.differences.append(f"{table} has {there:,} rows where the backup has {rows:,}.")


def _take(said: TableRows | FilePiece) -> None:
    if isinstance(said, FilePiece):
        path = _place_of(said.name)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab") as out:
            out.write(said.piece)
            if said.last:
                out.flush()
                os.fsync(out.fileno())
    elif said.rows:
        load.load(said.part, said.rows)
    else:
        load.clear(said.part)


def _place_of(name: str) -> Path:
    """Raises Stop for a name that leads out of the home: signed or not, no archive writes elsewhere."""
    folder, _, rest = name.partition("/")
    home = Path(settings.KEPT_HOME).resolve()
    if folder == "files":
        return path_of(UUID(rest))
    if folder in FOLDERS:
        return _below(FOLDERS[folder].root.resolve(), rest, name)
    place = (home / rest if folder == "home" else home / "policy" / PurePosixPath(rest)).resolve()
    if folder not in ("home", "policy") or not place.is_relative_to(home) or place == home / UNFINISHED:
        raise _stray(name)
    return place


def _below(root: Path, rest: str, name: str) -> Path:
    place = (root / rest).resolve()
    if not place.is_relative_to(root):
        raise _stray(name)
    return place


def _stray(name: str) -> Stop:
    return Stop(
        f"The backup names a file where none belongs ({name}). Nothing that was restored so far is used.",
        code=1,
    )
