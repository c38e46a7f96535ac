"""The journeys of an ID: made, signed in, its address changed and taken back. Each is one act in the ledger, told to its owner."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from uuid import UUID, uuid4

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from kept.accounts import mail
from kept.accounts.addresses import canonical
from kept.accounts.models import AddressChange, SecurityEvent, User
from kept.core.consent.choices import Answer, Notice, choose
from kept.core.ledger import versions
from kept.core.vault import gate
from kept.core.vault.readers import Job, SelfReader, SystemReader
from kept.outbox.correcting import correct
from kept.people.models import Person

OVERVIEW = "/account/"
PROGRAM, PROTECTION = SystemReader(job="accounts.security"), Job("accounts.security")


class AddressTaken(Exception):
    """Somebody made an ID with the old address meanwhile."""


def note(*, user: User, what: str, kind: str = "collected") -> None:
    """Write a line into the person's own security log. ``what`` is a sentence without any value in it."""
    if user.person_id is None:
        return
    with gate.purpose("security", reader=PROGRAM, about=PROTECTION) as act:
        act.kind = kind
        SecurityEvent.objects.create(subject=user.subject, what=what)
        act.touch(user.subject, what=what)


def make_person(*, user: User, name: str, news: bool, notices: Mapping[str, str], reader_for: Callable[[UUID], SelfReader]) -> Person:
    """The data subject behind a new ID, with what they chose and what they were told. ``notices``: purpose -> the text that was shown."""
    ruling = versions.current()
    subject = uuid4()
    reader = reader_for(subject)
    with gate.purpose("account", reader=reader, about=subject, source="sign-up") as act:
        act.kind = "collected"
        person = Person.objects.enrol(id=subject, name=name, email=user.email, controller=ruling.policy.company.region_of("").entity)
        user.person = person
        user.save(update_fields=["person"])
        act.touch(subject, what="ID made")
    _answered(subject, reader, "account", "acknowledged", notices["account"], ruling)
    if news:
        # A box left empty is no answer: it is neither a yes nor an objection.
        _answered(subject, reader, "news", "yes", notices["news"], ruling)
    return person


def _answered(subject: UUID, reader: SelfReader, purpose: str, answer: Answer, text: str, ruling: versions.Ruling) -> None:
    with gate.purpose(purpose, reader=reader, about=subject, source="sign-up") as act:
        act.kind = "consented" if answer == "yes" else "acknowledged"
        notice = Notice(text, ruling.policy.purposes[purpose].clause, ruling.number)
        choose(subject, purpose, answer=answer, notice=notice, language="en", source="sign-up", act=act.id)
        act.touch(subject, what=f"{ruling.policy.purposes[purpose].title}: {answer}")


def change_of_address_asked(*, user: User) -> None:
    """The old address hears of it before anything has happened."""
    note(user=user, what="Change of e-mail address asked for")
    mail.send(to=user.email, template="email_change_asked", context={}, user=user)


def address_changed(*, user: User, old: str, new: str) -> None:
    """The new address is confirmed and in force. The old one gets a way back for 72 hours."""
    context = {}
    if user.person is not None:
        with gate.purpose("security", reader=PROGRAM, about=PROTECTION, source="change of address") as act:
            act.kind = "changed"
            key = AddressChange.begin(user, old)
            _follow(user.person, old, new)
            SecurityEvent.objects.create(subject=user.subject, what="E-mail address changed")
            act.touch(user.subject, what="E-mail address changed")
        context["undo_address"] = settings.KEPT_SITE + reverse("account_address_undo", args=[key])
    mail.send(to=old, template="email_changed", context=context, user=user)


def _follow(person: Person | None, old: str, new: str) -> None:
    """Where somebody is written to follows where they sign in, unless they chose another address for it."""
    if person is not None and canonical(person.email) == canonical(old):
        correct(person, {"email": new})


def take_address_back(*, change: AddressChange) -> None:
    """Undo a change of address: whoever made it is out, with their sessions, their password and what they added since."""
    user = change.user
    with gate.purpose("security", reader=PROGRAM, about=PROTECTION) as act:
        act.kind = "changed"
        with transaction.atomic():
            old = change.old
            if User.objects.filter(email=old).exclude(pk=user.pk).exists():
                raise AddressTaken("Another ID uses this address by now. Write to us, and a human being will look into it.")
            EmailAddress.objects.filter(user=user).delete()
            EmailAddress.objects.create(user=user, email=old, primary=True, verified=True)
            _follow(user.person, user.email, old)
            user.email = old
            user.set_unusable_password()
            user.save(update_fields=["email", "password", "password_is_short"])
            Authenticator.objects.filter(user=user, created_at__gte=change.asked_at).delete()
            user.sessions.all().delete()
            change.undone_at = timezone.now()
            change.save(update_fields=["undone_at"])
            SecurityEvent.objects.create(subject=user.subject, what="E-mail address taken back, everybody signed out")
        act.touch(user.subject, what="E-mail address taken back")
    mail.send(to=old, template="email_change_undone", context={}, user=user)
