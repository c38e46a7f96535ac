"""Before anything serves or works: keys, database and the system checks, with one sentence for each
finding.
"""

from __future__ import annotations

import os
import sys

from django.conf import settings
from django.core import checks
from django.db import connection

from kept.core.ledger.notes import rotation, sign
from kept.core.vault.subject_keys import keys
from kept.operations import comparison
from kept.operations.silence.failure_sentences import sentence_of
from kept.terminal import Stop

# Lies in a home while a backup is restored into it, until everybody who was erased since is forgotten again.
UNFINISHED = "restoring"


def look_before_starting() -> None:
    """Try the keys and the database, then run every system check, the register's included.

    Raises Stop (code 1), with a line for each reason, when something is wrong that must not run; lesser
    findings go to stderr.
    """
    _try_what_is_needed()
    found = [finding for finding in checks.run_checks(databases=["default"]) if not finding.is_silenced()]
    grave = [finding for finding in found if finding.is_serious(checks.ERROR)]
    for finding in found:
        if finding not in grave:
            print(sentence(finding), file=sys.stderr)
    for line in comparison.look().lines:
        # No reason not to start: whoever reads the policy, or checks a checkpoint, must find the portal
        # there.
        print(line, file=sys.stderr)
    connection.close()
    if grave:
        raise Stop("\n".join(["Kept does not start:", *(sentence(finding) for finding in grave)]), code=1)


def sentence(finding: checks.CheckMessage) -> str:
    """One finding on one line: its id, what is wrong, how to mend it."""
    hint = f" {finding.hint}" if finding.hint else ""
    return f"{finding.id or 'check'} {finding.msg}{hint}"


def _try_what_is_needed() -> None:
    if not os.access(settings.KEPT_HOME, os.W_OK):
        raise Stop(
            f"{settings.KEPT_HOME} cannot be written. The portal needs a disk that it may write to.", code=1
        )
    if (settings.KEPT_HOME / UNFINISHED).exists():
        raise Stop(
            f"A restore into {settings.KEPT_HOME} was not finished, so people may be in it who were erased."
            " Run `kept restore` again.",
            code=1,
        )
    try:
        connection.ensure_connection()
        keys.check_master_key()
        rotation.undo_unfinished()
        sign.signer()
    except Exception as error:
        said = sentence_of(error)
        if said is None:
            raise
        raise Stop(said, code=1) from None
    finally:
        # The server forks and starts threads after this; none may inherit a connection.
        connection.close()
