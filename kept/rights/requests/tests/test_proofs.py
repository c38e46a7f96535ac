"""The two proofs, each seen to break: a request made late by moving the clock, and work that stands still.

And the public meter.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from kept.accounts.models import User
from kept.core.register.hooks import meters, stalled_jobs
from kept.core.register.proving import proof_results, proofs
from kept.core.vault.subject_keys import keys
from kept.operations.commands import requests as command
from kept.outbox.models import Message
from kept.rights.models import Copy
from kept.rights.requests import flows
from kept.rights.requests.course import lateness, reminders
from kept.rights.requests.models import Request
from kept.rights.requests.tests.conftest import hers, unknown
from kept.testing import default_policy

pytestmark = pytest.mark.django_db
FEBRUARY = datetime(2030, 2, 1, 12, tzinfo=UTC)
At = Callable[[datetime], None]


def ask(id: str = "requests.in_time") -> proofs.Answer:
    return proofs.run(id)


def test_where_nobody_asked_nothing_is_proven(policy: Any) -> None:
    assert ask().state == proofs.WAITING and ask("requests.none_stuck").state == proofs.KEPT


def test_a_request_made_late_by_moving_the_clock_breaks_the_promise_on_the_public_page(
    policy: Any, clock_at: At
) -> None:
    clock_at(FEBRUARY)
    request = unknown().request
    assert ask().state == proofs.KEPT
    clock_at(datetime(2030, 3, 1, 12, tzinfo=UTC))
    assert ask().state == proofs.KEPT, "the last day is still in time"
    clock_at(datetime(2030, 3, 2, 12, tzinfo=UTC))
    said = ask()
    assert said.state == proofs.BROKEN and request.reference in said.text
    proof_results.prove({"requests.in_time"})
    page = Client().get("/privacy/promises/").content.decode()
    assert request.reference in page and 'data-state="broken"' in page
    assert "1 of" not in said.figure or said.figure == "0 of 1 requests"


def test_one_answered_late_is_not_forgotten_for_a_year(policy: Any, desk: Any, clock_at: At) -> None:
    clock_at(FEBRUARY)
    request = unknown().request
    clock_at(datetime(2030, 3, 5, 12, tzinfo=UTC))
    flows.answer(request=request, by=desk, text="Sorry.")
    assert ask().state == proofs.BROKEN
    clock_at(datetime(2031, 3, 7, 12, tzinfo=UTC))
    assert ask().state == proofs.WAITING, "it is a year ago, and nobody asked since"


def test_a_pause_an_extension_and_an_answer_in_time_keep_it(alice: User, desk: Any, clock_at: At) -> None:
    clock_at(FEBRUARY)
    paused, extended, answered = unknown().request, hers(alice, country="BE").request, unknown().request
    flows.ask_identity(request=paused, by=desk)
    flows.extend(request=extended, by=desk, reason="Three archives.")
    clock_at(datetime(2030, 3, 1, 22, tzinfo=UTC))
    flows.answer(request=answered, by=desk, text="In time, late in the evening.")
    clock_at(datetime(2030, 3, 20, 12, tzinfo=UTC))
    assert ask().state == proofs.KEPT
    flows.give_up_identity(request=paused, by=desk)
    clock_at(datetime(2030, 4, 20, 12, tzinfo=UTC))
    assert (
        ask().state == proofs.BROKEN
        and paused.reference in ask().text
        and extended.reference not in ask().text
    )


def test_work_that_stands_still_is_seen(alice: User) -> None:
    long_ago = timezone.now() - timedelta(hours=2)
    message = hers(alice) and Message.objects.get()
    Message.objects.update(due_at=long_ago)
    said = ask("requests.none_stuck")
    assert said.state == proofs.BROKEN and "Mail on its way: 1" in said.text
    message.delete()
    copy = Copy.objects.create(subject=alice.subject, due_at=long_ago)
    assert "Copies that are being made: 1" in ask("requests.none_stuck").text
    copy.delete()
    assert ask("requests.none_stuck").state == proofs.KEPT


def test_a_reminder_nobody_made_is_work_that_stands_still(dana: User, clock_at: At) -> None:
    clock_at(FEBRUARY)
    unknown()
    Message.objects.all().delete()
    clock_at(datetime(2030, 2, 20, 12, tzinfo=UTC))
    assert stalled_jobs.WATCHED["reminders"].still(timezone.now() - stalled_jobs.LONGEST) == 1
    reminders.remind_due()
    assert stalled_jobs.WATCHED["reminders"].still(timezone.now() - stalled_jobs.LONGEST) == 0


def test_every_room_that_leaves_work_says_so() -> None:
    assert {"mail", "copies", "reminders", "requests.copies"} <= set(stalled_jobs.WATCHED)


def test_the_meter_counts_and_an_erasure_changes_none_of_it(alice: User, desk: Any, clock_at: At) -> None:
    europe = default_policy().company.regions["europe"]
    clock_at(FEBRUARY)
    mine, theirs = hers(alice, country="BE").request, unknown().request
    clock_at(datetime(2030, 2, 9, 12, tzinfo=UTC))
    flows.answer(request=mine, by=desk, text="Here.")
    before = meters.of("requests", europe)
    assert before and (before.open, before.late, before.answered, before.median_days) == (1, 0, 1, 8)
    assert before.oldest and before.oldest.isoformat() == "2030-02-01"
    Request.objects.get(pk=mine.pk).forget()
    keys.destroy(alice.subject)
    assert meters.of("requests", europe) == before
    page = Client().get("/privacy/controllers/").content.decode()
    assert "half of them within 8 days" in page and theirs.reference not in page
    clock_at(datetime(2030, 3, 9, 12, tzinfo=UTC))
    assert lateness.figures(europe).late == 1


def test_the_command_says_it_and_ends_with_one_when_one_is_late(
    policy: Any, clock_at: At, capsys: Any
) -> None:
    class Options:
        json = False

    options: Any = Options()
    assert command.run(options) == 0 and "Nobody waits" in capsys.readouterr().out
    clock_at(FEBRUARY)
    request = unknown().request
    assert command.run(options) == 0
    said = capsys.readouterr().out
    assert request.reference in said and "2030-03-01" in said and "28" in said and "Eve" not in said
    clock_at(datetime(2030, 3, 4, 12, tzinfo=UTC))
    Options.json = True
    assert command.run(options) == 1
    assert '"late": 1' in capsys.readouterr().out
