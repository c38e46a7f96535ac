"""An agent exercises rights: from the token to the end, in every state and for every reason of the
protocol.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from kept.core.consent import choices
from kept.core.consent.consent_state import standing
from kept.core.vault import gate
from kept.core.vault.readers import StaffReader
from kept.core.vault.subject_keys import rotation
from kept.people.models import Person
from kept.rights.agents import progress, sealed_boxes
from kept.rights.agents.models import Exercise
from kept.rights.agents.tests.agent import Agent
from kept.rights.requests import flows as requests
from kept.rights.requests.course import fulfilment_registry
from kept.rights.requests.models import Request
from kept.testing import reader_of

pytestmark = pytest.mark.django_db
Work = Callable[..., None]
ALICE = {"name": "Alice Lambert", "email": "Alice@Example.com", "email_verified": True}


def controller(user: Any) -> StaffReader:
    return StaffReader(role="controller", entity="cet-power", actor=user.subject)


def test_access_is_fulfilled_and_goes_to_the_person(
    agent: Agent, alice: Any, work: Work, letters: Any
) -> None:
    first = agent.ask("access", **ALICE, **{"agent-request-id": "foo-1"})
    assert first.keys() == {"request_id", "agent_request_id", "received_at", "status"}
    assert (first["status"], first["agent_request_id"]) == ("open", "foo-1")
    assert datetime.fromisoformat(first["received_at"]).tzinfo == UTC and first["received_at"].endswith(
        "+00:00"
    )
    work()
    taken = agent.status(first["request_id"])
    assert taken["status"] == "in_progress" and "reason" not in taken
    days = (datetime.fromisoformat(taken["expected_by"]) - timezone.now()).days
    assert 27 <= days <= 30
    work(seconds=31)
    done = agent.status(first["request_id"])
    assert done["status"] == "fulfilled" and done["results_url"].startswith(
        "http://localhost:8000/privacy/results/"
    )
    assert datetime.fromisoformat(done["expires_at"]) > timezone.now() + timedelta(days=13)
    row = Request.objects.get()
    assert (row.kind, row.channel, row.outcome, row.person_id) == (
        "access",
        "agent",
        "fulfilled",
        alice.subject,
    )
    assert {address.casefold() for letter in letters() for address in letter.to} == {"alice@example.com"}
    assert any(done["results_url"] in letter.body for letter in letters())
    assert "Alice" not in str(done) and "alice" not in str(done)


def test_nobody_of_that_address_is_denied_no_sooner_than_somebody_is_found(
    agent: Agent, alice: Any, work: Work
) -> None:
    known = agent.ask("access", **ALICE)["request_id"]
    unknown = agent.ask("access", email="nobody@example.com", email_verified=True)["request_id"]
    work()
    work(seconds=25)
    assert {agent.status(one)["status"] for one in (known, unknown)} == {"in_progress"}
    assert agent.status(known).keys() == agent.status(unknown).keys()
    work(seconds=6)
    said = agent.status(unknown)
    assert (said["status"], said["reason"]) == ("denied", "no_match") and said["processing_details"]
    assert Request.objects.get(exercise=unknown).outcome == "no-match"


def test_what_the_agent_has_not_checked_is_confirmed_by_the_person_known_or_not(
    agent: Agent, alice: Any, work: Work, letters: Any
) -> None:
    found = []
    for email in ("alice@example.com", "nobody@example.com"):
        found.append(agent.ask("access", email=email)["request_id"])
    work()
    work(seconds=31)
    known, unknown = (agent.status(one) for one in found)
    assert known.keys() == unknown.keys()
    assert (
        (known["status"], known["reason"])
        == (unknown["status"], unknown["reason"])
        == ("in_progress", "need_user_verification")
    )
    assert known["user_verification_url"].startswith("http://localhost:8000/privacy/agent/")
    work(days=14)
    for one in found:
        said = agent.status(one)
        assert (said["status"], said["reason"]) == ("denied", "insuf_verification")
    assert set(Request.objects.values_list("outcome", flat=True)) == {"expired"}
    assert letters() == [], "nothing is ever written to an address nobody has checked"


def test_mail_and_phone_of_two_people_are_confirmed_too(
    agent: Agent, alice: Any, charlie: Any, work: Work
) -> None:
    phone_of(charlie, "+3221234567")
    both = agent.ask("access", **ALICE, phone_number="+3221234567", phone_number_verified=True)["request_id"]
    alone = agent.ask("access", phone_number="+3221234567", phone_number_verified=True)["request_id"]
    work()
    work(seconds=31)
    assert agent.status(both)["reason"] == "need_user_verification"
    assert agent.status(alone)["status"] == "fulfilled"
    assert Request.objects.get(exercise=alone).person_id == charlie.subject


def phone_of(user: Any, number: str) -> None:
    with gate.purpose("account", reader=reader_of(user), about=user.subject, source="a test"):
        Person.objects.get(pk=user.subject).correct("phone", number)


def test_opting_out_is_a_no_to_everything_a_signal_says_no_to(agent: Agent, alice: Any, work: Work) -> None:
    out = agent.ask("sale:opt-out", regime="ccpa", **ALICE)["request_id"]
    work()
    work(seconds=31)
    assert agent.status(out)["status"] == "fulfilled" and "results_url" not in agent.status(out)
    assert standing(alice.subject).objections == {"mail-measurement", "visits"}
    said = choices.history(alice.subject)
    assert {(one.answer, one.source) for one in said} == {("no", "authorised agent")} and all(
        one.act for one in said
    )
    back = agent.ask("sale:opt-in", **ALICE)["request_id"]
    work()
    work(seconds=31)
    assert agent.status(back)["status"] == "fulfilled"
    now = standing(alice.subject)
    assert not now.objections and not now.consents, "an agent takes a no back; it never says yes"


def test_opting_in_to_nothing_is_not_covered(
    agent: Agent, alice: Any, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kept.rights.agents.fulfilment._signalled", list)
    id = agent.ask("sale:opt-in", **ALICE)["request_id"]
    work()
    work(seconds=31)
    assert (agent.status(id)["status"], agent.status(id)["reason"]) == ("denied", "claim_not_covered")
    assert Request.objects.get().outcome == "denied"


def test_a_third_access_in_a_year_is_too_many_under_the_law_that_counts(
    agent: Agent, alice: Any, work: Work
) -> None:
    ends = []
    for regime in ("ccpa", "ccpa", "ccpa", ""):
        id = agent.ask("access:specific", **ALICE, **({"regime": regime} if regime else {}))["request_id"]
        work()
        work(seconds=31)
        ends.append(agent.status(id).get("reason", agent.status(id)["status"]))
    assert ends == ["fulfilled", "fulfilled", "too_many_requests", "fulfilled"]


def test_the_first_law_is_california_s_where_the_agent_names_it(agent: Agent, alice: Any, work: Work) -> None:
    agent.ask("access", regime="ccpa", **ALICE)
    agent.ask("access", address={"country": "DE", "locality": "Berlin"}, **ALICE)
    work()
    assert list(Request.objects.order_by("received_at").values_list("jurisdiction", "region")) == [
        ("US-CA", "north-america"),
        ("EU", "europe"),
    ]


@pytest.mark.parametrize(
    "reason",
    [
        "suspected_fraud",
        "claim_not_covered",
        "outside_jurisdiction",
        "too_many_requests",
        "other",
        "insuf_verification",
    ],
)
def test_the_controller_refuses_in_the_protocol_s_words(
    agent: Agent, alice: Any, dana: Any, client_of: Any, work: Work, letters: Any, reason: str
) -> None:
    id = agent.ask("access", **ALICE)["request_id"]
    work()
    page = f"/desk/agents/{id}/"
    assert client_of(dana).post(page, {"reason": reason}).status_code == 422
    answer = client_of(dana).post(page, {"reason": reason, "words": "We cannot tell that it is you."})
    assert answer.status_code == 302
    said = agent.status(id)
    assert (said["status"], said["reason"]) == ("denied", reason) and "cannot tell" not in str(said)
    assert Request.objects.get().outcome == "denied"
    assert any("We cannot tell that it is you." in letter.body for letter in letters())
    assert (
        "has ended already"
        in client_of(dana).post(page, {"reason": reason, "words": "Again."}).content.decode()
    )


def test_what_is_done_at_the_board_is_told_to_the_agent(
    agent: Agent, alice: Any, dana: Any, work: Work
) -> None:
    ids = [agent.ask("access", **ALICE)["request_id"] for _ in range(4)]
    work()
    by = controller(dana)
    rows = [Request.objects.get(exercise=id) for id in ids]
    requests.extend(request=rows[0], by=by, reason="Many records.") if rows[0].term.extended else None
    requests.answer(request=rows[1], by=by, text="Here is what we know.")
    requests.close(request=rows[2], by=by, outcome="denied", reason="No.")
    requests.close(request=rows[3], by=by, outcome="revoked")
    work()
    said = [agent.status(id) for id in ids]
    assert [one["status"] for one in said] == ["in_progress", "fulfilled", "denied", "revoked"]
    assert said[2]["reason"] == "other" and "longer" in said[0]["processing_details"]
    assert datetime.fromisoformat(said[0]["expected_by"]).date() >= Request.objects.get(exercise=ids[0]).due


def test_results_that_nobody_fetched_expire(agent: Agent, alice: Any, work: Work) -> None:
    id = agent.ask("access", **ALICE)["request_id"]
    work()
    work(seconds=31)
    work(days=15)
    said = agent.status(id)
    assert said["status"] == "expired" and "results_url" not in said


def test_a_worker_that_dies_anywhere_leaves_it_due_and_doubles_nothing(
    agent: Agent, alice: Any, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = agent.ask("access", **ALICE)["request_id"]

    class Killed(BaseException):
        pass

    for step in ("taken in", "matched", "carried out"):
        with monkeypatch.context() as broken:

            def die(*args: Any, **kwargs: Any) -> None:
                raise Killed

            broken.setattr(Exercise, "becomes", die)
            with pytest.raises(Killed):
                progress.advance_due()
        assert Request.objects.count() == 1, step
        assert Exercise.objects.get(pk=id).due_at is not None, step
        clock.forward(minutes=3)
        assert progress.advance_due() == 1
    assert agent.status(id)["status"] == "fulfilled"
    assert Request.objects.count() == 1 == Exercise.objects.count()
    assert Request.objects.get().source == "agent PERMISSION_PLEASE"


def test_a_refusal_where_nobody_can_be_written_to_is_told_to_the_agent(
    agent: Agent, dana: Any, client_of: Any, work: Work
) -> None:
    id = agent.ask("access", name="Somebody")["request_id"]
    work()
    assert (
        client_of(dana)
        .post(f"/desk/agents/{id}/", {"reason": "other", "words": "We cannot tell who you are."})
        .status_code
        == 302
    )
    assert (agent.status(id)["reason"], Request.objects.get().outcome) == ("other", "expired")


@pytest.fixture
def erasing(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Another room carries an erasure out, in days; here only what it was told is kept."""
    told: list[str] = []
    monkeypatch.setitem(
        fulfilment_registry.FULFILS, "erasure", lambda request, *, by: told.append("begun") or "Begun."
    )
    monkeypatch.setitem(
        fulfilment_registry.TAKES_BACK, "erasure", lambda request, *, by: told.append("stopped") or "Stopped."
    )
    return told


