"""What went wrong, said to whoever runs the program: one sentence with its remedy, instead of a traceback."""

from __future__ import annotations

from django.db import DatabaseError, OperationalError, ProgrammingError, connection

from kept.core.ledger.notes.checkpoint_copies import SigningRefused
from kept.core.ledger.notes.sign import SigningKeyError
from kept.core.ledger.versions import NothingPublished, PublishError, VersionBroken
from kept.core.policy.loader import PolicyError
from kept.core.second_place import PlaceUnreachable
from kept.core.vault.errors import MasterKeyProblem
from kept.environment import SettingError
from kept.rights.erasure.records import RecordUnreachable

# Their messages are written for people already.
_SPEAK = (
    SettingError,
    MasterKeyProblem,
    SigningKeyError,
    SigningRefused,
    PlaceUnreachable,
    RecordUnreachable,
    NothingPublished,
    PublishError,
    VersionBroken,
    PolicyError,
)


def sentence_of(error: BaseException) -> str | None:
    """The sentence for an error an operator can mend; None for anything else, which is a fault of the
    program.
    """
    if isinstance(error, _SPEAK):
        return str(error)
    if isinstance(error, OperationalError | ProgrammingError):
        return of_database(error)
    if isinstance(error, OSError) and error.filename:
        return (
            f"{error.filename}: {error.strerror}. Check that the file is there, who owns it, and that the"
            " disk has room and may be written."
        )
    return None


def of_database(broken: DatabaseError) -> str:
    """Why the database does not answer.

    Its own message may hold values, so only a few known ones are recognised.
    """
    place, said = connection.settings_dict, str(broken)
    if "no such table" in said or "does not exist" in said:
        return (
            "The database is not set up, or older than the program. Run `kept setup` for a new one, `kept"
            " manage migrate` for an old one."
        )
    if "readonly" in said or "read-only" in said:
        return (
            f"The database {place['NAME']} cannot be written. The portal needs a disk that it may write to."
        )
    if "full" in said or "No space" in said:
        return "The disk is full. Make room, then try again: nothing was half written."
    if "locked" in said:
        return "The database is busy with another long task. Try again in a minute."
    if connection.vendor == "sqlite":
        return (
            f"The database {place['NAME']} cannot be opened. Run `kept demo` or `kept setup` first, and check"
            " who owns the folder."
        )
    where = f"{place['NAME']} on {place['HOST'] or 'this machine'}"
    return (
        f"The database {where} does not answer ({type(broken).__name__}). Start it, or mend"
        " KEPT_DATABASE_URL."
    )
