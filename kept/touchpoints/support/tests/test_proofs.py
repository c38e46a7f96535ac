"""The proofs can fail: take a row or an entry's time away, or let somebody else in, and they say so (S8)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from kept.core.ledger import versions
from kept.core.register.proving import proofs, walk_findings
from kept.core.register.proving.walk_findings import Walked
from kept.core.vault import gate
from kept.core.vault.readers import StaffReader
from kept.operations.serving.assembly import assembled
from kept.operations.walk.log_silence import quiet
from kept.operations.walk.response_checks import Judge
from kept.operations.walk.scratch_database import aside
from kept.operations.walk.walker import Walking
from kept.touchpoints.support import case_access, journey
from kept.touchpoints.support.at_the_desk import flows as desk
from kept.touchpoints.support.at_the_desk import held_answers
from kept.touchpoints.support.models import Case, Message, Note, Step
from kept.touchpoints.support.tests.conftest import leave, opened

pytestmark = pytest.mark.django_db
BOUND, TO_THE_END = "support.bound_to_cases", "support.to_the_end"


@pytest.fixture
def answered(case: Case, bob: Any) -> Case:
    held_answers.answer(
        reader=reader(bob), case=case, text="Switch it on again.", seen=held_answers.newest(case)
    )
    leave()
    desk.note(reader=reader(bob), case=case, text="Third fan.")
    return case


def reader(user: Any) -> StaffReader:
    return StaffReader(role="support", entity="cet-power", actor=user.subject)


def test_before_staff_opened_one_there_is_nothing_to_prove(case: Case) -> None:
    assert proofs.run(BOUND).state == proofs.WAITING


def test_what_was_done_is_bound_and_on_record(answered: Case) -> None:
    answer = proofs.run(BOUND)
    assert answer.state == proofs.KEPT and answer.figure == "3 acts in 1 cases"


def test_an_answer_that_nobody_recorded_breaks_it(answered: Case, alice: Any) -> None:
    late = timezone.now() + timedelta(minutes=1)
    Message.objects.filter(author="staff").update(at=late)
    assert proofs.run(BOUND).state == proofs.BROKEN


def test_a_note_that_nobody_recorded_breaks_it(answered: Case) -> None:
    Note.objects.update(at=timezone.now() + timedelta(minutes=1))
    assert proofs.run(BOUND).state == proofs.BROKEN


def test_a_look_while_it_was_closed_breaks_it(answered: Case) -> None:
    Step.objects.create(case=answered, kind="closed", at=timezone.now() - timedelta(hours=1))
    assert proofs.run(BOUND).state == proofs.BROKEN


def test_a_look_of_another_role_breaks_it(answered: Case) -> None:
    Case.objects.filter(pk=answered.pk).update(kind="sales")
    assert proofs.run(BOUND).state == proofs.BROKEN


def test_a_case_that_is_gone_while_its_person_is_not_breaks_it(answered: Case) -> None:
    Case.objects.all().delete()
    assert proofs.run(BOUND).state == proofs.BROKEN


def test_another_case_of_hers_breaks_nothing(answered: Case, alice: Any, bob: Any) -> None:
    opened(alice, "Something else.")
    with gate.purpose("support", reader=reader(bob), about=answered):
        assert Case.objects.get(pk=answered.pk).words
    assert proofs.run(BOUND).state == proofs.KEPT


def walked(monkeypatch: pytest.MonkeyPatch) -> str:
    with aside(), quiet():
        judge = Judge(versions.current().policy, [], secure=False)
        journey.walk(Walking(judge, assembled()))
    counts = {"routes": 1, "reached": 1, **judge.counts}
    found = Walked(timezone.now(), 1.0, counts, tuple(judge.findings))
    monkeypatch.setattr(walk_findings, "WALKERS", [lambda: found])
    return proofs.run(TO_THE_END).state


def test_a_case_is_opened_and_is_nobody_elses(policy: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert walked(monkeypatch) == proofs.KEPT


def test_it_breaks_when_somebody_else_is_told(policy: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def everybody(request: Any, reference: str) -> Any:
        case = Case.objects.called(reference)
        return case and case_access.Access(case, request.reader, request.person, owner=False)

    monkeypatch.setattr(case_access, "access", everybody)
    assert walked(monkeypatch) == proofs.BROKEN
