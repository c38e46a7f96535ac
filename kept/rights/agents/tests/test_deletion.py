"""A deletion through an agent, with the erasure itself: carried out to the last byte, undone in time, refused
when it is too late.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.serializers import serialize
from django.test import Client
from django.utils import timezone

from kept.core.vault.subject_keys import keys
from kept.people.models import Person
from kept.rights.agents import status_notices
from kept.rights.agents.models import Exercise
from kept.rights.agents.tests.agent import Agent
from kept.rights.agents.tests.test_status_notices import Receiver
from kept.rights.agents.tests.test_status_notices import receiver as receiver
from kept.rights.erasure import flows as erasures
from kept.rights.erasure import steps
from kept.rights.erasure.models import Erasure
from kept.rights.requests.models import Request

pytestmark = pytest.mark.django_db(transaction=True)
Work = Callable[..., None]
ALICE = {"name": "Alice Lambert", "email": "alice@example.com", "email_verified": True}


@pytest.fixture
def asked(agent: Agent, alice: Any, work: Work, receiver: Receiver) -> str:
    """Alice's agent asked, it was checked, and the days run in which she can change her mind."""
    id = agent.ask(
        "deletion",
        **ALICE,
        **{"agent-request-id": "alice@example.com wants out"},
        status_callback=receiver.url,
    )["request_id"]
    work()
    work(seconds=31)
    assert Erasure.objects.get().state == "waiting"
    return str(id)


def test_it_is_carried_out_and_the_agent_hears_of_it(
    agent: Agent,
    alice: Any,
    asked: str,
    work: Work,
    receiver: Receiver,
    clock: Any,
    letters: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(steps, "LINGER", timedelta(0))
    clock.forward(days=14, minutes=1)
    for _ in range(20):
        Erasure.objects.exclude(due_at=None).update(due_at=timezone.now())
        erasures.work_due()
        letters()
    assert keys.erased(alice.subject) and not Person.objects.filter(pk=alice.subject).exists()
    work()
    while status_notices.tell_due():
        pass
    said = agent.status(asked)
    assert said["status"] == "fulfilled" and said["agent_request_id"] == "alice@example.com wants out"
    assert receiver.told[-1] == said
    row = Exercise.objects.get()
    assert row.request.keeper is None and row.claims is None
    assert "lice" not in serialize("json", [row]), (
        "what the agent called it lies in a box, and in the box alone"
    )
    assert agent.revoke(asked)[0] == 409


def test_taking_it_back_undoes_the_erasure(agent: Agent, alice: Any, asked: str, work: Work) -> None:
    status, said = agent.revoke(asked)
    assert (status, said["status"]) == (200, "revoked")
    assert Erasure.objects.get().state == "undone" and Request.objects.get().outcome == "revoked"
    work(days=20)
    assert not keys.erased(alice.subject) and agent.revoke(asked)[1]["status"] == "revoked"


def test_the_person_stops_it_from_the_mail_she_got(agent: Agent, asked: str, letters: Any) -> None:
    (letter,) = [letter for letter in letters() if "asks us something in your name" in letter.subject]
    page = letter.body.partition("http://localhost:8000")[2].split()[0]
    assert Client().get(page).status_code == 200
    assert Client().post(page + "refusal/").status_code == 302
    assert agent.status(asked)["reason"] == "suspected_fraud" and Erasure.objects.get().state == "undone"


def test_undone_on_her_own_page_it_is_taken_back_for_the_agent_too(
    agent: Agent, asked: str, work: Work
) -> None:
    erasures.undo(erasure=Erasure.objects.get(), reader=steps.ERASER)
    work()
    assert agent.status(asked)["status"] == "revoked"


def test_once_it_has_begun_nobody_is_told_that_it_was_stopped(
    agent: Agent, asked: str, dana: Any, client_of: Any, letters: Any
) -> None:
    Erasure.objects.update(begun_at=timezone.now(), falls_at=timezone.now())
    status, said = agent.revoke(asked)
    assert (status, said["message"]) == (409, "The erasure has begun, and cannot be undone any more.")
    refused = client_of(dana).post(f"/desk/agents/{asked}/", {"reason": "other", "words": "No."})
    assert refused.status_code == 422 and "cannot be undone any more" in refused.content.decode()
    (letter,) = [letter for letter in letters() if "asks us something in your name" in letter.subject]
    page = letter.body.partition("http://localhost:8000")[2].split()[0]
    assert Client().post(page + "refusal/").status_code == 422
    assert agent.status(asked)["status"] == "in_progress" and Request.objects.get().closed_at is None


@pytest.mark.parametrize("change_of_mind", ["none", "hers", "her agent's"])
def test_on_the_last_day_it_is_answered_in_time_and_ends_for_the_agent_when_it_ends(
    agent: Agent, alice: Any, work: Work, letters: Any, change_of_mind: str
) -> None:
    asked = agent.ask("deletion", **ALICE)["request_id"]
    work()
    Request.objects.update(due=timezone.localdate(), first_due=timezone.localdate())
    work(seconds=31)
    assert Request.objects.get().outcome == "answered" and not Request.objects.get().late()
    assert any(
        letter.subject == "You asked to be erased" and "An authorised agent" in letter.body
        for letter in letters()
    )
    work()
    assert agent.status(asked)["status"] == "in_progress", "what was begun is not done"
    if change_of_mind == "none":
        Erasure.objects.update(falls_at=timezone.now(), due_at=timezone.now())
        erasures.work_due()
    elif change_of_mind == "hers":
        erasures.undo(erasure=Erasure.objects.get(), reader=steps.ERASER)
    else:
        assert agent.revoke(asked)[0] == 200 and Erasure.objects.get().state == "undone"
    work()
    assert agent.status(asked)["status"] == ("fulfilled" if change_of_mind == "none" else "revoked")
