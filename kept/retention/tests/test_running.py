"""The hourly job, the command, the clock that jumps, the proof, and other writers beside it."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from kept.__main__ import main
from kept.accounts.models import SecurityEvent, User
from kept.core.ledger import fold
from kept.core.ledger.models import Act
from kept.core.ledger.verifying import verify
from kept.core.register.destroying import batches
from kept.core.register.hooks.jobs import JOBS
from kept.core.register.hooks.stalled_jobs import standing_still
from kept.core.register.proving import proofs
from kept.core.register.terms.lifetimes import Clock
from kept.core.vault import gate
from kept.people import phones
from kept.people.models import Person
from kept.retention import jobs, sweep
from kept.retention.models import Watch
from kept.retention.tests.conftest import close, note
from kept.testing import reader_of

OLD = timedelta(days=91)


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], None]:
    """Move the clock: at(timedelta(days=3))."""
    real = timezone.now

    def move(span: timedelta) -> None:
        monkeypatch.setattr(timezone, "now", lambda: real() + span)

    return move


@pytest.mark.django_db
def test_the_job_sweeps_and_says_how_much(alice: User) -> None:
    note(alice, 2, ago=OLD)
    job = JOBS["retention.sweep"]
    assert job.every == timedelta(hours=1)
    assert job.run() == 2 and job.run() == 0


@pytest.mark.django_db
def test_a_clock_that_jumps_ahead_kills_nothing_for_a_day(alice: User, at: Any) -> None:
    note(alice)
    assert jobs.sweep_what_is_due() == 0
    at(timedelta(days=400))
    assert jobs.sweep_what_is_due() == 0 and SecurityEvent.objects.exists()
    at(timedelta(days=400, hours=23))
    assert jobs.sweep_what_is_due() == 0 and SecurityEvent.objects.exists()
    at(timedelta(days=401, minutes=1))
    assert jobs.sweep_what_is_due() == 1, "whoever looked had a day to mend it; it is the time after all"


@pytest.mark.django_db
def test_a_clock_that_goes_back_again_was_wrong(alice: User, at: Any) -> None:
    note(alice)
    jobs.sweep_what_is_due()
    at(timedelta(days=4000))
    jobs.sweep_what_is_due()
    assert Watch.one().jumped_at is not None
    at(timedelta(hours=2))
    assert jobs.sweep_what_is_due() == 0 and Watch.one().jumped_at is None
    assert SecurityEvent.objects.exists()


@pytest.mark.django_db
def test_the_first_look_of_all_is_measured_by_the_ledger(alice: User, at: Any) -> None:
    note(alice)
    at(timedelta(days=4000))
    assert jobs.sweep_what_is_due() == 0 and SecurityEvent.objects.exists()


@pytest.mark.django_db
def test_a_sweep_that_does_not_come_by_stands_still(alice: User) -> None:
    jobs.sweep_what_is_due()
    assert "What is due to be deleted" not in standing_still(timezone.now())
    Watch.objects.update(swept_at=timezone.now() - timedelta(hours=3))
    assert standing_still(timezone.now())["What is due to be deleted"] == 1


@pytest.mark.django_db
def test_the_proof_holds_and_breaks(alice: User) -> None:
    note(alice, ago=timedelta(days=90, hours=1))
    assert proofs.run("retention.nothing_past_its_date").state == "kept", (
        "an hour late is the sweep's own time"
    )
    note(alice, 2, ago=timedelta(days=92))
    said = proofs.run("retention.nothing_past_its_date")
    assert (
        said.state == "broken" and said.figure == "2 past their date" and "Your security log (2)" in said.text
    )
    sweep.sweep()
    said = proofs.run("retention.nothing_past_its_date")
    assert said.state == "kept" and said.figure == "0 past their date, 3 deleted so far"


@pytest.mark.django_db
def test_the_proof_asks_for_single_values_too(bob: User, at: Any) -> None:
    with gate.purpose("account", reader=reader_of(bob), about=bob.person):
        bob.person.correct("phone", phones.parse("+32 2 555 01 23"))
    close(bob)
    User.objects.update(closed_at=timezone.now() - timedelta(days=32))
    said = proofs.run("retention.nothing_past_its_date")
    assert said.state == "broken" and "You (1)" in said.text


@pytest.mark.django_db
def test_a_dry_run_says_what_would_die_when_and_why_and_touches_nothing(alice: User, capsys: Any) -> None:
    note(alice, 2, ago=OLD)
    assert main(["retention", "--dry-run"]) == 0
    said = capsys.readouterr().out
    assert "2  Your security log  clause 3.4, 90 days after it happened" in said and "2  due in all" in said
    assert SecurityEvent.objects.count() == 2
    assert main(["retention", "--dry-run", "--json"]) == 0
    (due,) = json.loads(capsys.readouterr().out)["due"]
    assert (due["table"], due["count"], due["clauses"]) == ("accounts_securityevent", 2, "3.4")


@pytest.mark.django_db
def test_the_command_deletes_and_says_how_much(alice: User, capsys: Any, at: Any) -> None:
    note(alice, 2, ago=OLD)
    assert main(["retention", "--json"]) == 0
    (gone,) = json.loads(capsys.readouterr().out)["deleted"]
    assert gone["count"] == 2 and not SecurityEvent.objects.exists()
    assert main(["retention"]) == 0
    assert "nothing is due" in capsys.readouterr().out
    at(timedelta(days=900))
    assert main(["retention"]) == 1
    assert "Check the clock" in capsys.readouterr().out


@pytest.mark.django_db
def test_old_look_ups_lose_what_they_said(alice: User) -> None:
    fold.fold()
    clock = Clock(now=timezone.now() + timedelta(days=3 * 366))
    assert any(figure.table == "ledger_act" and figure.count for figure in sweep.figures(clock))
    sweep.sweep(clock)
    fold.fold()
    assert verify.verify() == [] and Act.objects.filter(at__year=1970).exists()


@pytest.mark.django_db(transaction=True)
def test_other_writers_get_in_between_the_batches(
    alice: User, charlie: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """How long they wait is measured by the bench; here, that there is a gap after every batch, and that they
    get in.
    """
    # Of one size, however long they take.
    monkeypatch.setattr(batches, "LARGEST", batches.BATCH)
    monkeypatch.setattr(batches, "TOO_LONG", float("inf"))
    for user in (alice, charlie):
        note(user, 6000, ago=OLD)
    gaps: list[float] = []
    over, written = threading.Event(), 0

    def rest(seconds: float) -> None:
        gaps.append(seconds)
        time.sleep(seconds)

    def write() -> None:
        nonlocal written
        while not over.is_set():
            Person.objects.filter(pk=charlie.person_id).update(language="en")
            written += 1
            time.sleep(0.001)
        connection.close()

    other = threading.Thread(target=write)
    other.start()
    try:
        assert sweep.sweep(rest=rest) == 12_000
    finally:
        over.set()
        other.join()
    assert written > 1
    if connection.vendor == "sqlite":
        # One writer at a time there: so many gaps, and each long enough for whoever asks again.
        assert len(gaps) >= 12_000 // 500 and min(gaps) >= 0.005
