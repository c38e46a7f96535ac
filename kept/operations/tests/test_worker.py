"""Jobs run by lease: one worker at a time, another takes over when it is gone, a failing one waits longer
each time.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.utils import timezone

from kept.core.register.hooks.jobs import JOBS, Job
from kept.operations import worker as worker_module
from kept.operations.models import LONGEST_WAIT, JobRun
from kept.operations.worker import Worker, is_gone

pytestmark = pytest.mark.django_db(transaction=True)


class Counted:
    """A job that counts its runs and does as it is told."""

    def __init__(self, does: Callable[[], int] = lambda: 0) -> None:
        self.runs = 0
        self.does = does

    def __call__(self) -> int:
        self.runs += 1
        return self.does()


def job(name: str, does: Counted, every: float = 60) -> dict[str, Job]:
    return {name: Job(name, timedelta(seconds=every), does)}


@pytest.fixture
def make() -> Iterator[Callable[..., Worker]]:
    made: list[Worker] = []

    def one(jobs: dict[str, Job], **options: object) -> Worker:
        made.append(Worker(jobs, **options))  # type: ignore[arg-type]
        return made[-1]

    yield one
    for worker in made:
        worker.stop()


def settle(worker: Worker) -> None:
    """One tick, and wait until what it started has ended."""
    worker.tick()
    end = time.monotonic() + 5
    while not worker.is_idle() and time.monotonic() < end:
        time.sleep(0.01)
    assert worker.is_idle()


def test_it_runs_what_is_due_and_rests_until_it_is_due_again(make: Callable[..., Worker]) -> None:
    counted = Counted()
    worker = make(job("a", counted))
    settle(worker)
    settle(worker)
    assert counted.runs == 1


def test_after_a_start_what_comes_last_waits_until_the_web_has_loaded(
    make: Callable[..., Worker], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_module, "AFTER_THE_START", 1.0)
    monkeypatch.setattr(worker_module.signal, "signal", lambda *_: None)
    at: dict[str, float] = {}

    def noted(name: str) -> Job:
        return Job(
            name, timedelta(seconds=60), lambda: at.setdefault(name, time.monotonic()) and 0, name == "b"
        )

    worker, begun = make({name: noted(name) for name in "ab"}), time.monotonic()
    threading.Timer(2.5, worker.stopping.set).start()
    worker.run()
    assert set(at) == {"a", "b"} and at["b"] - begun >= 1.0 and at["a"] < at["b"]


def test_a_job_that_did_something_runs_again_at_once(make: Callable[..., Worker]) -> None:
    todo = [3, 2, 0]
    counted = Counted(lambda: todo.pop(0) if todo else 0)
    worker = make(job("a", counted))
    for _ in range(8):
        settle(worker)
        time.sleep(0.06)
    assert counted.runs == 3
    assert JobRun.objects.get(name="a").done == 5


def test_an_idle_job_writes_nothing_after_its_lease(
    make: Callable[..., Worker], django_assert_num_queries: Callable[..., object]
) -> None:
    worker = make(job("a", Counted(), every=0.001))
    settle(worker)
    before = JobRun.objects.values().get(name="a")
    assert before["ended_at"] is None and before["done"] == 0


def test_a_second_worker_stands_by(make: Callable[..., Worker]) -> None:
    first, second = Counted(), Counted()
    elder = make(job("a", first))
    elder.holder = f"{socket.gethostname()}:{os.getppid()}:ab"
    settle(elder)
    settle(make(job("a", second)))
    assert (first.runs, second.runs) == (1, 0)


def test_a_lease_that_ended_is_taken_over(make: Callable[..., Worker]) -> None:
    JobRun.objects.create(
        name="a", holder="elsewhere:1:ab", lease_until=timezone.now() - timedelta(seconds=1)
    )
    counted = Counted()
    settle(make(job("a", counted)))
    assert counted.runs == 1


def test_a_lease_on_another_machine_is_respected(make: Callable[..., Worker]) -> None:
    JobRun.objects.create(
        name="a", holder="elsewhere:1:ab", lease_until=timezone.now() + timedelta(seconds=30)
    )
    counted = Counted()
    settle(make(job("a", counted)))
    assert counted.runs == 0


def test_the_lease_of_a_killed_worker_of_this_machine_is_taken_at_once(make: Callable[..., Worker]) -> None:
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    JobRun.objects.create(
        name="a",
        holder=f"{socket.gethostname()}:{dead.pid}:ab",
        lease_until=timezone.now() + timedelta(seconds=50),
    )
    counted = Counted()
    settle(make(job("a", counted)))
    assert counted.runs == 1


def test_who_is_gone() -> None:
    here = socket.gethostname()
    mine = f"{here}:{os.getpid()}:aa"
    assert not is_gone(mine, mine=mine)
    assert is_gone(f"{here}:{os.getpid()}:bb", mine=mine)
    assert not is_gone(f"{here}:{os.getppid()}:bb", mine=mine)
    assert not is_gone("elsewhere:1:bb", mine=mine)


def test_a_failing_job_waits_longer_each_time_and_leaves_only_a_type(make: Callable[..., Worker]) -> None:
    def fail() -> int:
        raise ValueError("canary-7Q2")

    counted = Counted(fail)
    worker = make(job("a", counted))
    settle(worker)
    run = JobRun.objects.get(name="a")
    assert (run.failures, run.error) == (1, "ValueError")
    assert run.due_at is not None and run.due_at > timezone.now() + timedelta(seconds=1)
    settle(worker)
    assert counted.runs == 1
    assert "canary" not in str(JobRun.objects.values())


def test_the_wait_doubles_up_to_a_limit() -> None:
    JobRun.objects.create(name="a")
    waits = [JobRun.failed("a", ValueError(), now=timezone.now()).total_seconds() for _ in range(12)]
    assert waits[:4] == [2, 4, 8, 16]
    assert waits[-1] == LONGEST_WAIT.total_seconds()


def test_a_success_ends_the_row_of_failures(make: Callable[..., Worker]) -> None:
    JobRun.objects.create(
        name="a", failures=5, error="ValueError", due_at=timezone.now() - timedelta(seconds=1)
    )
    settle(make(job("a", Counted())))
    run = JobRun.objects.get(name="a")
    assert (run.failures, run.error, run.due_at) == (0, "", None)


def test_one_that_breaks_does_not_stop_the_others(make: Callable[..., Worker]) -> None:
    def fail() -> int:
        raise RuntimeError

    good = Counted()
    worker = make({**job("bad", Counted(fail)), **job("good", good)})
    settle(worker)
    assert good.runs == 1


def test_a_stopped_worker_gives_its_leases_back(make: Callable[..., Worker]) -> None:
    worker = make(job("a", Counted()))
    settle(worker)
    assert JobRun.objects.get(name="a").holder == worker.holder
    worker.stop()
    assert JobRun.objects.get(name="a").holder == ""


def test_the_ledger_is_folded_by_a_job() -> None:
    assert "ledger.fold" in JOBS
