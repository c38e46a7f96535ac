"""P28: the proof turns when an acknowledgement was made up, made to vanish or says other words, and when
somebody looked without one. The door itself is tried by the walk.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from kept.core.consent.models import Acknowledgement, ShownNotice
from kept.core.ledger import acts
from kept.core.policy.model import Policy
from kept.core.vault import gate
from kept.core.vault.readers import StaffReader
from kept.operations.setting_up import ids
from kept.promises.guidelines import flows
from kept.promises.guidelines.recorded import differences

pytestmark = pytest.mark.django_db


class Case:
    matter_ref, matter_open = "case 1", True


def look(user: Any, person: Any) -> None:
    reader = StaffReader(role="support", entity="cet-power", actor=user.subject)
    with gate.purpose("support", reader=reader, about=Case()):
        assert person.name


def said() -> list[str]:
    return [str(one) for one in differences()]


def test_it_holds(bob: Any, dana: Any, alice: Any) -> None:
    look(bob, alice.person)
    assert said() == []


def test_an_acknowledgement_that_was_made_up(bob: Any) -> None:
    row = Acknowledgement.objects.get()
    row.pk, row.version = None, 7
    row.save()
    assert said() == ["somebody has acknowledged support, version 7, and no act tells of it"]


def test_one_that_was_made_up_in_the_name_of_days_whose_acts_are_pruned(
    bob: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    newcomer = ids.hire(email="new@example.com", name="Bob Martin", role="support", entity="cet-power")
    row = Acknowledgement.objects.get()
    row.pk, row.subject, row.at = None, newcomer.subject, row.at - timedelta(days=400)
    row.save()
    monkeypatch.setattr(acts, "_unpruned_since", lambda: row.at + timedelta(days=1))
    assert said() == ["somebody has acknowledged support, version 1, before it was published"]


def test_one_that_vanished(bob: Any) -> None:
    Acknowledgement.objects.all().delete()
    assert said() == ["somebody acknowledged support, version 1, and the row is gone"]


def test_other_words(bob: Any) -> None:
    notice = ShownNotice.objects.get(hash=Acknowledgement.objects.get().notice_id)
    ShownNotice.objects.filter(pk=notice.pk).update(text="Do as you like.")
    assert said() == ["1 text that was acknowledged reads otherwise now"]


def test_a_look_before_anything_was_acknowledged(
    bob: Any, alice: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The gate stood open, and the ledger tells of it."""
    newcomer = ids.hire(email="new@example.com", name="Bob Martin", role="support", entity="cet-power")
    with monkeypatch.context() as broken:
        broken.setattr(gate, "acknowledged", lambda reader, policy: {})
        look(newcomer, alice.person)
    assert said() == ["somebody of Support staff looked before they had acknowledged support"]
    flows.acknowledge_all(newcomer)
    assert len(said()) == 1, "what was read before was read before"


@pytest.mark.parametrize("kind", ["asked", "identified", "extended", "rerouted", "refused", "copied"])
def test_a_look_of_any_kind(bob: Any, alice: Any, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    newcomer = ids.hire(email="new@example.com", name="Bob Martin", role="support", entity="cet-power")
    monkeypatch.setattr(gate, "acknowledged", lambda reader, policy: {})
    reader = StaffReader(role="support", entity="cet-power", actor=newcomer.subject)
    with gate.purpose("support", reader=reader, about=Case()) as act:
        act.kind = kind
        assert alice.person.name
    assert said() == ["somebody of Support staff looked before they had acknowledged support"]


def test_a_role_that_no_guideline_reaches(bob: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Policy, "guidelines_for", lambda self, role: ())
    assert "no guideline reaches anybody who works as Support staff" in said()
