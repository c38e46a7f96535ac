"""What the machine room can prove: there is something to restore, and restoring it brings nobody back."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from kept.core.register.proofs import Proof, proof
from kept.operations.backups import upkeep
from kept.operations.models import BackupRun
from kept.rights.erasure import records

FRESH = timedelta(days=8)
"""Whoever backs up every week, and is a day late, is in time."""


@proof("operations.backups_forget", promise="system-operations", title="Backups are made, and they forget")
def backups_forget() -> Proof:
    """Every place and folder this machine can see. What lies elsewhere is the operator's to remove by the day its name says."""
    unwritten = _erasures_only_here()
    if unwritten:
        return Proof(False, f"{unwritten} erasures", "They are written down here alone, so that a restore would not know of them. Set KEPT_ERASURES.")
    last = BackupRun.objects.first()
    if last is None:
        return Proof(None, "no backup", "No backup was made yet.")
    overdue = upkeep.overdue_everywhere()
    if overdue:
        return Proof(False, f"{len(overdue)} too old", "Short-lived archives lie there after the day by which the keys in them had to be forgotten.")
    age = timezone.now() - last.at
    figure = f"backup of {timezone.localtime(last.at):%-d %B %Y}"
    if age > FRESH:
        return Proof(False, figure, f"The newest backup is {age.days} days old. Let `kept backup` run every day.")
    drill = upkeep.last_drill()
    tried = f"A restore was last tried and checked on {timezone.localtime(drill):%-d %B %Y}." if drill else "No restore has been tried yet."
    return Proof(True, figure, f"Copies of the keys are removed in time, and every erasure is written down in a second place. {tried}")


def _erasures_only_here() -> int:
    """Those the second place does not have; all of them where there is none. Raises RecordUnreachable, which breaks the proof too."""
    return len(records.in_database()) if records.place() is None else len(records.missing())
