"""Looks at the desk are broken here in the tables; the ledger tells them otherwise."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from kept.core.register.proving import proofs
from kept.desk.models import Matter, Reveal
from kept.desk.tests.conftest import tell

pytestmark = pytest.mark.django_db(transaction=True)
BOUND = "desk.bound_to_matters"


@pytest.fixture
def looked(desk: Any, hers: Matter, alice: Any) -> Matter:
    """Bob looked for Alice, and opened her phone number."""
    tell(alice, phone="+3221234567")
    desk.post(f"/desk/matters/{hers.pk}/search/", {"text": "alice@example.com"})
    desk.post(
        f"/desk/matters/{hers.pk}/reveal/", {"field": "phone_typed", "reason": "She asked to be called back."}
    )
    said = proofs.run(BOUND)
    assert said.state == proofs.KEPT, said.text
    return hers


def made_to_vanish(matter: Matter) -> None:
    Matter.objects.all().delete()


def for_another_purpose(matter: Matter) -> None:
    Matter.objects.update(purpose="sales")


def closed_before(matter: Matter) -> None:
    Matter.objects.update(closed_at=timezone.now() - timedelta(hours=1))


def opened_after(matter: Matter) -> None:
    Matter.objects.update(opened_at=timezone.now() + timedelta(hours=1))


def never_opened(matter: Matter) -> None:
    Matter.objects.update(number=7777)


def a_look_nobody_recorded(matter: Matter) -> None:
    now = timezone.now() + timedelta(minutes=1)
    assert matter.person_id
    Reveal.objects.create(matter=matter, person=matter.person_id, field="phone", at=now, until=now)


def the_look_deleted_from_the_ledger(matter: Matter) -> None:
    assert Reveal.objects.exists()
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM ledger_act WHERE seq IN (SELECT seq FROM ledger_act ORDER BY seq DESC LIMIT 1)"
        )


BREAKINGS = [
    made_to_vanish,
    for_another_purpose,
    closed_before,
    opened_after,
    never_opened,
    a_look_nobody_recorded,
    the_look_deleted_from_the_ledger,
]


@pytest.mark.parametrize("breaking", BREAKINGS)
def test_a_desk_that_differs_from_the_ledger_turns_the_proof(looked: Matter, breaking: Any) -> None:
    breaking(looked)
    assert proofs.run(BOUND).state == proofs.BROKEN


def test_before_anybody_looked_nothing_is_claimed(policy: Any) -> None:
    assert proofs.run(BOUND).state == proofs.WAITING


@pytest.mark.parametrize("column", ["closed_at", "worked_at"])
def test_a_matter_that_ends_on_a_day_to_come_turns_the_promise_of_the_term(
    matter: Matter, column: str
) -> None:
    assert proofs.run("retention.nothing_past_its_date").state == proofs.KEPT
    Matter.objects.update(**{column: timezone.now() + timedelta(days=30)})
    said = proofs.run("retention.nothing_past_its_date")
    assert said.state == proofs.BROKEN and f"matter {matter.number} is said to end" in said.text
