"""How a portal comes to be: an empty home, keys beside it, a database, and the policy published.

All of it, or nothing is left.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from io import StringIO
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.utils import timezone

from kept.core.ledger import versions
from kept.core.ledger.notes import sign
from kept.core.policy import loader
from kept.core.register.hooks.folders import FOLDERS
from kept.core.vault.subject_keys import keys
from kept.terminal import Stop


def is_founded() -> bool:
    """Whether there is a portal in KEPT_HOME and its database already, whole or not."""
    return bool(_occupied())


def refuse_unless_empty() -> None:
    """Raise Stop unless home, database and both keys are all still to be made: nothing that exists is ever
    overwritten.
    """
    found = _occupied()
    if found:
        raise Stop(
            f"{found} is not empty, and nothing that exists is overwritten. Choose another place with"
            " KEPT_HOME.",
            code=1,
        )


def _occupied() -> str:
    home = Path(settings.KEPT_HOME)
    if home.exists() and (not home.is_dir() or any(home.iterdir())):
        return str(home)
    for key in (settings.KEPT_MASTER_KEY_FILE, settings.KEPT_SIGNING_KEY_FILE):
        if Path(key).exists():
            return str(key)
    for one in FOLDERS.values():
        if not one.is_empty:
            return str(one.root)
    if connection.vendor != "sqlite" and connection.introspection.table_names():
        return f"The database {connection.settings_dict['NAME']}"
    return ""


@contextmanager
def founded(*, by: str, at: datetime | None = None) -> Iterator[None]:
    """Found the portal, then let the caller add to it.

    Whatever goes wrong in between, what was made is taken away again.

    ``by``: who publishes the policy. ``at``: when, for a world with a past. Raises Stop, PolicyError,
    MasterKeyProblem.
    """
    refuse_unless_empty()
    # Read first: a policy with a mistake in it must leave nothing behind.
    policy = loader.load(settings.KEPT_POLICY)
    try:
        make_home()
        call_command("migrate", verbosity=0, interactive=False, stdout=StringIO())
        call_command("createcachetable", verbosity=0, stdout=StringIO())
        at = at or timezone.now()
        versions.publish(policy, effective=timezone.localdate(at), by=by, at=at)
        yield
    except BaseException:
        _take_away()
        raise


def make_home() -> None:
    """The folder, for its owner alone, and the two keys beside it."""
    home = Path(settings.KEPT_HOME)
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        home.chmod(0o700)
    except OSError as wrong:
        raise Stop(
            f"{home} cannot be made: {wrong.strerror}. Choose another place with KEPT_HOME.", code=1
        ) from None
    keys.make_master_key(settings.KEPT_MASTER_KEY_FILE)
    sign.create_key(settings.KEPT_SIGNING_KEY_FILE)


def empty_database() -> None:
    """Everything in a PostgreSQL database of ours goes.

    Only ever what this program has just put into an empty one.
    """
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")


def _take_away() -> None:
    try:
        if connection.vendor != "sqlite":
            empty_database()
    except DatabaseError:
        # The folder and the keys still go; the database says itself that it is not empty.
        pass
    finally:
        connection.close()
        for key in (settings.KEPT_MASTER_KEY_FILE, settings.KEPT_SIGNING_KEY_FILE):
            if Path(key).exists():
                Path(key).unlink()
        # A room's folder may lie outside of the home, and is ours alone: it was empty before, or there would
        # have been a portal.
        for folder_ in (*(one.root for one in FOLDERS.values()), Path(settings.KEPT_HOME)):
            for found in folder_.iterdir() if folder_.is_dir() else ():
                shutil.rmtree(found) if found.is_dir() else found.unlink()
