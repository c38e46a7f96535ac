"""What a view may rely on after the middlewares: types only, nothing is ever made of this class."""

from __future__ import annotations

from django.http import HttpRequest

from kept.accounts.models import StaffMember, User
from kept.accounts.signing_in.sessions import SessionStore
from kept.core.vault.readers import Reader, SelfReader, StaffReader
from kept.people.models import Person


class KnownRequest(HttpRequest):
    """A request of somebody who is signed in; ``reader`` is None only for an ID without a person, outside the
    desk.
    """

    user: User
    session: SessionStore
    person: Person | None
    reader: Reader | None
    post_held: StaffMember | None
    addressed_language: str


class OwnRequest(KnownRequest):
    """A request of somebody at their own pages: every ID is made together with its person."""

    person: Person
    reader: SelfReader


class DeskRequest(KnownRequest):
    """A request behind ``staff_required``: there is a post, and it reads."""

    reader: StaffReader
    post_held: StaffMember
