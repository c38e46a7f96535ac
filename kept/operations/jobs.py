"""What the machine room does by itself."""

from __future__ import annotations

from datetime import timedelta

from kept.core.ledger import fold as ledger
from kept.core.register.jobs import job
from kept.operations.backups.upkeep import forget_everywhere


@job("ledger.fold", every=timedelta(seconds=1))
def fold() -> int:
    """Put new entries into the tree and sign a checkpoint. The ledger cannot say so itself: jobs are the register's, above it."""
    return ledger.fold()


@job("operations.backups", every=timedelta(hours=1))
def forget_old_backups() -> int:
    """Remove the short-lived archives whose day has passed, from every place we put one and can see."""
    return len(forget_everywhere())