def test_deletion_begins_and_ends_when_the_request_does(
    agent: Agent, alice: Any, work: Work, letters: Any, erasing: list[str]
) -> None:
    id = agent.ask("deletion", **ALICE)["request_id"]
    work()
    work(seconds=31)
    said = agent.status(id)
    assert (
        erasing == ["begun"]
        and said["status"] == "in_progress"
        and "can still undo it" in said["processing_details"]
    )
    (letter,) = [letter for letter in letters() if "asks us something in your name" in letter.subject]
    assert (
        letter.to == ["alice@example.com"]
        and "stop it here: http://localhost:8000/privacy/agent/" in letter.body
    )
    Request.objects.get().forget()
    work()
    done = agent.status(id)
    assert done["status"] == "fulfilled" and "results_url" not in done
    assert Exercise.objects.get().request.keeper is None


def test_taking_it_back_stops_what_is_not_done(
    agent: Agent, alice: Any, work: Work, erasing: list[str]
) -> None:
    id = agent.ask("deletion", **ALICE)["request_id"]
    work()
    work(seconds=31)
    status, said = agent.revoke(id)
    assert (status, said["status"]) == (200, "revoked") and erasing[:2] == ["begun", "stopped"]
    assert Request.objects.get().outcome == "revoked"
    work(days=20)
    assert agent.status(id)["status"] == "revoked"


