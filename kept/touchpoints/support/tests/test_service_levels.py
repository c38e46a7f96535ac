"""Until when a case is answered and done: in opening hours, without the waiting; anew when they change."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from html import unescape
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from kept.core.ledger import versions
from kept.core.policy import loader
from kept.core.vault.readers import StaffReader
from kept.testing import default_policy, reader_of
from kept.touchpoints.support.at_the_desk import held_answers
from kept.touchpoints.support.cases import flows, service_levels, topics
from kept.touchpoints.support.cases.waiting import CustomerWait
from kept.touchpoints.support.jobs import move_due_times
from kept.touchpoints.support.models import Case
from kept.touchpoints.support.tests.conftest import mails, opened

pytestmark = pytest.mark.django_db
BRUSSELS = ZoneInfo("Europe/Brussels")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BRUSSELS)


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], datetime]:
    """Puts the portal's clock to a moment in Liège, before anybody is taken in."""

    def put(text: str) -> datetime:
        moment = at(text)
        monkeypatch.setattr("django.utils.timezone.now", lambda: moment)
        return moment

    put("2026-11-23T09:00")
    return put


@pytest.fixture
def asked(alice: Any, clock: Any) -> Case:
    """On a Friday afternoon, of something that runs with an alarm."""
    clock("2026-11-27T15:00")
    return opened(alice, severity=topics.DEGRADED)


def answered(case: Case, bob: Any) -> None:
    reader = StaffReader(role="support", entity="cet-power", actor=bob.subject)
    held_answers.answer(reader=reader, case=case, text="Look at the fan.", seen=held_answers.newest(case))
    assert held_answers.send_due(timezone.now() + timedelta(seconds=11)) == 1
    case.refresh_from_db()


def with_hours(old: str, new: str) -> None:
    """Another version of the policy, in force from today."""
    files = dict(default_policy().files)
    assert old in files["hours.toml"]
    files["hours.toml"] = files["hours.toml"].replace(old, new)
    versions.publish(loader.from_files(files), effective=timezone.localdate(), by="Dana")


def test_it_is_due_in_opening_hours(asked: Case) -> None:
    assert asked.answer_by == at("2026-11-30T15:30") and asked.close_by == at("2026-12-04T13:30")


def test_where_a_load_is_unprotected_the_clock_runs_day_and_night(alice: Any, clock: Any) -> None:
    opened_at = clock("2026-12-25T02:00")
    case = opened(alice, severity=topics.UNPROTECTED)
    assert case.answer_by == opened_at + timedelta(hours=4) and case.close_by == opened_at + timedelta(
        hours=24
    )


def test_the_clock_stands_while_we_wait_for_her(asked: Case, alice: Any, bob: Any, clock: Any) -> None:
    clock("2026-11-30T11:00")
    answered(asked, bob)
    assert asked.close_by is None and asked.answered_at == at("2026-11-30T11:00")
    clock("2026-12-02T11:00")
    flows.reply(reader=reader_of(alice), case=asked, by=alice.person, text="It turns again.")
    asked.refresh_from_db()
    # 40 hours, of which 1.5 on Friday and 2.5 on Monday had run.
    assert asked.close_by == at("2026-12-08T14:30")
    assert asked.answer_by == at("2026-11-30T15:30")
    assert service_levels.taken(asked, at("2026-12-02T12:00")) == timedelta(hours=5)


def test_closed_and_open_again_the_time_between_is_left_out(asked: Case, alice: Any, clock: Any) -> None:
    closed_at = clock("2026-11-27T16:00")
    flows.close(reader=reader_of(alice), case=asked)
    asked.refresh_from_db()
    assert asked.close_by is None and not asked.late
    again = clock("2026-12-01T10:00")
    flows.reopen(reader=reader_of(alice), case=asked)
    asked.refresh_from_db()
    wait = CustomerWait.objects.get()
    assert (wait.since, wait.until) == (closed_at, again) and asked.close_by == at("2026-12-07T16:30")


def test_what_is_late_says_so(asked: Case, clock: Any, bob: Any) -> None:
    clock("2026-11-30T15:29")
    assert not asked.late
    clock("2026-11-30T15:31")
    assert asked.late


def test_it_is_moved_when_the_hours_of_its_market_change_and_she_is_told(
    asked: Case, alice: Any, clock: Any
) -> None:
    assert move_due_times() == 0
    with_hours("closed = [2026-12-24, 2026-12-31]\n\n[desks.world]", "closed = [2026-11-30]\n\n[desks.world]")
    assert move_due_times() == 1 and move_due_times() == 0
    asked.refresh_from_db()
    assert asked.answer_by == at("2026-12-01T15:30") and asked.close_by == at("2026-12-07T14:30")
    step = asked.steps.latest("pk")
    assert (step.kind, step.until) == ("moved", asked.answer_by)


def test_another_market_is_left_where_it_is(asked: Case, clock: Any) -> None:
    with_hours('open.monday = ["08:00-17:00"]', 'open.monday = ["09:00-17:00"]')
    assert move_due_times() == 0
    asked.refresh_from_db()
    assert asked.answer_by == at("2026-11-30T15:30")


def test_the_queue_sorts_by_what_is_due_next(desk: Client, alice: Any, bob: Any, clock: Any) -> None:
    clock("2026-11-30T09:00")
    question = opened(alice, severity=topics.QUESTION)
    slow = opened(alice, severity=topics.DEGRADED)
    answered(slow, bob)
    clock("2026-11-30T09:30")
    flows.reply(reader=reader_of(alice), case=slow, by=alice.person, text="Still.")
    urgent = opened(alice)
    shown = unescape(desk.get("/desk/cases/").content.decode())
    places = [shown.index(one.reference) for one in (urgent, question, slow)]
    assert places == sorted(places) and "done by" in shown and "due" in shown


def test_she_reads_the_promise_before_she_sends_and_what_it_came_to(
    hers: Client, asked: Case, alice: Any
) -> None:
    form = unescape(hers.get("/support/new/").content.decode())
    assert "We answer within 4 hours, day and night." in form
    assert "We answer within 8 hours of our opening times." in form
    overview = unescape(hers.get("/support/").content.decode())
    assert "Monday to Thursday" in overview and "08:30 to 12:30 and 13:00 to 17:30" in overview
    assert "Our desk: Europe" in overview and "North America" not in overview
    shown = unescape(hers.get(f"/support/cases/{asked.reference}/").content.decode())
    assert "First answer by" in shown and "Done by" in shown and "4 December 2026, 13:30" in shown
    assert "30 November 2026, 15:30" in mails(alice)


def test_a_stranger_reads_the_hours_of_every_region_in_their_language(
    client: Client, catalogue: None
) -> None:
    shown = unescape(client.get("/de/support/").content.decode())
    assert (
        "Montag bis Donnerstag" in shown and "America/Chicago" in shown and "innerhalb von 4 Stunden" in shown
    )
