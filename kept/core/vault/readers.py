"""Who reads. Each reader carries what binds it: a session of their own, a post at the desk, a job.

A bare ``Reader`` of the policy decides questions; it opens nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Set
from dataclasses import dataclass
from uuid import UUID

from kept.core.policy.verdict import SELF, SYSTEM, UNEMPLOYED, Reader
from kept.core.vault.errors import NotAllowed, VaultError

__all__ = [
    "Job",
    "NotAllowed",
    "Reader",
    "SelfReader",
    "StaffReader",
    "SystemReader",
]

NOBODY = UUID(int=0)
NOBODY_ELSE = (
    "Nobody makes themselves somebody. The reader of one's own data comes from own(…), with the proof of a"
    " session."
)


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

    Made of a session's proof alone (``session_proofs``, which only those may import who see people sign in):
    whoever could write one down would be anybody.
    """

    subject: UUID = NOBODY
    organisations: Set[UUID] = frozenset()

    def __post_init__(self) -> None:
        if type(self) is SelfReader:
            raise VaultError(NOBODY_ELSE)

    def covers(self, subject: UUID) -> bool:
        return subject == self.subject or subject in self.organisations

    def founding(self, organisation: UUID) -> SelfReader:
        """The same person, who also seals for an organisation they make in this act.

        Raises VaultError when it exists already.
        """
        raise NotImplementedError


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
