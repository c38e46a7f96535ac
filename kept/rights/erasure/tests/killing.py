"""Kill -9 at every statement and every write of an erasure, one after the other, each time in a fresh copy of
one portal.

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
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from kept.core.ledger import versions
from kept.core.ledger.notes import sign
from kept.core.register.destroying import erasing
from kept.core.vault import gate
from kept.core.vault.sealed_files.files import SealedFile
from kept.core.vault.subject_keys import keys
from kept.outbox import silence
from kept.outbox.delivery import deliver
from kept.outbox.models import Message
from kept.people.models import Membership, Organisation, Person
from kept.rights.erasure import flows, records, steps
from kept.rights.erasure.models import Erasure
from kept.rights.receipts.models import Receipt
from kept.rights.receipts.offline import document_of
from kept.rights.requests import flows as requests
from kept.testing import customer, default_policy, reader_of

HERS, HIS = "alice.canary@example.com", "charlie@example.com"
WRITES = ("fsync", "replace", "unlink", "write", "ftruncate")


def made() -> tuple[Any, Any]:
    """A portal with two people, a file, a question and a seat of hers, and her erasure on its day.

    An erasure follows the tables that hold something: the last two are emptied by their own rooms.
    """
    keys.make_master_key(settings.KEPT_MASTER_KEY_FILE)
    sign.create_key(settings.KEPT_SIGNING_KEY_FILE)
    call_command("migrate", verbosity=0, skip_checks=True)
    versions.publish(default_policy(), effective=timezone.localdate(), by="Dana")
    alice, charlie = customer("Alice Canary", HERS), customer("Charlie Weber", HIS)
    with gate.purpose("own-data", reader=reader_of(alice), about=alice.person):
        SealedFile.write(alice.person_id, BytesIO(b"canary"), category="rights.request")
    founded = uuid4()
    founder = reader_of(alice).founding(founded)
    with gate.purpose("registration", reader=founder, about=alice.person, source="product registration"):
        works = Organisation.objects.found(id=founded, by=alice.person, name="Moulin Télécom")
        works.admit(charlie.person, role=Membership.Role.ENGINEER)
    requests.receive(
        kind="question",
        text="Who has it?",
        channel="site",
        country="BE",
        email=HERS,
        reader=reader_of(alice),
    )
    flows.ask(
        subject=alice.person_id,
        controller="cet-power",
        reader=reader_of(alice),
        wait=timedelta(0),
        silence=True,
    )
    connection.close()
    return alice.person_id, charlie.person_id


def in_child(task: Callable[[], object]) -> int:
    """Run it in a process of its own.

    The exit code; 1 for an error, minus the signal's number for a death.
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
    settings.KEPT_HOME, settings.KEPT_ERASURES = home, home.with_name(home.name + ".elsewhere")


def carried_out(home: Path) -> None:
    """As the worker would, waiting for nothing. Letters are counted in a file: a letter is a byte outside."""

    def send(letter: EmailMessage, fail_silently: bool = False) -> int:
        with (home.with_name(home.name + ".letters")).open("a") as out:
            out.write(f"{letter.to} {letter.subject}\n")
        return 1

    EmailMessage.send = send  # type: ignore[method-assign]
    for _ in range(30):
        Erasure.objects.exclude(due_at=None).update(due_at=timezone.now())
        if not flows.work_due():
            break
        # The lease of whoever died over a letter is not waited for either.
        Message.objects.exclude(due_at=None).update(due_at=timezone.now())
        deliver()


def dying_at(number: int, home: Path) -> Callable[[], None]:
    """Carry it out, and die before statement or write ``number``."""

    def task() -> None:
        moved_to(home)
        left = number

        def count() -> None:
            nonlocal left
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

        def statement(execute: Any, *given: Any) -> Any:
            count()
            return execute(*given)

        for name in WRITES:
            setattr(os, name, counting(getattr(os, name), count))
        with connection.execute_wrapper(statement):
            carried_out(home)

    return task


def counting(function: Any, count: Callable[[], None]) -> Any:
    def counted(*given: Any, **named: Any) -> Any:
        count()
        return function(*given, **named)

    return counted


def said(kind: str) -> list[str]:
    return [
        document_of(one.text)["kept:details"].get("State", "")
        for one in Receipt.objects.filter(kind=kind).order_by("part")
    ]


def after_death(home: Path, hers: Any) -> Callable[[], None]:
    """Never half: before the one transaction everything is there, after it nothing; and nothing is said that
    is not so.
    """

    def task() -> None:
        moved_to(home)
        left, there = erasing.left_of(hers), Person.objects.filter(pk=hers).exists()
        written = {one.id for one in records.read(settings.KEPT_ERASURES)}
        erasure = Erasure.objects.get()
        if there:
            assert not keys.erased(hers) and left["accounts_user"] and left["people_person"], (
                "half of her is gone"
            )
            assert said("erasure") == [], "a receipt before the destruction"
        else:
            assert left == {} and keys.erased(hers), f"half of her is left: {left}"
            assert str(erasure.pk) in written and records.matches(hers), (
                "destroyed, and not written down before"
            )
            assert said("erasure")[0].startswith("Destroyed"), "no receipt"
        if len(said("erasure")) > 1:
            assert erasure.finished_at and erasure.letter_key is None and erasure.files == [], (
                "said to be whole too early"
            )

    return task


