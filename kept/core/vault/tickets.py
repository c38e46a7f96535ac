"""What a person who has just proven themselves leaves behind for a job that works in their name later."""

from __future__ import annotations

import hmac
from datetime import UTC, datetime
from uuid import UUID

from kept.core.vault.errors import PurposeRequired
from kept.core.vault.readers import SelfReader
from kept.core.vault.session_proofs import SessionProof, own, seal_of_ticket


def redeem(ticket: str, request: str, subject: UUID) -> SelfReader:
    """The reader a re-authenticated request left behind.

    Raises PurposeRequired when it is over, altered, or another request's.
    """
    end, _, mark = ticket.partition(".")
    if not hmac.compare_digest(mark.encode(), seal_of_ticket(subject, request, end).encode()):
        raise PurposeRequired("This request was not made by that person. Ask again, signed in.")
    if datetime.now(UTC).timestamp() > int(end):
        raise PurposeRequired("This request is too old to be carried out. Ask again, signed in.")
    return own(subject, SessionProof(subject=subject, session=mark))
