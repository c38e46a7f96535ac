"""``kept restore --verify``: everything derived again, and nobody who was erased found.

A drill that cannot fail would be none.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.core import checks

from kept.core.ledger.notes import sign
from kept.core.ledger.verifying.verify import verify
from kept.core.vault.sealed_files import files
from kept.core.vault.subject_keys.sampling import sample
from kept.operations.backups.restore import Restored
from kept.operations.processes.start_checks import sentence
from kept.rights.erasure import records

NAME = "drill"


@dataclass(frozen=True, slots=True)
class Report:
    """``findings`` empty: it holds. ``lines``: what was looked at."""

    lines: list[str]
    findings: list[str]


def verify_all(done: Restored) -> Report:
    """Look at everything that was restored."""
    findings, lines = list(done.differences), []
    tables = {**done.manifest.long.tables, **done.manifest.short.tables}
    lines.append(f"{sum(tables.values()):,} rows of {len(tables)} tables, counted after they were loaded.")
    # That a backup is older than the second place is no fault of the backup; `kept restore` says it beside.
    broken = verify(elsewhere_too=False)
    findings += broken
    lines.append(f"The ledger was derived again: {done.manifest.entries:,} entries were in its tree.")
    grave = [
        one
        for one in checks.run_checks(databases=["default"])
        if one.is_serious(checks.ERROR) and not one.is_silenced()
    ]
    findings += [sentence(one) for one in grave]
    tried = sample()
    findings += [f"A value of {name} does not open." for name in sorted(set(tried.broken))]
    lines.append(
        f"{tried.opened:,} sealed values were opened as a sample; {tried.erased:,} are of people whose key is"
        " gone."
    )
    if absent := files.lost(spared=frozenset(done.manifest.long.missing)):
        findings.append(f"Sealed files whose content is missing: {files.named(absent)}.")
    back = records.replay(done.records)
    findings += (
        [f"{back} of the people who were erased were found again after they had been forgotten."]
        if back
        else []
    )
    lines.append(
        f"{len(done.records):,} erasures were replayed, and nobody of them is found."
        if not back
        else "Somebody is back."
    )
    return Report(lines, findings)


def leave_note(folder: Path, id: UUID, *, at: datetime) -> bool:
    """Beside the backup, signed, for the portal whose backup it is.

    False where the folder cannot be written to: then nobody hears of it.
    """
    text = (
        json.dumps({"format": "kept drill 1", "backup": str(id), "at": at.isoformat(timespec="seconds")})
        + "\n"
    )
    try:
        (folder / NAME).write_text(sign.sign_note(text), encoding="utf-8")
    except OSError:
        return False
    return True


def drilled(folder: Path, id: UUID) -> datetime | None:
    """When a restore of this backup was last verified, as far as its folder says."""
    try:
        text = (folder / NAME).read_text(encoding="utf-8")
        said = json.loads(
            sign.keys().open_note(text, lambda said: datetime.fromisoformat(json.loads(said)["at"]))
        )
        return datetime.fromisoformat(said["at"]) if said["backup"] == str(id) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None