def restarted(home: Path, hers: Any, his: Any) -> Callable[[], None]:
    """Ends fully erased, with one receipt of two parts, one record, at least one letter; and he is
    untouched.
    """

    def task() -> None:
        moved_to(home)
        carried_out(home)
        erasure = Erasure.objects.get()
        assert erasure.state == "finished", f"stands still at {erasure.state}: {erasure.trouble}"
        assert erasing.left_of(hers) == {} and erasing.orphans() == {}, "something of her is left"
        assert said("erasure")[1:] == ["Whole: nothing is left"]
        assert [one.id for one in records.read(settings.KEPT_ERASURES)] == [str(erasure.pk)]
        assert not [path for path in (home / "files").rglob("*") if path.is_file()], "a file of hers is left"
        assert silence.silenced(HERS) and not keys.erased(his) and Person.objects.filter(pk=his).exists()
        letters = home.with_name(home.name + ".letters").read_text()
        assert "You were erased" in letters, "nobody told her"

    return task


def undone(home: Path, hers: Any) -> Callable[[], None]:
    """Where it has not begun, she can still undo it: then everything is as it was."""

    def task() -> None:
        moved_to(home)
        erasure = Erasure.objects.get()
        try:
            flows.undo(erasure=erasure, reader=steps.ERASER)
        except flows.TooLate:
            raise AssertionError("neither begun nor to be undone") from None
        carried_out(home)
        assert Person.objects.filter(pk=hers).exists() and not keys.erased(hers) and not records.matches(hers)
        assert records.read(settings.KEPT_ERASURES) == [], "undone, and written down as erased"
        assert said("request")[-1].startswith("Undone")

    return task


def copied(template: Path, to: Path) -> Path:
    shutil.rmtree(to, ignore_errors=True)
    shutil.copytree(template, to)
    elsewhere = to.with_name(to.name + ".elsewhere")
    shutil.rmtree(elsewhere, ignore_errors=True)
    elsewhere.mkdir()
    to.with_name(to.name + ".letters").unlink(missing_ok=True)
    return to


def walk(template: Path, run: Path) -> dict[str, Any]:
    hers, his = made()
    wrong, deaths, seen = [], 0, set()
    for number in range(1, 2000):
        home = copied(template, run)
        if in_child(dying_at(number, home)) != -signal.SIGKILL:
            break
        deaths += 1
        if not begun(home):
            # The same death once more, for whoever would rather undo it.
            twin = copied(home, run.with_name("twin"))
            if in_child(undone(twin, hers)):
                wrong.append(f"{number}: undone")
        if in_child(after_death(home, hers)):
            wrong.append(f"{number}: half")
        state = state_of(home)
        if state in seen:
            continue  # Inside one transaction each death leaves the same: it was begun again from there.
        seen.add(state)
        if in_child(restarted(home, hers, his)):
            wrong.append(f"{number}: again")
    return {"deaths": deaths, "states": len(seen), "wrong": wrong}


def state_of(home: Path) -> tuple[Any, ...]:
    """How far it had come: which steps are dated, how many rows each table has, what lies in the files and in
    the second place.
    """
    with closing(sqlite3.connect(home / "kept.sqlite3")) as database:
        tables = [
            name
            for (name,) in database.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
            )
        ]
        rows = tuple(database.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in tables)
        steps_taken = database.execute(
            "SELECT begun_at IS NULL, recorded_at IS NULL, destroyed_at IS NULL, finished_at IS NULL, letter"
            " IS NULL, remainder IS NULL, files FROM erasure_erasure"
        ).fetchall()
        letters = database.execute(
            "SELECT delivered_at IS NULL, due_at IS NULL FROM outbox_message ORDER BY queued_at"
        ).fetchall()
    outside = [
        home / "files",
        home.with_name(home.name + ".elsewhere"),
        home.with_name(home.name + ".letters"),
    ]
    sizes = tuple(
        path.stat().st_size
        for place in outside
        for path in ([place] if place.is_file() else sorted(place.rglob("*")))
        if path.is_file()
    )
    return (rows, *steps_taken, *letters, sizes)


def begun(home: Path) -> bool:
    with closing(sqlite3.connect(home / "kept.sqlite3")) as database:
        return bool(database.execute("SELECT 1 FROM erasure_erasure WHERE begun_at IS NOT NULL").fetchone())


def main(template: Path, run: Path) -> None:
    """Nobody lingers, nothing is waited for: neither for disks nor for hashes."""
    steps.LINGER = timedelta(0)
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    connection.settings_dict["OPTIONS"]["init_command"] += " PRAGMA synchronous=OFF;"
    print(json.dumps(walk(template, run)))
