"""From the day it falls due to the last trace: whole, in order, in one go or after any death, and never said
before it is so.
"""

from __future__ import annotations

import os
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from kept.accounts.models import Session, User
from kept.core.ledger.models import Act
from kept.core.register.destroying import erasing
from kept.core.register.hooks import stalled_jobs
from kept.core.vault import gate
from kept.core.vault.sealed_files.files import SealedFile, path_of
from kept.core.vault.subject_keys import keys, residue
from kept.core.vault.subject_keys.keys import alias
from kept.outbox import silence
from kept.outbox.delivery import deliver
from kept.outbox.models import Message
from kept.people.models import Person
from kept.rights.erasure import flows, records, steps
from kept.rights.erasure.models import Erasure, Record
from kept.rights.receipts.models import Receipt
from kept.rights.receipts.offline import document_of
from kept.testing import reader_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _mail(settings: Any, home: Path) -> None:
    """Mail leaves: what is kept in a folder has a test of its own."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


@pytest.fixture
def elsewhere(tmp_path: Path, settings: Any) -> Path:
    settings.KEPT_ERASURES = tmp_path / "elsewhere"
    settings.KEPT_ERASURES.mkdir()
    return settings.KEPT_ERASURES


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody lingers in a test."""
    monkeypatch.setattr(steps, "LINGER", timedelta(0))


def asked(user: User, **more: Any) -> Erasure:
    return flows.ask(
        subject=user.person.pk,
        controller="cet-power",
        reader=reader_of(user),
        **{"wait": timedelta(0), **more},
    )


def worked_off(erasure: Erasure) -> Erasure:
    """As the worker does it, waiting for nothing."""
    for _ in range(20):
        Erasure.objects.filter(pk=erasure.pk).exclude(due_at=None).update(due_at=timezone.now())
        if not flows.work_due():
            break
        deliver()
    return Erasure.objects.get(pk=erasure.pk)


def said(number: str) -> list[dict[str, Any]]:
    return [
        document_of(one.text)["kept:details"]
        for one in Receipt.objects.filter(number=number).order_by("part")
    ]


def test_it_ends_whole_and_says_so(
    alice: User, charlie: User, elsewhere: Path, quick: None, mailoutbox: Any, client_of: Any
) -> None:
    subject, name, her_browser = alice.person.pk, alias(alice.person.pk), client_of(alice)
    with gate.purpose("own-data", reader=reader_of(alice), about=alice.person):
        file = SealedFile.write(subject, BytesIO(b"a copy"), category="rights.request")
    erasure = asked(alice, silence=True)
    mailoutbox.clear()
    done = worked_off(erasure)
    assert (
        done.state == "finished"
        and done.subject is None
        and done.remainder is None
        and done.letter_key is None
        and done.addresses == []
    )
    assert erasing.left_of(subject) == {} and keys.erased(subject) and not path_of(file).exists()
    assert not User.objects.filter(pk=alice.pk).exists() and her_browser.get("/me/").status_code == 302
    assert Person.objects.filter(pk=charlie.person.pk).exists() and not Session.objects.exists()
    first, last = said(done.receipt)
    assert first["State"].startswith("Destroyed") and last["State"] == "Whole: nothing is left"
    assert last["Traces in the database’s own files"].startswith(
        {"sqlite": "Gone on", "postgresql": "Vacuumed on"}[connection.vendor]
    )
    assert str(subject) not in "".join(Receipt.objects.values_list("text", flat=True)) and "alice" not in str(
        said(done.receipt)
    )
    assert records.read(elsewhere) == records.in_database() and records.matches(subject)
    assert silence.silenced("Alice@Example.com ")
    assert any(name in bytes(act.packed) and b"Erased" in bytes(act.packed) for act in Act.objects.all())


def test_the_letter_comes_when_nothing_else_is_left(alice: User, quick: None, mailoutbox: Any) -> None:
    erasure = asked(alice)
    deliver()
    mailoutbox.clear()
    flows.work_due()
    waiting = Erasure.objects.get(pk=erasure.pk)
    assert waiting.destroyed_at and not waiting.finished_at and not mailoutbox
    letter = Message.objects.get()
    assert letter.subject == waiting.letter_key and not keys.erased(letter.subject)
    done = worked_off(erasure)
    assert [mail.to for mail in mailoutbox] == [["alice@example.com"]] and done.receipt in mailoutbox[0].body
    assert not Message.objects.exists() and keys.erased(letter.subject) and done.finished_at