def test_taken_back_before_anything_was_done(agent: Agent, alice: Any, work: Work) -> None:
    id = agent.ask("deletion", **ALICE)["request_id"]
    assert agent.revoke(id)[1]["status"] == "revoked"
    work()
    work(seconds=31)
    assert agent.status(id)["status"] == "revoked" and Request.objects.count() == 0


def test_what_nothing_carries_out_is_left_to_people(
    agent: Agent, alice: Any, work: Work, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(fulfilment_registry.FULFILS, "erasure", raising=False)
    id = agent.ask("deletion", **ALICE)["request_id"]
    for _ in range(12):
        work(minutes=30)
    said = agent.status(id)
    assert said["status"] == "in_progress" and "by hand" in said["processing_details"]
    assert Request.objects.open().count() == 1 and Exercise.objects.get().due_at is None


def test_one_that_cannot_go_on_stands_in_nobody_s_way(
    agent: Agent, alice: Any, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(fulfilment_registry.FULFILS, "erasure", raising=False)
    stuck = agent.ask("deletion", **ALICE)["request_id"]
    other = agent.ask("access", **ALICE)["request_id"]
    work()
    work(seconds=31)
    assert (agent.status(stuck)["status"], agent.status(other)["status"]) == ("in_progress", "fulfilled")


def test_boxes_follow_a_new_master_key(agent: Agent, alice: Any, settings: Any) -> None:
    id = agent.ask("access", **ALICE, **{"agent-request-id": "n-1"})["request_id"]
    before = Exercise.objects.get(pk=id)
    old = bytes(before.said), bytes(before.claims)
    rotation.begin()
    assert (sealed_boxes.reseal_said(), sealed_boxes.reseal_claims()) == (1, 1) and (
        sealed_boxes.reseal_said(),
        sealed_boxes.reseal_claims(),
    ) == (
        0,
        0,
    )
    after = Exercise.objects.get(pk=id)
    assert bytes(after.said) != old[0] and bytes(after.claims) != old[1]
    assert after.agent_request_id == "n-1" and after.heard()[0].email == "Alice@example.com"


def test_voluntary_is_read_as_left_out_and_names_are_cleaned(agent: Agent, alice: Any) -> None:
    said = {"name": "Ali\u200bce  ", "email": "alice@B\u00fccher.example", "regime": "voluntary"}
    row = Exercise.objects.get(pk=agent.ask("access", **said)["request_id"])
    assert row.regime == ""
    assert (row.heard()[0].name, row.heard()[0].email) == ("Alice", "alice@xn--bcher-kva.example")
