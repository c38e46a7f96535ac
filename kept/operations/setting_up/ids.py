"""IDs that the operator makes: the first member of staff of a new portal, and the cast of the demo
company.
"""

from __future__ import annotations

from typing import cast

from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse

from kept.accounts import flows
from kept.accounts.models import User
from kept.accounts.requests import KnownRequest
from kept.accounts.signing_in import session_proof
from kept.accounts.signing_in.posts import roles_of_staff
from kept.accounts.signing_in.sessions import SessionStore
from kept.accounts.signing_up.signup import NEWS, PRIVACY
from kept.core.ledger import versions
from kept.core.vault import gate
from kept.core.vault.readers import Job, SelfReader, SystemReader
from kept.people.models import Person
from kept.sentences import sentence

HIRING = "operations.staff"


class HiringError(Exception):
    """This person cannot be employed like that. The message says why."""


def hire(*, email: str, name: str, role: str, entity: str, password: str | None = None) -> User:
    """A member of staff with a post at the desk.

    Without a password they come in by ``one_time_link``. Raises HiringError.
    """
    company = versions.current().policy.company
    roles = roles_of_staff(company)
    if role not in roles:
        raise HiringError(f"The policy knows no role “{role}” for staff. Its roles are: {', '.join(roles)}.")
    if entity not in company.entities:
        raise HiringError(
            f"The policy knows no company “{entity}” of the group. It knows: {', '.join(company.entities)}."
        )
    if User.objects.filter(email=email.casefold()).exists():
        raise HiringError("There is an ID with this address already.")
    with (
        gate.purpose("staff", reader=SystemReader(job=HIRING), about=Job(HIRING), source="employment") as act,
        transaction.atomic(),
    ):
        act.kind = "collected"
        person = Person.objects.enrol(name=name, email=email, controller=entity)
        user = _with_id(User.objects.create_user(email, password, person_id=person.pk))
        user.employ(role=role, entity=entity)
        act.touch(person.pk, what=sentence("Staff record made"), post=[role, entity])
    return user


def welcome(*, email: str, name: str, password: str, news: bool = False) -> User:
    """A customer who made an ID and confirmed their address, through the same flow as the sign-up page."""
    request = _sitting_at(User.objects.create_user(email, password))
    flows.make_person(
        user=request.user,
        name=name,
        news=news,
        notices={"news": str(NEWS), "account": str(PRIVACY)},
        reader_for=lambda subject: session_proof.newcomer_reader(request, subject),
    )
    request.session.delete()
    return _with_id(request.user)


def own_reader(user: User) -> SelfReader:
    """The reader somebody is in a session of their own. The session is real and sealed; it ends by itself."""
    return session_proof.own_reader(_sitting_at(user))


def one_time_link(user: User) -> str:
    """An address where this person, and nobody after them, chooses a password.

    It dies with its use, or after three days.
    """
    parts = {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
    return settings.KEPT_SITE + reverse("account_reset_password_from_key", kwargs=parts)


def _with_id(user: User) -> User:
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    user.confirm()
    return user


def _sitting_at(user: User) -> KnownRequest:
    request = cast(KnownRequest, HttpRequest())
    request.user = user
    request.session = SessionStore()
    request.session[SESSION_KEY] = str(user.pk)
    request.session.create()
    return request
