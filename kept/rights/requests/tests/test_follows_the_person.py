"""An open request goes where its author is: her address and name follow, a mail that waits too; a thief does
not keep what followed.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client

from kept.accounts.models import User
from kept.accounts.tests.conftest import code, letters
from kept.core.vault import gate
from kept.outbox.handing_over.corrections import correct
from kept.outbox.mail import mail as write
from kept.outbox.models import Message
from kept.rights.requests import flows
from kept.rights.requests.models import Request
from kept.rights.requests.tests.conftest import hers
from kept.testing import PASSWORD, reader_of

pytestmark = pytest.mark.django_db(transaction=True)
OLD, NEW = "alice@example.com", "alice.new@example.net"
HOME = {"street": "Rue Exemple 1", "postcode": "4020", "city": "Liège"}


@pytest.fixture(autouse=True)
def _no_limits_of_the_test_before() -> None:
    """Flushing the database leaves the cache's table alone."""
    cache.clear()


def own(user: User, purpose: str = "account") -> Any:
    return gate.purpose(purpose, reader=reader_of(user), about=user.person, source="your profile")


def said(user: User, request: Request, field: str) -> Any:
    with own(user, "requests"):
        return getattr(Request.objects.get(pk=request.pk), field)


def asked(user: User, **more: Any) -> Request:
    return hers(user, kind="question", text="Who made my invoice?", **more).request


def changed(user: User) -> str:
    """She changes her sign-in address, through the pages. Returns the way back the old address got."""
    client = Client()
    client.force_login(user)
    client.post("/account/reauthenticate/?next=/me/", {"password": PASSWORD})
    client.post("/account/email/", {"action_add": "1", "email": NEW})
    client.post("/account/confirm-email/", {"code": code()})
    user.refresh_from_db()
    assert user.email == NEW
    back = [found for one in letters() if (found := re.search(r"(/account/email/undo/\S+)", one.body))]
    return str(back[-1][1])


def test_the_answer_to_an_open_question_goes_where_she_is_now(alice: User, desk: Any) -> None:
    request = asked(alice, email=OLD, name="Alice Lambert")
    changed(alice)
    flows.answer(request=request, by=desk, text="The works at Liège.")
    letters()
    assert [one.to for one in mail.outbox if "The works at Liège." in one.body] == [[NEW]]


def test_it_follows_also_where_she_is_written_to_elsewhere(alice: User) -> None:
    with own(alice):
        correct(alice.person, {"email": "elsewhere@example.org"})
    request = asked(alice, email=OLD)
    changed(alice)
    assert said(alice, request, "email") == NEW
    with own(alice):
        assert alice.person.email == "elsewhere@example.org"


def test_an_address_given_for_this_request_alone_stays(alice: User) -> None:
    request = asked(alice, email="desk@moulin.example", name="The office")
    changed(alice)
    with own(alice):
        correct(alice.person, {"name": "Alice Moulin"})
    assert (said(alice, request, "email"), said(alice, request, "name")) == (
        "desk@moulin.example",
        "The office",
    )


def test_what_is_closed_keeps_what_it_was_closed_with(alice: User, desk: Any) -> None:
    request = asked(alice, email=OLD)
    flows.answer(request=request, by=desk, text="Here.")
    changed(alice)
    assert said(alice, request, "email") == OLD


def test_what_followed_a_thief_comes_back_with_the_address(alice: User) -> None:
    request = asked(alice, email=OLD)
    back = changed(alice)
    assert said(alice, request, "email") == NEW
    Client().post(back)
    assert said(alice, request, "email") == OLD


def test_name_and_postal_address_follow_too(alice: User) -> None:
    with own(alice):
        correct(alice.person, {"address": HOME, "country": "BE"})
    request = asked(alice, name="Alice Lambert", address={**HOME, "country": "BE"}, email=OLD)
    with own(alice):
        correct(alice.person, {"name": "Alice Moulin", "address": {**HOME, "street": "Rue Neuve 2"}})
    assert said(alice, request, "name") == "Alice Moulin"
    assert said(alice, request, "address") == {**HOME, "street": "Rue Neuve 2", "country": "BE"}


@pytest.mark.parametrize(("purpose", "goes_to"), [("account", NEW), ("security", OLD)])
def test_a_mail_that_waits_follows_unless_it_protects_the_id(alice: User, purpose: str, goes_to: str) -> None:
    write(
        subject=alice.subject,
        to=OLD,
        template="accounts/mail/password_changed.txt",
        context={},
        purpose=purpose,
    )
    with own(alice):
        correct(alice.person, {"email": NEW})
        assert Message.objects.get().to == goes_to


def test_a_mail_to_somebody_else_stays_theirs(alice: User) -> None:
    write(
        subject=alice.subject,
        to="charlie@example.com",
        template="accounts/mail/password_changed.txt",
        context={},
        purpose="account",
    )
    with own(alice):
        correct(alice.person, {"email": NEW})
        assert Message.objects.get().to == "charlie@example.com"
