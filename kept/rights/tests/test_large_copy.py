"""A copy too large to wait for: made by the worker in her name, once, and destroyed on its day."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from typing import Any
from zipfile import ZipFile

import pytest
from django.core import mail
from django.utils import timezone

from kept.core.vault import gate
from kept.core.vault.errors import VaultError
from kept.core.vault.sealed_files.files import SealedFile, path_of
from kept.outbox.delivery import deliver
from kept.rights import flows, models
from kept.rights.models import ATTEMPTS, Copy
from kept.rights.tests.conftest import prove, said, write_many
from kept.testing import reader_of

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


def test_nobody_else_fetches_or_stops_it(
    client: Any, hers: Any, client_of: Any, charlie: Any, asked: Copy
) -> None:
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


def test_stopped_in_the_middle_nothing_is_kept_and_nobody_is_mailed(
    asked: Copy, alice: Any, monkeypatch: Any
) -> None:
    before = set(SealedFile.of(alice.subject))
    real = flows.pack

    def stopped_at_the_last_moment(**given: Any) -> Any:
        packed = real(**given)
        asked.stop()
        return packed

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
    """The first worker slept longer than its lease; the second finishes; the first finds that it is nobody's
    any more.
    """
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


def damaged(path: Any) -> None:
    path.write_bytes(path.read_bytes()[:-1] + b"x")


@pytest.mark.parametrize(
    "damage",
    [lambda path: path.unlink(), damaged, lambda path: path.write_bytes(b"")],
    ids=["lost", "altered", "emptied"],
)
def test_a_file_that_cannot_be_read_is_named_and_holds_up_nothing(
    sure: Any, alice: Any, asked: Copy, damage: Any, caplog: pytest.LogCaptureFixture
) -> None:
    with gate.purpose("own-data", reader=reader_of(alice), about=alice.person):
        _, gone = (
            SealedFile.write(alice.subject, io.BytesIO(b"x" * 70_000), category="rights.request", name=name)
            for name in ("a", "invoice.pdf")
        )
    damage(path_of(gone))
    flows.make_due()
    copy = Copy.objects.get()
    assert copy.finished_at and copy.left_out == 1
    inside = ZipFile(io.BytesIO(b"".join(sure.get(f"/me/copy/{copy.pk}/").streaming_content)))
    assert len([name for name in inside.namelist() if name.startswith("files/")]) == 1
    left = [
        row
        for row in json.loads(inside.read("inventory.json"))["not_included"]
        if "invoice.pdf" in row["title"]
    ]
    assert "lost or damaged on our side" in left[0]["why"] and b"invoice.pdf" in inside.read("index.html")
    assert "1 of the files you sent us cannot be read" in said(sure.get("/me/copy/"))
    deliver()
    assert "1 of the files you sent us cannot be read" in mail.outbox[0].body
    assert f"copy {copy.pk} lacks 1 sealed files" in caplog.text and "invoice" not in caplog.text


def test_one_that_is_given_up_is_told_to_her_and_to_the_operator(
    sure: Any, asked: Copy, monkeypatch: Any, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(**given: Any) -> None:
        raise VaultError("canary")

    monkeypatch.setattr(flows, "pack", broken)
    for _ in range(ATTEMPTS):
        Copy.objects.update(due_at=timezone.now())
        flows.make_due()
    assert "could not be made" in said(sure.get("/me/copy/"))
    assert "was given up: VaultError" in caplog.text and "canary" not in caplog.text
