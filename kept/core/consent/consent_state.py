"""Where a person stands, in the form ``decide`` asks for."""

from __future__ import annotations

from uuid import UUID

from kept.core.consent.models import StandingRow
from kept.core.ledger import versions
from kept.core.policy.comparing.diff import outgrown
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


def of_row(row: StandingRow, *, lapsed: bool = False) -> Standing:
    """Where a person stands today.

    A yes ends when its purpose outgrew the notice it was given to; ``lapsed``: count it all the same.
    """
    if not (row.consents or row.objections or row.restrictions):
        return NOTHING_SAID
    consents = frozenset(one for one in row.consents if lapsed or _holds(one, row.given_under.get(one)))
    return Standing(consents, frozenset(row.objections), frozenset(row.restrictions))


def every_standing() -> dict[UUID, Standing]:
    """Everybody who has said something, and where they stand."""
    rows = StandingRow.objects.exclude(consents=[], objections=[], restrictions=[])
    return {row.subject: of_row(row, lapsed=True) for row in rows}


def _holds(purpose: str, number: int | None) -> bool:
    now = versions.seen()
    if not number or not now or number == now:
        return True
    try:
        return purpose not in outgrown(versions.version(number), versions.version(now))
    except versions.Version.DoesNotExist:
        # Given under a version that nobody published: nothing shows what was said yes to.
        return False
