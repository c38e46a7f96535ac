"""Kill -9 at every statement and every write between a mail's first byte and its request, one after the
other, each time in a fresh copy of one portal.

Run by test_killed.py as a program of its own, because it forks. Prints one JSON object: how many deaths, and
what was wrong after which.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from kept.core.ledger import versions
from kept.core.ledger.notes import sign
from kept.core.vault.subject_keys import keys
from kept.mailroom import distribution
from kept.mailroom.models import ReceivedMail
from kept.mailroom.receiving import spool
from kept.mailroom.tests.letters import mail
from kept.rights.asking.models import Arrival
from kept.rights.requests.models import Request
from kept.testing import default_policy

WRITES = ("fsync", "replace", "unlink", "write", "open", "rename")
SAID = "250"
RAW = mail("Please tell me. " * 9000)


def made() -> None:
    keys.make_master_key(settings.KEPT_MASTER_KEY_FILE)
    sign.create_key(settings.KEPT_SIGNING_KEY_FILE)
    call_command("migrate", verbosity=0, skip_checks=True)
    versions.publish(default_policy(), effective=timezone.localdate(), by="Dana")
    connection.close()


def in_child(task: Callable[[], object]) -> int:
    """Run it in a process of its own. The exit code; 1 for an error, minus the signal's number for a
    death.
    """
    child = os.fork()
    if child == 0:
        code = 1
        try:
            task()
            code = 0
        except AssertionError as wrong:
            print(wrong, file=sys.stderr)
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def moved_to(home: Path) -> None:
    connection.close()
    connection.settings_dict["NAME"] = str(home / "kept.sqlite3")
    settings.KEPT_HOME = home


def received(home: Path) -> None:
    """As the LMTP server takes it in; what its client hears is a file beside the home."""
    _, file = spool.begin("lmtp", sender="eve@mail.example", recipients=["privacy@example.com"])
    for at in range(0, len(RAW), 10_000):
        file.write(RAW[at : at + 10_000])
    file.finish()
    home.with_name(SAID).write_text(SAID)


def given(home: Path) -> None:
    """As the worker would, waiting for no lease."""
    for _ in range(6):
        ReceivedMail.objects.exclude(due_at=None).update(due_at=timezone.now())
        distribution.distribute()


def dying_at(number: int, home: Path, task: Callable[[Path], None]) -> Callable[[], None]:
    """Do it, and die before statement or write ``number``."""

    def dies() -> None:
        moved_to(home)
        left = number

        def count() -> None:
            nonlocal left
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

        def statement(execute: Any, *said: Any) -> Any:
            count()
            return execute(*said)

        for name in WRITES:
            setattr(os, name, counting(getattr(os, name), count))
        with connection.execute_wrapper(statement):
            task(home)

    return dies


def counting(function: Any, count: Callable[[], None]) -> Any:
    def counted(*said: Any, **named: Any) -> Any:
        count()
        return function(*said, **named)

    return counted


def whole_where_it_was_said(home: Path) -> Callable[[], None]:
    """Whoever heard 250 has nothing left to send: all of it is here. What is here is whole, whoever heard
    what.
    """

    def looks() -> None:
        moved_to(home)
        there = spool.there()
        if home.with_name(SAID).exists():
            assert len(there) == 1, "250 was said, and the mail is not here"
        for id in there:
            assert b"".join(spool.pieces_of(id)) == RAW, "half of it is here"

    return looks


def once_in_the_end(home: Path) -> Callable[[], None]:
    """Whoever heard nothing sends it again; then it is one request, and nothing of it lies about."""

    def looks() -> None:
        moved_to(home)
        if not home.with_name(SAID).exists():
            received(home)
        given(home)
        assert Request.objects.count() == 1, f"{Request.objects.count()} requests of one mail"
        assert Arrival.objects.count() == 1 and spool.there() == [], "it lies about"
        ended = list(ReceivedMail.objects.values_list("outcome", flat=True))
        assert sorted(set(ended)) in (["taken"], ["same", "taken"]), ended
        (request,) = Request.objects.all()
        assert request.steps.count() == 1, "taken in twice"

    return looks


def copied(template: Path, to: Path) -> Path:
    shutil.rmtree(to, ignore_errors=True)
    shutil.copytree(template, to)
    to.with_name(SAID).unlink(missing_ok=True)
    return to


def walk(template: Path, run: Path) -> dict[str, Any]:
    made()
    wrong: list[str] = []
    deaths, seen = {"receiving": 0, "giving": 0}, set()
    for number in range(1, 500):
        home = copied(template, run)
        if in_child(dying_at(number, home, received)) != -signal.SIGKILL:
            break
        deaths["receiving"] += 1
        judge(wrong, f"receiving {number}", home)
    moved_to(template)
    received(template)
    connection.close()
    for number in range(1, 1500):
        home = copied(template, run)
        home.with_name(SAID).write_text(SAID)
        if in_child(dying_at(number, home, given)) != -signal.SIGKILL:
            break
        deaths["giving"] += 1
        state = state_of(home)
        # Inside one transaction each death leaves the same: it was begun again from there.
        if state not in seen and in_child(once_in_the_end(home)):
            wrong.append(f"giving {number}")
        seen.add(state)
    return {**deaths, "states": len(seen), "wrong": wrong}


def state_of(home: Path) -> tuple[Any, ...]:
    """How far it had come: how many rows each table has, what the mail's row says, and what lies in the
    spool.
    """
    with closing(sqlite3.connect(home / "kept.sqlite3")) as database:
        named = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
        tables = [name for (name,) in database.execute(named)]
        rows = tuple(database.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in tables)
        said = "SELECT mark IS NULL, verdict, attempts, outcome, ended_at IS NULL FROM mailroom_receivedmail"
        return rows, tuple(database.execute(said).fetchall()), len(list((home / "mailroom").glob("*.mail")))


def judge(wrong: list[str], when: str, home: Path) -> None:
    if in_child(whole_where_it_was_said(home)):
        wrong.append(f"{when}: lost")
    if in_child(once_in_the_end(home)):
        wrong.append(f"{when}: not once")


def main(template: Path, run: Path) -> None:
    connection.settings_dict["OPTIONS"]["init_command"] += " PRAGMA synchronous=OFF;"
    print(json.dumps(walk(template, run)))
