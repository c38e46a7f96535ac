"""Runs the register's jobs.

State is the truth: a job looks for what is due, so killing a worker loses nothing.

Each job belongs to one worker at a time, by a lease in its row. A worker that dies without a word gives its
jobs up when the lease ends, or at once when another worker on the same machine sees that it is gone. Idle
jobs write nothing.
"""

from __future__ import annotations

import logging
import os
import secrets
import signal
import socket
import threading
import time
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta

from django.db import DatabaseError, close_old_connections
from django.utils import timezone

from kept.core.register.hooks.jobs import Job
from kept.operations import comparison
from kept.operations.models import JobRun

LEASE = timedelta(seconds=60)
# Two jobs at a time: a long copy must not hold up the mails.
HANDS = 2
# A job that did something runs again at once, yet leaves others room to write.
BREATH = 0.05
LONGEST_NAP = 1.0
PATIENCE = 8.0
AFTER_THE_START = 10.0
"""Seconds until the jobs that come last begin.

Whoever starts a portal waits for its web; what the proofs need is loaded when that stands.
"""

# What goes on while the database is not the one the second place knows: nothing that reads of a person, or
# writes to one.
WHILE_CLOSED = frozenset(
    {"ledger.fold", "ledger.elsewhere", "ledger.witnesses", "promises.prove", "operations.backups"}
)

log = logging.getLogger("kept.worker")


class Worker:
    """``tick()`` starts what is due and says how long to sleep; ``run()`` ticks until told to stop."""

    def __init__(self, jobs: Mapping[str, Job], *, lease: timedelta = LEASE) -> None:
        self.jobs = dict(sorted(jobs.items(), key=lambda one: one[1].last))
        self.lease = lease
        self.holder = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        self.stopping = threading.Event()
        self._due = dict.fromkeys(jobs, 0.0)
        self._running: dict[str, Future[None]] = {}
        self._renewed = time.monotonic()
        self._hands = ThreadPoolExecutor(HANDS, thread_name_prefix="job")

    def run(self) -> None:
        """Work until SIGTERM or SIGINT.

        Jobs in hand get a few seconds to finish; what they leave is still due.
        """
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self.stopping.set())
        begin = time.monotonic() + AFTER_THE_START
        self._due |= {name: begin for name, job in self.jobs.items() if job.last}
        while not self.stopping.is_set():
            try:
                nap = self.tick()
            except DatabaseError as broken:
                log.error("The database does not answer; trying again.", exc_info=broken)
                nap = 2.0
            self.stopping.wait(nap)
        self.stop()

    def tick(self) -> float:
        """Start every job that is due and free. Returns the seconds until the next one is."""
        close_old_connections()
        self._renew()
        # Only this thread touches the list: a job may end before it has been noted that it began.
        self._running = {name: hand for name, hand in self._running.items() if not hand.done()}
        now = time.monotonic()
        for name, job in self.jobs.items():
            if name not in self._running and self._due[name] <= now:
                if comparison.said().differences and name not in WHILE_CLOSED:
                    self._due[name] = now + max(job.every.total_seconds(), LONGEST_NAP)
                elif self._claim(name):
                    self._running[name] = self._hands.submit(self._do, job)
                else:
                    self._due[name] = now + max(job.every.total_seconds(), LONGEST_NAP)
        waiting = [due for name, due in self._due.items() if name not in self._running]
        return min(max(min(waiting, default=0.0) - time.monotonic(), BREATH), LONGEST_NAP)

    def stop(self) -> None:
        """Finish what is in hand, for a while, and give the leases back."""
        end = time.monotonic() + PATIENCE
        self._hands.shutdown(wait=False, cancel_futures=True)
        while not self.is_idle() and time.monotonic() < end:
            time.sleep(BREATH)
        JobRun.objects.release(self.holder)

    def is_idle(self) -> bool:
        """Whether no job is in hand."""
        return all(hand.done() for hand in self._running.values())

    def _claim(self, name: str) -> bool:
        now = timezone.now()
        dead = [holder for holder in JobRun.objects.holders() if is_gone(holder, mine=self.holder)]
        return JobRun.objects.claim(
            name, holder=self.holder, until=now + self.lease, now=now, dead=dead
        ) or self._enter(name)

    def _enter(self, name: str) -> bool:
        """A job that no worker has met yet gets its row, and is claimed at the next tick."""
        _, new = JobRun.objects.get_or_create(name=name)
        return new and self._claim(name)

    def _renew(self) -> None:
        if time.monotonic() - self._renewed > self.lease.total_seconds() / 3:
            JobRun.objects.renew(self.holder, until=timezone.now() + self.lease)
            self._renewed = time.monotonic()

    def _do(self, job: Job) -> None:
        rest = job.every.total_seconds()
        try:
            done = job.run()
            if done or JobRun.objects.filter(name=job.name, failures__gt=0).exists():
                JobRun.succeeded(job.name, done=done, now=timezone.now())
            rest = BREATH if done else rest
        except Exception as error:
            # Whatever went wrong in one job must not stop the others.
            rest = self._failed(job, error)
        finally:
            close_old_connections()
            self._due[job.name] = time.monotonic() + rest

    def _failed(self, job: Job, error: Exception) -> float:
        try:
            wait = JobRun.failed(job.name, error, now=timezone.now()).total_seconds()
        except DatabaseError:
            wait = LONGEST_NAP
        log.error("The job %s failed; again in %d s.", job.name, wait, exc_info=error)
        return wait


def is_gone(holder: str, *, mine: str) -> bool:
    """Whether a holder was a process of this machine that is no more.

    One on another machine is left to its lease.
    """
    host, pid, _ = holder.rsplit(":", 2)
    if holder == mine or host != socket.gethostname():
        return False
    if int(pid) == os.getpid():
        # This very number, but not this worker: an earlier life of the machine or the container.
        return True
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
