"""Before anything serves or works: the system checks, with one sentence for each finding."""

from __future__ import annotations

import sys

from django.core import checks
from django.db import DatabaseError, connection


class Refusal(Exception):
    """The portal does not start. The message holds one line for each reason, each with what to do."""


def sentence(finding: checks.CheckMessage) -> str:
    """One finding on one line: its id, what is wrong, how to mend it."""
    hint = f" {finding.hint}" if finding.hint else ""
    return f"{finding.id or 'check'} {finding.msg}{hint}"


def look_before_starting() -> None:
    """Run every system check, the register's included. Raises Refusal when one is an error; warnings go to stderr."""
    reach_the_database()
    found = [finding for finding in checks.run_checks(databases=["default"]) if not finding.is_silenced()]
    grave = [finding for finding in found if finding.is_serious(checks.ERROR)]
    for finding in found:
        if finding not in grave:
            print(sentence(finding), file=sys.stderr)
    if grave:
        raise Refusal("\n".join(["Kept does not start:", *(sentence(finding) for finding in grave)]))


def reach_the_database() -> None:
    """Raise Refusal with a sentence when the database does not answer."""
    try:
        connection.ensure_connection()
    except DatabaseError as broken:
        raise Refusal(unreachable(broken)) from None
    finally:
        connection.close()


def unreachable(broken: DatabaseError) -> str:
    """Why the database does not answer, without its address's password."""
    place = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"The database {place['NAME']} cannot be opened. Run `kept demo` or `kept setup` first, and check that the disk can be written."
    return (
        f"The database {place['NAME']} on {place['HOST'] or 'this machine'} does not answer ({type(broken).__name__}). "
        "Start it, or mend KEPT_DATABASE_URL."
    )
