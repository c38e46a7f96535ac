"""The proof that somebody is themselves: a sealed session of theirs.

The only place in the house that mints one.
"""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth import SESSION_KEY

from kept.accounts.models import StaffMember, User
from kept.accounts.requests import KnownRequest
from kept.core.vault.readers import Memberships, SelfReader, StaffReader
from kept.core.vault.session_proofs import SessionProof, own


def session_proof(request: KnownRequest) -> SessionProof:
    """That the data subject behind this request's session sits at it.

    Raises ValueError if the session is not that person's.
    """
    user = request.user
    if request.session.get(SESSION_KEY) != str(user.pk):
        raise ValueError("This session is not signed in as that person.")
    return SessionProof(subject=user.subject, session=request.session.mark)


def own_reader(request: KnownRequest) -> SelfReader:
    """The data subject behind this request's session.

    Raises ValueError if the session is not that person's.
    """
    person = request.user.person
    proof = session_proof(request)
    return own(proof.subject, proof, Memberships(person.organisations) if person else ())


def newcomer_reader(request: KnownRequest, subject: UUID) -> SelfReader:
    """Whoever is just making an ID, for the subject that this very request creates."""
    return own(subject, SessionProof(subject=subject, session=request.session.mark))


def staff_reader(user: User, post: StaffMember) -> StaffReader:
    """The same human at the desk: reads in the role of the post, never as a customer."""
    return StaffReader(role=post.role, entity=post.entity, actor=user.subject)
