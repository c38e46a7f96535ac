"""What the machine room does by itself."""

from __future__ import annotations

import logging
from datetime import timedelta

from kept.core.ledger import fold as ledger
from kept.core.ledger.notes import checkpoint_copies
from kept.core.ledger.notes.checkpoint_copies import SigningRefused
from kept.core.register.hooks.jobs import job
from kept.core.second_place import PlaceUnreachable
from kept.operations import comparison
from kept.operations.backups.upkeep import forget_everywhere
from kept.operations.witness import client, configuration

log = logging.getLogger("kept.ledger")


@job("ledger.fold", every=timedelta(seconds=1))
def fold() -> int:
    """Put new entries into the tree and sign a checkpoint.

    The ledger cannot say so itself: jobs are the register's, above it.
    """
    try:
        return ledger.fold()
    except (SigningRefused, PlaceUnreachable) as refused:
        # The sentence too, and not the type alone: it says what happened to the ledger, and what to do.
        log.error("%s", refused)
        raise


@job("ledger.elsewhere", every=timedelta(minutes=1))
def write_down_elsewhere() -> int:
    """What the second place lacks: a process that was killed left it out, or the place is new.

    Says so when the two differ.
    """
    said = comparison.look()
    for line in said.lines:
        log.error("%s", line)
    return 0 if said.lines else checkpoint_copies.write_down()


@job("ledger.witnesses", every=timedelta(seconds=5))
def ask_witnesses() -> int:
    """Let the witnesses of KEPT_WITNESSES sign the newest checkpoint; none of them is waited for."""
    return client.ask(configuration.witnesses().all)


@job("operations.backups", every=timedelta(hours=1))
def forget_old_backups() -> int:
    """Remove the short-lived archives whose day has passed, from every place we put one and can see."""
    return len(forget_everywhere())
