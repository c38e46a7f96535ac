"""Reminders before the date, and the officer told when it comes close: each a dated row, made once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from kept.accounts.models import User
from kept.outbox.delivery import deliver
from kept.outbox.models import Message
from kept.rights.requests import flows
from kept.rights.requests.course import reminders
from kept.rights.requests.models import Request, Step
from kept.rights.requests.tests.conftest import unknown
from kept.testing import default_policy, staff

pytestmark = pytest.mark.django_db
BEGIN = datetime(2030, 2, 1, 12, tzinfo=UTC)
At = Callable[[datetime], None]


def told(request: Request) -> list[tuple[str, int | None]]:
    return list(request.steps.exclude(mark=None).order_by("at").values_list("kind", "mark"))


def letters_to(user: User) -> int:
    return Message.objects.filter(subject=user.subject, template="requests/mail/reminder.txt").count()


def test_day_by_day(dana: User, clock_at: At) -> None:
    officer = staff("Otto Officer", "otto@example.com", "officer")
    clock_at(BEGIN)
    request = unknown().request  # due on 1 March, 28 days later
    seen = []
    for day in range(32):
        clock_at(BEGIN + timedelta(days=day))
        if reminders.remind_due():
            seen.append(day)
        assert reminders.remind_due() == 0, "a second run has nothing to do"
    assert seen == [5, 18, 25, 26, 29]
    assert told(request) == [
        ("reminded", 23),
        ("reminded", 10),
        ("reminded", 3),
        ("escalated", 2),
        ("escalated", -1),
    ]
    assert letters_to(dana) == 5 and letters_to(officer) == 2
    assert deliver() == 8, "they leave: one to whoever asked, seven to staff"


def test_a_letter_typed_in_late_causes_one_reminder(dana: User, clock_at: At) -> None:
    clock_at(BEGIN + timedelta(days=20))
    request = unknown(received_at=BEGIN).request
    assert reminders.remind_due() == 1 and told(request) == [("reminded", 10)]


def test_an_extension_begins_anew_and_a_pause_is_silent(dana: User, desk: Any, clock_at: At) -> None:
    clock_at(BEGIN + timedelta(days=20))
    extended, paused = unknown(received_at=BEGIN).request, unknown(received_at=BEGIN).request
    flows.ask_identity(request=paused, by=desk)
    reminders.remind_due()
    assert told(paused) == []
    flows.extend(request=extended, by=desk, reason="Three archives.")
    assert reminders.remind_due() == 0
    clock_at(datetime(2030, 4, 25, 12, tzinfo=UTC))
    assert reminders.remind_due() == 1 and told(extended) == [("reminded", 10), ("reminded", 10)]


def test_where_nobody_holds_the_role_it_is_on_record(policy: Any, clock_at: At) -> None:
    clock_at(BEGIN)
    request = unknown().request
    clock_at(BEGIN + timedelta(days=26))
    reminders.remind_due()
    assert "nobody holds the role" in request.steps.filter(kind=Step.Kind.ESCALATED).get().what


def test_two_workers_make_one(dana: User, clock_at: At) -> None:
    clock_at(BEGIN)
    request = unknown().request
    now = BEGIN + timedelta(days=6)
    clock_at(now)
    (one,) = reminders.wanted(request, default_policy(), now)
    made = [reminders._make(request, one, default_policy(), now) for _ in range(2)]
    assert made == [1, 0] and letters_to(dana) == 1


def test_killed_between_row_and_mail_neither_is_there(dana: User, clock_at: At, monkeypatch: Any) -> None:
    clock_at(BEGIN)
    request = unknown().request
    clock_at(BEGIN + timedelta(days=6))
    monkeypatch.setattr(Step, "save", lambda *_, **__: (_ for _ in ()).throw(RuntimeError("killed")))
    with pytest.raises(RuntimeError):
        reminders.remind_due()
    monkeypatch.undo()
    clock_at(BEGIN + timedelta(days=6))
    assert told(request) == [] and letters_to(dana) == 0
    assert reminders.remind_due() == 1 and letters_to(dana) == 1
