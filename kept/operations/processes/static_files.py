"""Static files under names that carry their hash, so that a browser may keep them for ever."""

from __future__ import annotations

import fcntl
import hashlib
from io import StringIO
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.apps import StaticFilesConfig
from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command
from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedFiles(CompressedManifestStaticFilesStorage):
    """Whitenoise's storage.

    Vendored scripts name source maps that we do not ship: such comments are left alone.
    """

    patterns = tuple(
        (files, tuple(pattern for pattern in patterns if "sourceMappingURL" not in str(pattern)))
        for files, patterns in CompressedManifestStaticFilesStorage.patterns
    )


def gather() -> bool:
    """Collect the static files into KEPT_HOME when they changed since the last time. True when it did.

    Runs when the portal starts, so that nobody can forget it after an upgrade; unchanged files cost a few
    milliseconds.
    """
    root = Path(settings.STATIC_ROOT)
    root.mkdir(parents=True, exist_ok=True)
    mark = root / ".gathered"
    with (root / ".lock").open("w") as lock:
        # Several web processes start at once; one gathers, the others wait for it.
        fcntl.flock(lock, fcntl.LOCK_EX)
        now = _fingerprint()
        if mark.exists() and mark.read_text() == now:
            return False
        call_command("collectstatic", interactive=False, verbosity=0, stdout=StringIO())
        mark.write_text(now)
        return True


def are_gathered() -> bool:
    """Whether every file of the program has its hashed name in KEPT_HOME, so that a page can be written.

    True where names are plain.
    """
    if not isinstance(staticfiles_storage, HashedFiles):
        return True
    # Read anew: another process may have gathered since this one first looked.
    staticfiles_storage.hashed_files, staticfiles_storage.manifest_hash = staticfiles_storage.load_manifest()
    needed = (path for finder in get_finders() for path, _ in finder.list(StaticFilesConfig.ignore_patterns))
    return all(staticfiles_storage.hash_key(path) in staticfiles_storage.hashed_files for path in needed)


def _fingerprint() -> str:
    found = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            state = Path(storage.path(path)).stat()
            found.update(f"{path}:{state.st_size}:{state.st_mtime_ns}\n".encode())
    return found.hexdigest()
