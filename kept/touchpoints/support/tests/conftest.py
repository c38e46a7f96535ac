"""Alice asks, Bob answers, Charlie has no business here; and a colleague at Alice's organisation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from kept.accounts.models import User
from kept.core.vault import gate
from kept.outbox.models import Message as Mailed
from kept.people.models import Membership, Organisation
from kept.products import demo
from kept.testing import customer, reader_of
from kept.touchpoints.support.at_the_desk import held_answers
from kept.touchpoints.support.at_the_desk.models import UNDO_FOR
from kept.touchpoints.support.cases import flows, topics
from kept.touchpoints.support.models import Case
from kept.touchpoints.support.reports import figures

TEXT = "Alarm 214 after start. The rectifier is hot."


@pytest.fixture(autouse=True)
def no_reports_of_before() -> None:
    figures.forget()


@pytest.fixture
def catalogue(policy: Any) -> None:
    demo.load()


@pytest.fixture
def hers(alice: User, client_of: Callable[[User], Client], catalogue: None) -> Client:
    return client_of(alice)


@pytest.fixture
def his(charlie: User, client_of: Callable[[User], Client], catalogue: None) -> Client:
    return client_of(charlie)


@pytest.fixture
def desk(bob: User, client_of: Callable[[User], Client], catalogue: None) -> Client:
    return client_of(bob)


@pytest.fixture
def colleague(alice: User) -> User:
    """At Alice's organisation."""
    user = customer("Eve Dubois", "eve@example.com")
    founded = uuid4()
    reader = reader_of(alice).founding(founded)
    with gate.purpose("registration", reader=reader, about=alice.person, source="product registration"):
        works = Organisation.objects.found(id=founded, by=alice.person, name="Moulin Télécom")
        works.admit(user.person, role=Membership.Role.ENGINEER)
    return user


@pytest.fixture
def case(alice: User) -> Case:
    return opened(alice)


def opened(user: User, text: str = TEXT, **said: Any) -> Case:
    """A case of theirs, opened on the site."""
    told = {"kind": topics.SERVICE, "topic": "fault", "severity": topics.UNPROTECTED, "firmware": "4.2.1"}
    return flows.open_case(
        reader=reader_of(user), person=user.person, said=flows.Said(text=text, **{**told, **said})
    ).case


def leave() -> int:
    """Ten seconds later: what was sent at the desk has left. How many answers."""
    return held_answers.send_due(timezone.now() + UNDO_FOR)


def mails(user: User) -> str:
    """Everything written to somebody."""
    with gate.purpose("own-data", reader=reader_of(user), about=user.person):
        return "\n".join(
            f"{each.heading}\n{each.body}" for each in Mailed.objects.filter(subject=user.person.pk)
        )


def said(user: User, case: Case) -> list[str]:
    """What a person reads in their own case, oldest first."""
    with gate.purpose(case.purpose, reader=reader_of(user), about=user.person):
        return [
            one.words
            for one in case.conversation.select_related("case").filter(keeper=user.subject).order_by("at")
        ]