def test_a_mail_server_that_is_down_holds_up_the_last_word_and_nothing_else(
    alice: User, quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    erasure = asked(alice)
    monkeypatch.setattr(
        "django.core.mail.EmailMessage.send", lambda self: (_ for _ in ()).throw(OSError("refused"))
    )
    waiting = worked_off(erasure)
    assert waiting.destroyed_at and not waiting.finished_at and len(said(waiting.receipt)) == 1
    monkeypatch.undo()
    monkeypatch.setattr(steps, "LINGER", timedelta(0))
    Message.objects.exclude(due_at=None).update(due_at=timezone.now())
    assert worked_off(erasure).finished_at


def test_nothing_is_destroyed_while_the_second_place_does_not_answer(
    alice: User, elsewhere: Path, quick: None
) -> None:
    elsewhere.rmdir()
    erasure = worked_off(asked(alice))
    assert (erasure.state, erasure.trouble) == ("waiting", "RecordUnreachable")
    assert Person.objects.filter(pk=alice.person.pk).exists() and not Record.objects.exists()
    later = timezone.now() + timedelta(hours=2)
    assert stalled_jobs.standing_still(later)["Erasures"] == 1
    elsewhere.mkdir()
    assert worked_off(erasure).state == "finished"
    assert "Erasures" not in stalled_jobs.standing_still(later)


def test_a_full_disk_there_destroys_nothing(
    alice: User, elsewhere: Path, quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*anything: Any) -> None:
        raise OSError(28, "No space left on device")

    erasure = asked(alice)
    monkeypatch.setattr(os, "fsync", full)
    stuck = worked_off(erasure)
    assert (
        stuck.trouble == "RecordUnreachable"
        and not stuck.destroyed_at
        and Person.objects.filter(pk=alice.person.pk).exists()
    )
    monkeypatch.undo()
    monkeypatch.setattr(steps, "LINGER", timedelta(0))
    assert worked_off(erasure).finished_at


def test_it_is_not_reported_done_while_residue_is_left(
    alice: User, quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    erasure = asked(alice)
    monkeypatch.setattr(residue, "clean", lambda tables=(): False)
    waiting = worked_off(erasure)
    assert waiting.state == "destroyed" and len(said(waiting.receipt)) == 1
    monkeypatch.undo()
    monkeypatch.setattr(steps, "LINGER", timedelta(0))
    assert len(said(worked_off(erasure).receipt)) == 2


def test_what_a_slow_request_wrote_meanwhile_goes_too(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    erasure, subject = asked(alice), alice.person.pk
    worked_off(erasure)
    waiting = Erasure.objects.get(pk=erasure.pk)
    assert waiting.remainder == subject and not waiting.finished_at
    Message.objects.create(subject=subject, purpose="account", template="late")
    monkeypatch.setattr(steps, "LINGER", timedelta(0))
    assert worked_off(erasure).finished_at and erasing.left_of(subject) == {}


def test_two_workers_destroy_once(alice: User, quick: None) -> None:
    erasure = asked(alice)
    first = Erasure.claim(timezone.now())
    assert first is not None and Erasure.claim(timezone.now()) is None
    # The lease of the first ran out while it was slow, and both go on.
    second = Erasure.objects.get(pk=erasure.pk)
    steps.advance(first)
    steps.advance(second)
    worked_off(erasure)
    assert Receipt.objects.filter(kind="erasure").count() == 2 and Record.objects.count() == 1


def test_somebody_whose_key_is_gone_already_is_erased_as_well(alice: User, quick: None) -> None:
    erasure = asked(alice)
    keys.destroy(alice.person.pk)
    assert worked_off(erasure).finished_at and erasing.left_of(alice.person.pk) == {}
    assert not User.objects.filter(pk=alice.pk).exists()


def test_copies_of_mail_in_the_folder_go_and_the_last_one_an_hour_later(
    alice: User, charlie: User, quick: None, settings: Any, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.EMAIL_BACKEND, settings.EMAIL_FILE_PATH = (
        "django.core.mail.backends.filebased.EmailBackend",
        home / "mail",
    )
    asked(charlie, wait=timedelta(days=14))
    erasure = asked(alice, wait=timedelta(days=14))
    deliver()
    Erasure.objects.filter(pk=erasure.pk).update(falls_at=timezone.now(), due_at=timezone.now())
    waiting = worked_off(erasure)
    letters = [
        file.read_text() for file in (home / "mail").glob("*.log") if "alice@example.com" in file.read_text()
    ]
    assert len(letters) == 1 and "You were erased" in letters[0] and not waiting.finished_at
    monkeypatch.setattr(steps, "LETTER_STAYS", timedelta(0))
    assert worked_off(erasure).finished_at
    assert not [file for file in (home / "mail").glob("*.log") if "alice@example.com" in file.read_text()]
    assert [file for file in (home / "mail").glob("*.log") if "charlie@example.com" in file.read_text()]


def test_a_stranger_s_browser_in_which_her_address_was_typed_forgets_it(
    alice: User, charlie: User, quick: None
) -> None:
    for address in ("Alice@example.com", "charlie@example.com"):
        Client().post("/account/password/reset/", {"email": address})
    assert Session.objects.filter(user=None).count() == 2
    assert worked_off(asked(alice)).finished_at
    assert Session.objects.filter(user=None).count() == 1
