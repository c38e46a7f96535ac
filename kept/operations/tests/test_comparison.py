"""Yesterday's database put back: it is seen, nobody's page is served, and a command mends it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from kept.__main__ import main
from kept.accounts.models import User
from kept.core.ledger import fold
from kept.core.ledger.notes import checkpoint_copies
from kept.core.register.hooks.jobs import Job
from kept.core.register.proving import proofs
from kept.operations import comparison
from kept.operations.worker import WHILE_CLOSED, Worker
from kept.people.models import Person
from kept.rights.erasure import records
from kept.rights.erasure.models import Erasure, Record
from kept.testing import PASSWORD

# One and the same in every process that collects these tests.
NOBODYS = "0f0e0d0c-0b0a-4908-8706-050403020100"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _compared_anew(monkeypatch: Any) -> Iterator[None]:
    monkeypatch.setattr(transaction, "on_commit", lambda follow, **_: follow())
    comparison.forget()
    yield
    comparison.forget()


@pytest.fixture
def place(tmp_path: Path, settings: Any) -> Path:
    settings.KEPT_ERASURES = tmp_path / "elsewhere"
    settings.KEPT_ERASURES.mkdir()
    return tmp_path / "elsewhere"


@pytest.fixture
def back(alice: User, place: Path) -> User:
    """Alice was erased, and the database of the day before was put back."""
    fold.fold()
    records.ship([records.make(id=uuid4(), subject=alice.person_id, at=timezone.now())])
    assert comparison.look().differences
    return alice


def reconciled(capsys: Any, *options: str) -> tuple[int, dict[str, Any]]:
    code = main(["reconcile", "--json", *options])
    return code, json.loads(capsys.readouterr().out)


def test_they_agree(alice: User, place: Path, capsys: Any) -> None:
    fold.fold()
    assert comparison.look() == comparison.Said()
    assert main(["reconcile"]) == 0 and "They agree: every checkpoint" in capsys.readouterr().out


def test_without_a_second_place_there_is_nothing_to_compare(alice: User, capsys: Any) -> None:
    assert comparison.look() == comparison.Said()
    assert main(["reconcile"]) == 0 and "No second place is named" in capsys.readouterr().out


def test_whoever_was_erased_is_not_served(back: User, client_of: Any) -> None:
    answer = client_of(back).get("/me/")
    assert answer.status_code == 503 and answer["Retry-After"] and "no-store" in answer["Cache-Control"]
    said = answer.content.decode()
    assert "kept reconcile --go-on" in said and "1 erasure is written down" in said and "Alice" not in said


@pytest.mark.parametrize(
    "address",
    [
        "/me/",
        "/me/profile/",
        "/desk/",
        "/account/login/",
        "/account/signup/",
        "/account/",
        "/privacy/ask/",
        "/privacy/request/",
        "/privacy/status/",
        "/privacy/status/Q-7KQ4-M2XD/",
        f"/privacy/acknowledgements/{NOBODYS}/",
        "/v1/data-rights-request/",
        f"/privacy/erasure/{NOBODYS}/abc/",
        "/demo/mail/",
        "/account/password/reset/",
    ],
)
def test_what_is_somebody_s_is_closed(back: User, client_of: Any, address: str) -> None:
    assert client_of(back).get(address).status_code == 503
    assert Client().post(address, {"login": "alice@example.com", "password": PASSWORD}).status_code == 503


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/products/",
        "/privacy/",
        "/privacy/promises/",
        "/privacy/changes/",
        "/privacy/checkpoint",
        "/checkpoint",
        "/privacy/key",
        "/privacy/policy.json",
        "/privacy/record/",
        "/health/live",
        "/health/started",
        "/tile/0/000.p/1",
    ],
)
def test_what_is_public_stays_open_and_greets_nobody(back: User, client_of: Any, address: str) -> None:
    browser = client_of(back)
    answer = browser.get(address)
    assert answer.status_code == 200 and ">Alice<" not in answer.content.decode(errors="replace")
    comparison.forget()
    assert browser.get("/me/").status_code == 200, "her session is there again afterwards"


def test_the_live_proof_says_so(back: User) -> None:
    answer = proofs.run("operations.backups_forget")
    assert answer.state == proofs.BROKEN and "this database is older" in answer.text


def test_health_says_why(back: User) -> None:
    answer = Client().get("/health/ready")
    assert answer.status_code == 503 and "kept reconcile" in answer.json()["because"][0]


def test_it_is_mended(back: User, client_of: Any, capsys: Any) -> None:
    browser = client_of(back)
    code, said = reconciled(capsys)
    assert code == 1 and said["differences"] and Person.objects.filter(pk=back.person_id).exists(), (
        "looking changes nothing"
    )
    code, said = reconciled(capsys, "--go-on")
    assert code == 0 and said["differences"] == [] and not Person.objects.filter(pk=back.person_id).exists()
    assert comparison.said() == comparison.Said() and browser.get("/me/").status_code == 302
    assert Client().get("/health/ready").status_code == 200 and Record.objects.count() == 1


def test_a_ledger_that_was_put_back_is_mended(alice: User, place: Path, capsys: Any) -> None:
    fold.fold()
    with connection.cursor() as cursor:
        for table in ("checkpoint", "tile", "touch", "act", "foldstate"):
            cursor.execute(f"DELETE FROM ledger_{table}")
    code, said = reconciled(capsys)
    assert code == 1 and "older than the second place" in said["differences"][0]
    assert (
        main(["reconcile", "--go-on"]) == 0 and "ended, and goes on from entry 0" in capsys.readouterr().out
    )
    assert comparison.look() == comparison.Said() and checkpoint_copies.lacking() == 0


def test_one_that_is_being_carried_out_is_no_difference(alice: User, place: Path) -> None:
    now = timezone.now()
    erasure = Erasure.objects.create(
        subject=alice.person_id, controller="cet-power", falls_at=now, begun_at=now
    )
    records.ship([records.make(id=erasure.pk, subject=alice.person_id, at=now)])
    assert comparison.look() == comparison.Said()


def test_what_is_past_its_day_is_no_difference(alice: User, place: Path) -> None:
    old = records.make(id=uuid4(), subject=alice.person_id, at=timezone.now())
    records.ship([records.Record(old.id, old.mark, old.at, "2020-01-01")])
    assert comparison.look() == comparison.Said()


def test_a_place_that_is_away_closes_nothing(alice: User, place: Path, client_of: Any) -> None:
    fold.fold()
    place.rename(place.with_name("away"))
    said = comparison.look()
    assert said.differences == () and "cannot be" in said.attention[0]
    assert client_of(alice).get("/me/").status_code == 200
    ready = Client().get("/health/ready")
    assert ready.status_code == 200 and ready.json()["attention"]


def test_a_place_that_was_lost_closes_nothing_and_begins_anew_when_told(
    alice: User, place: Path, capsys: Any
) -> None:
    fold.fold()
    Person.objects.get(pk=alice.person_id)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE ledger_foldstate SET noted = size")
    (place / checkpoint_copies.NAME).unlink()
    said = comparison.look()
    assert said.differences == () and "is empty, though" in said.attention[0]
    with pytest.raises(records.RecordUnreachable, match="Nobody is erased"):
        records.reachable()
    assert main(["reconcile", "--go-on"]) == 0 and "begins anew" in capsys.readouterr().out
    assert (place / checkpoint_copies.NAME).exists() and comparison.look() == comparison.Said()
    records.reachable()


def test_a_newer_database_is_no_difference(alice: User, place: Path, settings: Any, capsys: Any) -> None:
    settings.KEPT_ERASURES = None
    fold.fold()
    settings.KEPT_ERASURES = place
    assert comparison.look() == comparison.Said()
    assert main(["reconcile"]) == 0 and "lacks 1 newer" in capsys.readouterr().out


def test_a_request_reads_no_file(alice: User, place: Path, client_of: Any, monkeypatch: Any) -> None:
    fold.fold()
    comparison.look()
    monkeypatch.setattr(Path, "open", _never)
    monkeypatch.setattr(Path, "read_bytes", _never)
    assert client_of(alice).get("/me/").status_code == 200


def test_jobs_that_touch_people_wait(back: User) -> None:
    ran: list[str] = []
    names = ["outbox.deliver", "ledger.fold"]
    worker = Worker(
        {name: Job(name, timedelta(0), lambda name=name: ran.append(name) or 0) for name in names}
    )  # type: ignore[misc]
    worker._claim = lambda name: True  # type: ignore[method-assign]
    worker._do = lambda job: ran.append(job.name)  # type: ignore[method-assign]
    worker.tick()
    worker._hands.shutdown(wait=True)
    assert ran == ["ledger.fold"] and {"ledger.fold", "ledger.elsewhere"} <= WHILE_CLOSED


def test_the_watch_looks_again_by_itself(back: User, monkeypatch: Any) -> None:
    looked: list[int] = []
    monkeypatch.setattr(comparison, "look", lambda: looked.append(1) or comparison.Said(("other",)))
    monkeypatch.setattr(comparison, "EVERY", 0.01)
    monkeypatch.setattr(comparison, "connection", StringIO())
    told: list[object] = []
    monkeypatch.setattr(comparison.log, "error", lambda *said: told.append(said))
    comparison.watch()
    comparison.said()
    comparison.forget()
    for thread in threading.enumerate():
        if thread.name == "comparison":
            thread.join(5)
    assert looked and len(told) == 1, "once, and not at each look"


def _never(*_: object, **__: object) -> None:
    raise AssertionError("A file was read for a request.")
