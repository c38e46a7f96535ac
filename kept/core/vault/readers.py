"""Who reads. Each reader carries what binds it: a session of their own, a post at the desk, a job.

A bare ``Reader`` of the policy decides questions; it opens nothing.
"""

from __future__ import annotations

import hmac
import sys
from collections.abc import Callable, Iterable, Iterator, Set
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from kept.core.policy.verdict import SELF, SYSTEM, UNEMPLOYED, Reader
from kept.core.vault.errors import NotAllowed, PurposeRequired, VaultError
from kept.core.vault.keys import erased
from kept.core.vault.master import master

__all__ = [
    "Job",
    "NotAllowed",
    "Reader",
    "SelfReader",
    "SessionProof",
    "StaffReader",
    "SystemReader",
    "own",
    "redeem",
]

NOBODY = UUID(int=0)
# "self" is never minted by a name in code: only where somebody has just been authenticated.
MINTS = ("kept.accounts.", "kept.testing.", "conftest.")


@dataclass(frozen=True, slots=True)
class SessionProof:
    """That ``subject`` is who sits at this sealed ``session``.

    Minted by kept.accounts alone, for the session it has just checked.
    """

    subject: UUID
    session: str = field(repr=False)

    def __post_init__(self) -> None:
        caller = _caller()
        if not (f"{caller}.".startswith(MINTS) or ".tests." in caller or caller == __name__):
            raise VaultError(
                f"{caller} minted a session proof. Only kept.accounts may: it has seen the person sign in."
            )
        if not self.session:
            raise PurposeRequired("There is no session, so nobody is known to be themselves. Sign in first.")

    def ticket(self, request: str, *, until: datetime) -> str:
        """For a request the person has just re-authenticated: lets a job of theirs read in their name until
        then. See ``redeem``.
        """
        end = str(int(until.timestamp()))
        return f"{end}.{_seal_of_ticket(self.subject, request, end)}"


class Memberships(Set[UUID]):
    """A set that is asked for when somebody first looks into it: most pages show a person nothing but their
    own.
    """

    def __init__(self, ask: Callable[[], Iterable[UUID]]) -> None:
        self._ask = ask
        self._known: frozenset[UUID] | None = None

    @property
    def _ids(self) -> frozenset[UUID]:
        if self._known is None:
            self._known = frozenset(self._ask())
        return self._known

    def __contains__(self, id: object) -> bool:
        return id in self._ids

    def __iter__(self) -> Iterator[UUID]:
        return iter(self._ids)

    def __len__(self) -> int:
        return len(self._ids)

    def __hash__(self) -> int:
        return hash(self._ids)

    @classmethod
    def _from_iterable(cls, ids: Iterable[UUID]) -> frozenset[UUID]:  # type: ignore[override]
        return frozenset(ids)


@dataclass(frozen=True, slots=True)
class SelfReader(Reader):
    """The data subject.

    ``organisations``: those whose member they are, and whose data they may therefore use.

    Made by ``own`` and ``redeem`` alone: whoever could write one down would be anybody.
    """

    subject: UUID = NOBODY
    organisations: Set[UUID] = frozenset()

    def __post_init__(self) -> None:
        caller = _caller()
        if caller != __name__ and ".tests." not in caller:
            raise VaultError(
                f"{caller} made itself somebody. The reader of one's own data comes from own(…), with the"
                " proof of a session."
            )

    def covers(self, subject: UUID) -> bool:
        return subject == self.subject or subject in self.organisations

    def founding(self, organisation: UUID) -> SelfReader:
        """The same person, who also seals for an organisation they make in this act.

        Raises VaultError when it exists already.
        """
        if not erased(organisation):
            raise VaultError("This organisation exists already. Its members read it; nobody founds it again.")
        return SelfReader(role=SELF, subject=self.subject, organisations=self.organisations | {organisation})


@dataclass(frozen=True, slots=True)
class StaffReader(Reader):
    """An employee in the role of one post.

    ``actor`` is their own subject id: the ledger keeps role and entity, never a name.
    """

    actor: UUID = NOBODY

    def __post_init__(self) -> None:
        """To the policy, whoever holds the role "self" is the person themselves: a post that was called so
        would read everybody.
        """
        if self.role in UNEMPLOYED:
            raise VaultError(
                f"Nobody is employed as “{self.role}”. A post has one of the roles of the policy."
            )


@dataclass(frozen=True, slots=True)
class SystemReader(Reader):
    """The program itself, for one job."""

    role: str = SYSTEM
    entity: str = ""
    job: str = ""

    def __post_init__(self) -> None:
        if self.role == SELF:
            raise VaultError(
                "A job is nobody's self. What it does in somebody's name it does with their ticket: see"
                " redeem."
            )


@dataclass(frozen=True, slots=True)
class Job:
    """What a SystemReader works on: ``Job("outbox.deliver")``."""

    matter_ref: str
    matter_open: bool = True


def _caller() -> str:
    """The module that makes the reader or the proof: past its ``__post_init__`` and the ``__init__`` of the
    dataclass.
    """
    return str(sys._getframe(3).f_globals.get("__name__", ""))


def own(subject: UUID, proof: SessionProof, organisations: Iterable[UUID] = ()) -> SelfReader:
    """The reader of one's own data.

    ``organisations``: ids, or Memberships. Raises PurposeRequired when the proof is of somebody else.
    """
    if not isinstance(proof, SessionProof) or proof.subject != subject:
        raise PurposeRequired(
            "This session belongs to somebody else. Sign in as the person whose data it is."
        )
    theirs = organisations if isinstance(organisations, Memberships) else frozenset(organisations)
    return SelfReader(role=SELF, subject=subject, organisations=theirs)


def redeem(ticket: str, request: str, subject: UUID) -> SelfReader:
    """The reader a re-authenticated request left behind.

    Raises PurposeRequired when it is over, altered, or another request's.
    """
    end, _, mark = ticket.partition(".")
    if not hmac.compare_digest(mark.encode(), _seal_of_ticket(subject, request, end).encode()):
        raise PurposeRequired("This request was not made by that person. Ask again, signed in.")
    if datetime.now(UTC).timestamp() > int(end):
        raise PurposeRequired("This request is too old to be carried out. Ask again, signed in.")
    return own(subject, SessionProof(subject=subject, session=mark))


def _seal_of_ticket(subject: UUID, request: str, end: str) -> str:
    return hmac.digest(
        master().derive("request tickets"), f"{subject}|{end}|{request}".encode(), "sha256"
    ).hex()
