"""What witnesses said of our checkpoints: the lines they signed, kept beside the notes and never in them, and
where they refused.

Only the newest matter, so older rows go: nothing in the ledger rests on them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from kept.core.ledger.models import Checkpoint, Cosignature
from kept.core.ledger.notes import checkpoint, cosignature
from kept.core.ledger.notes.signed_note import SignatureWrong

KEPT_ROWS = 64
"""Words of each witness."""
RECENT = timedelta(days=1)
SKEW = timedelta(minutes=10)
"""By which a witness's clock may differ from ours, its answer under way included."""


@dataclass(frozen=True, slots=True)
class Word:
    """What a witness said last.

    ``size``: of the checkpoint. ``at``: when it signed, by its own clock; None where it refused.
    """

    size: int
    at: datetime | None


def signed(witness: str, size: int, line: str) -> bool:
    """Keep what a witness (its public text) answered, once it fits the checkpoint of that size.

    False where it does not.
    """
    note = Checkpoint.objects.filter(size=size).values_list("note", flat=True).first()
    found = _read(note, line, witness) if note else None
    # A clock that is wrong would stay fresh for ever, or never be.
    if found is None or abs(timezone.now() - found) > SKEW:
        return False
    _keep(Cosignature(witness=witness, size=size, at=found, line=line))
    return True


def refused(witness: str, size: int) -> None:
    """Keep that a witness knows another ledger than ours."""
    _keep(Cosignature(witness=witness, size=size, at=None, line=""))


def words(witnesses: Iterable[str]) -> Mapping[str, Word]:
    """The last word of each. A line is held against the checkpoint again: a row by itself says nothing."""
    found: dict[str, Word] = {}
    for row in Cosignature.objects.filter(witness__in=list(witnesses)).order_by("pk"):
        if row.at is None:
            found[row.witness] = Word(row.size, None)
            continue
        note = Checkpoint.objects.filter(size=row.size).values_list("note", flat=True).first()
        at = _read(note, row.line, row.witness) if note else None
        if at is not None:
            found[row.witness] = Word(row.size, at)
    return found


def newest() -> str | None:
    """The newest checkpoint with the lines of the witnesses that signed it; None before the first."""
    row = checkpoint.latest_row()
    return row[1] + "".join(_lines(row[0])) if row else None


def agreed() -> str | None:
    """The newest of the checkpoints that most witnesses signed within a day, with their lines; without any,
    the newest of all.
    """
    rows = Cosignature.objects.filter(at__isnull=False, told_at__gt=timezone.now() - RECENT)
    most = (
        rows.values("size")
        .annotate(count=Count("witness", distinct=True))
        .order_by("-count", "-size")
        .first()
    )
    note = (
        Checkpoint.objects.filter(size=most["size"]).values_list("note", flat=True).first() if most else None
    )
    return note + "".join(_lines(most["size"])) if most and note else newest()


def _lines(size: int) -> list[str]:
    rows = Cosignature.objects.filter(size=size, at__isnull=False).order_by("pk")
    return list({row.witness: row.line for row in rows}.values())


def _read(note: str, line: str, witness: str) -> datetime | None:
    """When the one line was signed under the checkpoint; None where it does not fit, or says more than one
    line may.
    """
    text = checkpoint.body(note)
    if line.count("\n") != 1 or not line.endswith("\n"):
        return None
    try:
        found = cosignature.cosigned(f"{text}\n{line}", cosignature.verifier(witness))
        return datetime.fromtimestamp(found.at, UTC) if found else None
    except (SignatureWrong, ValueError, OverflowError, OSError):
        return None


def _keep(row: Cosignature) -> None:
    row.told_at = timezone.now()
    with transaction.atomic():
        row.save()
        rows = Cosignature.objects.filter(witness=row.witness).order_by("-pk")
        if old := rows.values_list("pk", flat=True)[KEPT_ROWS : KEPT_ROWS + 1].first():
            rows.filter(pk__lte=old).delete()
