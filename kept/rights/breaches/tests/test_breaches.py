"""A breach from the first hour to its closing: the law's clock, who is told, and what may not be skipped."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from kept.core.register.proving import proofs
from kept.core.vault import gate
from kept.core.vault.history import timeline
from kept.core.vault.readers import StaffReader
from kept.core.vault.tests.guided import acknowledged
from kept.outbox.models import Message
from kept.rights.breaches import affected, drafts, flows
from kept.rights.breaches.models import Breach
from kept.testing import reader_of

pytestmark = pytest.mark.django_db
LIST = "/desk/breaches/"
FACTS = {
    "title": "A laptop was stolen",
    "happened": "A laptop with a list of addresses was taken from a car.",
    "region": "europe",
}
STAFF = StaffReader(role="controller", entity="cet-power")


def note(**more: Any) -> Breach:
    given = {**FACTS, "noticed_at": timezone.now(), "categories": ["contact.email"], "risk": "some", **more}
    return flows.note(by=acknowledged(STAFF), **given)


@pytest.fixture
def desk(dana: Any, client_of: Any) -> Any:
    return client_of(dana)


def posted(**more: Any) -> dict[str, Any]:
    now = timezone.localtime()
    day = {"day_day": now.day, "day_month": now.month, "day_year": now.year}
    return {**FACTS, **day, "time": "00:00", "categories": ["contact.email"], "risk": "some", **more}


def test_it_works(desk: Any, alice: Any) -> None:
    answer = desk.post(f"{LIST}new/", posted(), follow=True)
    page = answer.content.decode()
    breach = Breach.objects.get()
    assert breach.reference in page and "72" in desk.get(LIST).content.decode()
    assert breach.people_about >= 2, "Alice and Dana have an address"
    assert breach.title in desk.get(LIST).content.decode()


def test_it_is_the_controllers_and_the_officers_alone(
    bob: Any, charlie: Any, client_of: Any, policy: Any
) -> None:
    breach = note()
    for user in (bob, charlie):
        for address in (LIST, f"{LIST}new/", f"{LIST}{breach.pk}/"):
            assert client_of(user).get(address).status_code == 403


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"time": "late"}, "Enter the time with hours and minutes, like 14:30"),
        ({"categories": []}, "Choose at least one kind of data"),
        ({"categories": ["shoe.size"]}, "Choose kinds of data from the list"),
        ({"region": "moon"}, "Choose a region from the list"),
        ({"happened": ""}, "Write what happened, as far as it is known"),
        ({"day_year": "2999"}, "Day it was noticed must be today or in the past"),
    ],
)
def test_bad_input_gets_a_sentence_and_loses_nothing(desk: Any, wrong: dict[str, Any], sentence: str) -> None:
    answer = desk.post(f"{LIST}new/", posted(**wrong))
    assert answer.status_code == 422
    assert sentence in answer.content.decode() and "A laptop was stolen" in answer.content.decode()
    assert not Breach.objects.exists()


def test_seventy_two_hours_run_through_the_night_the_clocks_change(policy: Any) -> None:
    noticed = datetime(2026, 10, 24, 10, tzinfo=UTC)
    breach = note(noticed_at=noticed)
    assert breach.authority_by == noticed + timedelta(hours=72)
    assert not breach.late(noticed + timedelta(hours=72)) and breach.late(
        noticed + timedelta(hours=72, seconds=1)
    )


def test_where_no_law_sets_hours_none_are_claimed(policy: Any) -> None:
    breach = note(region="north-america")
    assert breach.authority_by is None and not breach.late(timezone.now() + timedelta(days=900))


def test_the_drafts_name_what_the_law_asks_for(policy: Any, alice: Any) -> None:
    breach = note()
    letter = drafts.to_authority(breach)
    for said in (
        "Belgian Data Protection Authority",
        breach.reference,
        "E-mail address",
        f"About {breach.people_about} people",
        "privacy@example.com",
    ):
        assert said in letter
    assert str(drafts.OPEN) in drafts.to_people(breach)
    assert "Alice" not in letter + drafts.to_people(breach)


def test_told_late_needs_reasons(desk: Any) -> None:
    breach = note(noticed_at=timezone.now() - timedelta(days=5))
    now = timezone.localtime()
    day = {
        "authority-day_day": now.day,
        "authority-day_month": now.month,
        "authority-day_year": now.year,
        "authority-time": "00:00",
    }
    answer = desk.post(f"{LIST}{breach.pk}/authority/", {"authority-decision": "told", **day})
    assert answer.status_code == 422 and "The law wants the reasons" in answer.content.decode()
    answer = desk.post(
        f"{LIST}{breach.pk}/authority/",
        {"authority-decision": "told", "authority-reason": "We knew too little.", **day},
    )
    assert answer.status_code == 302
    assert Breach.objects.get().authority_told_at


def test_a_risk_is_never_kept_from_the_authority(policy: Any) -> None:
    with pytest.raises(flows.NotYet, match="told to the authority"):
        flows.authority(note(risk="some"), by=STAFF, told_at=None, reason="We would rather not.")
    flows.authority(note(risk="none"), by=STAFF, told_at=None, reason="The disk was encrypted.")


def test_people_are_told_once_each_however_often_the_worker_dies(
    alice: Any, charlie: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(affected, "STEP", 1)
    breach = note()
    Message.objects.all().delete()
    flows.tell_people(breach, by=STAFF, letter="We lost a list of addresses.")
    assert flows.tell_due() == 1
    # A worker that dies inside a step leaves nothing of it, and the next one does it again.
    monkeypatch.setattr(flows, "_tell", _dies)
    with pytest.raises(RuntimeError):
        flows.tell_due()
    monkeypatch.undo()
    monkeypatch.setattr(affected, "STEP", 1)
    while flows.tell_due():
        pass
    told = list(Message.objects.values_list("subject", flat=True))
    assert sorted(told) == sorted({alice.person.pk, charlie.person.pk})
    done = Breach.objects.get()
    assert done.told == 2 and done.people_told_at
    assert flows.tell_due() == 0
    with gate.purpose("own-data", reader=reader_of(alice), about=alice.person):
        assert any(
            breach.reference in str(one.detail.get("what")) for one in timeline(alice.person.pk, limit=10)
        )


def _dies(*anything: Any) -> int:
    raise RuntimeError("killed")


def test_nothing_is_closed_before_its_time(desk: Any, policy: Any) -> None:
    breach = note(risk="unknown")
    for sentence, step in (
        (
            "Assess the risk first",
            lambda: flows.assess(
                breach, by=STAFF, risk="high", likely="Spam.", measures="None yet.", people_about=3
            ),
        ),
        ("Tell the authority first", lambda: flows.authority(breach, by=STAFF, told_at=timezone.now())),
        (
            "Tell the people first",
            lambda: flows.not_telling(breach, by=STAFF, reason="Announced in the press."),
        ),
    ):
        answer = desk.post(f"{LIST}{breach.pk}/closing/", follow=True)
        assert sentence in answer.content.decode()
        step()
    desk.post(f"{LIST}{breach.pk}/closing/")
    assert Breach.objects.get().closed_at
    with pytest.raises(flows.NotYet, match="is closed"):
        flows.tell_people(breach, by=STAFF, letter="Too late.")


def test_an_unfinished_letter_does_not_leave(desk: Any, policy: Any) -> None:
    breach = note()
    answer = desk.post(
        f"{LIST}{breach.pk}/people/", {"people-decision": "tell", "people-letter": drafts.to_people(breach)}
    )
    assert answer.status_code == 422 and "still stands in it" in answer.content.decode()
    assert Breach.objects.get().telling_since is None


def test_the_proof_turns_when_the_hours_are_over(policy: Any) -> None:
    assert proofs.run("breaches.told_in_time").state == proofs.KEPT
    breach = note(noticed_at=timezone.now() - timedelta(hours=71))
    assert proofs.run("breaches.told_in_time").state == proofs.KEPT
    Breach.objects.update(noticed_at=timezone.now() - timedelta(hours=73))
    answer = proofs.run("breaches.told_in_time")
    assert answer.state == proofs.BROKEN and breach.reference in answer.text


@pytest.mark.parametrize("breaking", ["noticed later", "gone", "told in time"])
def test_the_proof_turns_when_a_breach_is_not_as_it_was_recorded(policy: Any, breaking: str) -> None:
    note(noticed_at=timezone.now() - timedelta(hours=71))
    assert proofs.run("breaches.told_in_time").state == proofs.KEPT
    if breaking == "gone":
        Breach.objects.all().delete()
    elif breaking == "noticed later":
        Breach.objects.update(noticed_at=timezone.now())
    else:
        Breach.objects.update(authority_told_at=timezone.now())
    assert proofs.run("breaches.told_in_time").state == proofs.BROKEN
