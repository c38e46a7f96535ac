"""What was promised of a request is broken here in its rows, as somebody with the database would; the ledger
tells it otherwise.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from kept.accounts.models import User
from kept.core.register.proving import proofs
from kept.rights.requests import flows
from kept.rights.requests.models import Request
from kept.rights.requests.tests.conftest import hers, unknown
from kept.testing import default_policy

pytestmark = pytest.mark.django_db
IN_TIME, TERM = "requests.in_time", "retention.nothing_past_its_date"


def sql(statement: str, *values: Any) -> None:
    """Past every model and every verb."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


@pytest.fixture
def course(alice: User, desk: Any) -> Request:
    """One that is answered, and one of Alice's that is open."""
    answered = unknown().request
    flows.answer(request=answered, by=desk, text="Here.")
    open_: Request = hers(alice, country="BE").request
    assert proofs.run(IN_TIME).state == proofs.KEPT, proofs.run(IN_TIME).text
    return open_


BREAKINGS = {
    "promised for another day": (
        "UPDATE requests_request SET due = '2099-01-01', first_due = '2099-01-01' WHERE closed_at IS NULL"
    ),
    "closed without an answer": (
        "UPDATE requests_request SET closed_at = recorded_at, outcome = 'answered' WHERE closed_at IS NULL"
    ),
    "arrived later": (
        "UPDATE requests_request SET received_at = '2098-01-01 00:00:00', due = '2098-02-01' WHERE closed_at"
        " IS NULL"
    ),
    "clock stopped": "UPDATE requests_request SET waiting_since = recorded_at WHERE closed_at IS NULL",
    "receipt changed": "UPDATE receipts_receipt SET text = replace(text, 'Answer due on', 'Answer  due on')",
    "answer never sent": "DELETE FROM outbox_message WHERE template LIKE '%%answer.txt'",
    "answered earlier": (
        "UPDATE requests_request SET answered_at = '2001-01-01 00:00:00' WHERE answered_at IS NOT NULL"
    ),
    "closed later": (
        "UPDATE requests_request SET closed_at = '2099-01-01 00:00:00' WHERE closed_at IS NOT NULL"
    ),
    "opened again in silence": (
        "UPDATE requests_request SET closed_at = NULL, outcome = '', due = '2099-01-01'"
    ),
}


@pytest.mark.parametrize("breaking", BREAKINGS)
def test_a_row_that_was_changed_turns_the_proof(course: Request, breaking: str) -> None:
    sql(BREAKINGS[breaking])
    assert proofs.run(IN_TIME).state == proofs.BROKEN, breaking


def test_a_closing_day_moved_by_hand_turns_the_promise_of_the_term(course: Request) -> None:
    """To the future, and to another day of the past that the ledger does not know."""
    assert proofs.run(TERM).state == proofs.KEPT, proofs.run(TERM).text
    answered = Request.objects.exclude(closed_at=None).get()
    for days in (400, 2):
        Request.objects.filter(pk=answered.pk).update(closed_at=timezone.now() + timedelta(days=days))
        said = proofs.run(TERM)
        assert said.state == proofs.BROKEN and answered.reference in said.text
    Request.objects.filter(pk=answered.pk).update(closed_at=answered.closed_at)
    assert proofs.run(TERM).state == proofs.KEPT


def test_a_question_that_was_made_to_vanish(course: Request) -> None:
    Request.objects.filter(pk=course.pk).delete()
    said = proofs.run(IN_TIME)
    assert said.state == proofs.BROKEN and f"{course.reference}: asked and not answered" in said.text


def test_a_request_that_nobody_sent(course: Request) -> None:
    made_up = Request.objects.get(pk=course.pk)
    made_up.pk, made_up.reference = None, "Q-0000-0000"
    Request._base_manager.bulk_create([Request(**{**_plain(made_up), "reference": "Q-0000-0000"})])
    assert "Q-0000-0000: nothing in the ledger says that it arrived" in proofs.run(IN_TIME).text


def _plain(row: Request) -> dict[str, Any]:
    names = ("kind", "channel", "region", "jurisdiction", "received_at", "recorded_at", "due", "first_due")
    return {name: getattr(row, name) for name in names}


def test_what_really_happened_stays_kept(alice: User, desk: Any, clock_at: Any) -> None:
    """A pause that ended, an extension after it, another desk, and an answer by letter: none of it is a
    difference.
    """
    clock_at(datetime(2030, 2, 1, 12, tzinfo=UTC))
    asked = unknown().request
    flows.ask_identity(request=asked, by=desk)
    clock_at(datetime(2030, 2, 11, 12, tzinfo=UTC))
    flows.give_up_identity(request=asked, by=desk)
    flows.extend(request=asked, by=desk, reason="Three archives.")
    flows.reroute(request=asked, by=desk, region=next(r for r in _regions() if r != asked.region))
    clock_at(datetime(2030, 4, 20, 12, tzinfo=UTC))
    flows.ask_identity(request=asked, by=desk)
    clock_at(datetime(2030, 4, 25, 12, tzinfo=UTC))
    flows.identified(request=asked, person=alice.person)
    flows.answer(request=asked, by=desk, text="Here.")
    said = proofs.run(IN_TIME)
    assert said.state == proofs.KEPT, said.text


def _regions() -> list[str]:
    return list(default_policy().company.regions)
