"""That somebody is who they say, and the reader of their own data that comes of it.

Who may import this module is an import contract (pyproject.toml): kept.accounts, which sees people sign in,
and ``tickets``, which opens what they left behind.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Iterable, Set
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from kept.core.policy.verdict import SELF
from kept.core.vault.errors import PurposeRequired, VaultError
from kept.core.vault.readers import NOBODY_ELSE, Memberships, SelfReader
from kept.core.vault.subject_keys.keys import erased
from kept.core.vault.subject_keys.master import master

_OURS = secrets.token_bytes(32)


@dataclass(frozen=True, slots=True)
class SessionProof:
    """That ``subject`` is who sits at this sealed ``session``.

    Minted by kept.accounts alone, for the session it has just checked: an import contract says who may.
    """

    subject: UUID
    session: str = field(repr=False)

    def __post_init__(self) -> None:
        if not self.session:
            raise PurposeRequired("There is no session, so nobody is known to be themselves. Sign in first.")

    def ticket(self, request: str, *, until: datetime) -> str:
        """For a request the person has just re-authenticated: lets a job of theirs read in their name until
        then. See ``redeem``.
        """
        end = str(int(until.timestamp()))
        return f"{end}.{seal_of_ticket(self.subject, request, end)}"


@dataclass(frozen=True, slots=True)
class SignedIn(SelfReader):
    """The data subject, as their own session or ticket shows. Everybody else knows them as a SelfReader.

    ``mark`` binds the reader to whom it was made for: written down by others, or copied with another subject
    or other organisations, it is nobody.
    """

    mark: bytes = field(default=b"", repr=False, compare=False)

    def __post_init__(self) -> None:
        if not hmac.compare_digest(self.mark, _mark(self.subject, self.organisations)):
            raise VaultError(NOBODY_ELSE)

    def founding(self, organisation: UUID) -> SelfReader:
        if not erased(organisation):
            raise VaultError("This organisation exists already. Its members read it; nobody founds it again.")
        return _signed_in(self.subject, self.organisations | {organisation})


def _signed_in(subject: UUID, organisations: Set[UUID]) -> SignedIn:
    mark = _mark(subject, organisations)
    return SignedIn(role=SELF, subject=subject, organisations=organisations, mark=mark)


def _mark(subject: UUID, organisations: Set[UUID]) -> bytes:
    """Of this process, this person and this very set, whoever it comes to hold."""
    return hmac.digest(_OURS, subject.bytes + id(organisations).to_bytes(8, "big"), "sha256")


def own(subject: UUID, proof: SessionProof, organisations: Iterable[UUID] = ()) -> SelfReader:
    """The reader of one's own data.

    ``organisations``: ids, or Memberships. Raises PurposeRequired when the proof is of somebody else.
    """
    if not isinstance(proof, SessionProof) or proof.subject != subject:
        raise PurposeRequired(
            "This session belongs to somebody else. Sign in as the person whose data it is."
        )
    theirs = organisations if isinstance(organisations, Memberships) else frozenset(organisations)
    return _signed_in(subject, theirs)


def seal_of_ticket(subject: UUID, request: str, end: str) -> str:
    return hmac.digest(
        master().derive("request tickets"), f"{subject}|{end}|{request}".encode(), "sha256"
    ).hex()
