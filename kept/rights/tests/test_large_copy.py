"""A copy too large to wait for: made by the worker in her name, once, and destroyed on its day."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any
from zipfile import ZipFile

import pytest
from django.core import mail
from django.utils import timezone

from kept.core.vault.errors import VaultError
from kept.core.vault.files import SealedFile
from kept.outbox.delivery import deliver
from kept.rights import flows, models
from kept.rights.models import ATTEMPTS, Copy
from kept.rights.tests.conftest import prove, said, write_many

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def little(monkeypatch: Any) -> None:
    """So that few records are many."""
    monkeypatch.setattr(flows, "SMALL", 5)


@pytest.fixture
def asked(sure: Any, alice: Any) -> Copy:
    write_many(alice, 10)
    assert sure.post("/me/copy/", {"scope": "all"}).status_code == 302
    return Copy.objects.get()


def test_it_is_counted_made_mailed_and_fetched(sure: Any, asked: Copy) -> None:
    assert f"Packing 0 of {asked.all} records" in said(sure.get("/me/copy/")) and asked.all > 10
    assert flows.make_due() == 1 and flows.make_due() == 0
    deliver()
    assert [message.subject for message in mail.outbox] == ["Your copy is ready"]
    assert "It waits until" in said(sure.get("/me/copy/"))
    answer = sure.get(f"/me/copy/{asked.pk}/")
    inside = ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    assert "Matter of record 9" in inside.read("data/desk_matter.json").decode()


def test_nobody_else_fetches_or_stops_it(client: Any, hers: Any, client_of: Any, charlie: Any, asked: Copy) -> None:
    flows.make_due()
    his = prove(client_of(charlie))
    assert his.get(f"/me/copy/{asked.pk}/").status_code == 404
    assert his.post(f"/me/copy/{asked.pk}/stop/").status_code == 404
    assert client.get(f"/me/copy/{asked.pk}/").url.startswith("/account/login/")


def test_fetching_it_asks_who_she_is(client_of: Any, alice: Any, asked: Copy) -> None:
    flows.make_due()
    assert client_of(alice).get(f"/me/copy/{asked.pk}/").url.startswith("/account/reauthenticate/")


def test_a_second_one_within_the_hour_is_the_first(sure: Any, asked: Copy) -> None:
    answer = sure.post("/me/copy/", {"scope": "all"})
    assert answer.status_code == 409 and "is still valid" in said(answer)
    assert sure.post("/me/copy/", {"scope": "some", "categories": ["contact.email"]}).status_code == 302
    assert Copy.objects.count() == 2


def test_one_handed_over_at_once_is_not_in_the_way(sure: Any, alice: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(flows, "SMALL", 1000)
    sure.post("/me/copy/", {"scope": "all"})
    monkeypatch.setattr(flows, "SMALL", 5)
    write_many(alice, 10)
    assert sure.post("/me/copy/", {"scope": "all"}).status_code == 302


def test_stopped_before_it_begins(sure: Any, asked: Copy) -> None:
    sure.post(f"/me/copy/{asked.pk}/stop/")
    assert flows.make_due() == 0
    assert "Being made" not in said(sure.get("/me/copy/"))


def test_stopped_in_the_middle_nothing_is_kept_and_nobody_is_mailed(asked: Copy, alice: Any, monkeypatch: Any) -> None:
    before = set(SealedFile.of(alice.subject))
    real = flows.pack

    def stopped_at_the_last_moment(**given: Any) -> None:
        real(**given)
        asked.stop()

    monkeypatch.setattr(flows, "pack", stopped_at_the_last_moment)
    flows.make_due()
    copy = Copy.objects.get()
    assert copy.stopped_at and not copy.finished_at and copy.file is None
    assert set(SealedFile.of(alice.subject)) == before
    deliver()
    assert mail.outbox == []


def test_a_failure_does_not_wake_a_stopped_one(asked: Copy, monkeypatch: Any) -> None:
    def stopped_and_broken(**given: Any) -> None:
        asked.stop()
        raise VaultError("the disk is gone")

    monkeypatch.setattr(flows, "pack", stopped_and_broken)
    flows.make_due()
    copy = Copy.objects.get()
    assert copy.stopped_at and copy.due_at is None and copy.ticket == ""


def test_one_taken_over_by_another_worker_is_finished_once(asked: Copy, monkeypatch: Any) -> None:
    """The first worker slept longer than its lease; the second finishes; the first finds that it is nobody's any more."""
    real, slept = flows.pack, []

    def slow(**given: Any) -> Any:
        packed = real(**given)
        if not slept:
            slept.append(True)
            Copy.objects.update(due_at=timezone.now() - timedelta(seconds=1))
            assert flows.make_due() == 1
        return packed

    monkeypatch.setattr(flows, "pack", slow)
    flows.make_due()
    deliver()
    assert len(mail.outbox) == 1 and len(SealedFile.of(asked.subject)) == 1
    assert Copy.objects.get().finished_at


def test_a_full_disk_is_tried_again_and_given_up(asked: Copy, monkeypatch: Any) -> None:
    def full(**given: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(flows, "pack", full)
    for _ in range(ATTEMPTS):
        assert flows.make_due() == 1
        Copy.objects.filter(stopped_at=None).update(due_at=timezone.now())
    copy = Copy.objects.get()
    assert copy.stopped_at and copy.trouble == "OSError" and copy.ticket == "" and flows.make_due() == 0


def test_one_that_kills_its_worker_is_given_up(asked: Copy) -> None:
    for _ in range(ATTEMPTS):
        assert Copy.claim(timezone.now())
        Copy.objects.update(due_at=timezone.now())
    assert Copy.claim(timezone.now()) is None
    assert Copy.objects.get().stopped_at


def test_the_lease_is_longer_than_a_breath_and_shorter_than_a_coffee() -> None:
    assert timedelta(seconds=30) <= models.LEASE <= timedelta(minutes=2)


def test_it_dies_on_its_day(sure: Any, asked: Copy) -> None:
    flows.make_due()
    Copy.objects.update(dies_at=timezone.now() - timedelta(seconds=1))
    assert sure.get(f"/me/copy/{asked.pk}/").status_code == 404
    assert flows.throw_away_dead() == 1
    assert SealedFile.of(asked.subject) == [] and Copy.objects.get().file is None
