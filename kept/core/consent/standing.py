"""Where a person stands, in the form ``decide`` asks for."""

from __future__ import annotations

from uuid import UUID

from kept.core.consent.models import StandingRow
from kept.core.policy.decide import Standing
from kept.core.prepared import Prepared

NOTHING_SAID = Standing()
_ROW = Prepared(lambda subject: StandingRow.objects.filter(subject=subject))


def standing(subject: UUID) -> Standing:
    """One query. Whoever never answered has said nothing: no consent, no objection, no restriction."""
    row = _ROW.first(subject)
    return of_row(row) if row else NOTHING_SAID


def begin(subject: UUID) -> StandingRow:
    """The empty row of a new person; the vault's key row points to it."""
    return StandingRow.objects.create(subject=subject)


def of_row(row: StandingRow) -> Standing:
    if not (row.consents or row.objections or row.restrictions):
        return NOTHING_SAID
    return Standing(frozenset(row.consents), frozenset(row.objections), frozenset(row.restrictions))


def every_standing() -> dict[UUID, Standing]:
    """Everybody who has said something, and where they stand."""
    rows = StandingRow.objects.exclude(consents=[], objections=[], restrictions=[])
    return {row.subject: of_row(row) for row in rows}
