"""Each way in which an erasure can be half turns the proof; so does one that is late, or said to be done too
early.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone

from kept.accounts.models import User
from kept.core.consent.models import StandingRow
from kept.core.register.proving import proofs
from kept.core.vault import gate
from kept.core.vault.models import KeyRow
from kept.core.vault.sealed_files.files import SealedFile
from kept.core.vault.subject_keys import keys
from kept.outbox.models import Message
from kept.people.models import Person
from kept.rights.erasure import flows, records, steps
from kept.rights.erasure.models import Erasure, Record
from kept.rights.receipts import flows as receipts
from kept.rights.receipts.models import Receipt
from kept.rights.requests.tests.conftest import hers
from kept.testing import reader_of

pytestmark = pytest.mark.django_db
WHOLE, IN_TIME = "erasure.whole", "erasure.in_time"


@pytest.fixture
def destroyed(alice: User, monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> Erasure:
    """Alice, erased; the letter and the residue wait."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.KEPT_ERASURES = tmp_path / "elsewhere"
    settings.KEPT_ERASURES.mkdir()
    erasure = flows.ask(
        subject=alice.person.pk, controller="cet-power", reader=reader_of(alice), wait=timedelta(0)
    )
    flows.work_due()
    return Erasure.objects.get(pk=erasure.pk)


def state(id: str) -> str:
    return proofs.run(id).state


def test_before_the_first_one_nothing_is_claimed(alice: User) -> None:
    assert state(WHOLE) == state(IN_TIME) == proofs.WAITING


def test_it_holds(destroyed: Erasure, charlie: User) -> None:
    assert proofs.run(WHOLE).state == proofs.KEPT, proofs.run(WHOLE).text
    assert state(IN_TIME) == proofs.KEPT


def a_row() -> None:
    Message.objects.create(subject=uuid4(), purpose="account", template="left")


def a_sign_in() -> None:
    User.objects.create_user("left@example.com", "otter lantern gravel")


def a_person() -> None:
    subject = uuid4()
    keys.enrol(subject, "cet-power")
    with gate.purpose("own-data", reader=steps.ERASER, about=flows.Job("left")):
        SealedFile.write(subject, BytesIO(b"left"), category="rights.request")
    # The key went by another way than an erasure.
    keys.destroy(subject)


def her_key() -> None:
    subject = uuid4()
    keys.enrol(subject, "cet-power")
    Record.objects.update(mark=records.mark_of(subject))


def no_record() -> None:
    Record.objects.all().delete()


def no_second_place() -> None:
    place = records.place()
    assert place
    place.unlink()


def said_whole_too_early() -> None:
    first = Receipt.objects.get(number=Erasure.objects.get().receipt)
    receipts.go_on(first, controller="cet-power", more={"State": "Whole: nothing is left"})


def reported_done_with_a_file_left() -> None:
    Erasure.objects.update(finished_at=timezone.now(), letter_key=None, remainder=None, files=[str(uuid4())])


def no_receipt() -> None:
    Receipt.objects.filter(kind="erasure").delete()


HALVES = (
    a_row,
    a_sign_in,
    a_person,
    her_key,
    no_record,
    no_second_place,
    said_whole_too_early,
    reported_done_with_a_file_left,
    no_receipt,
)


@pytest.mark.parametrize("half", HALVES, ids=lambda half: half.__name__)
def test_every_half_turns_it(destroyed: Erasure, half: Callable[[], None]) -> None:
    assert state(WHOLE) == proofs.KEPT
    half()
    assert state(WHOLE) == proofs.BROKEN


def test_the_second_place_out_of_reach_turns_it(destroyed: Erasure, settings: Any, tmp_path: Path) -> None:
    settings.KEPT_ERASURES = tmp_path / "not mounted"
    assert "does not answer" in proofs.run(WHOLE).text


def test_a_receipt_before_the_destruction_turns_it(alice: User) -> None:
    erasure = flows.ask(subject=alice.person.pk, controller="cet-power", reader=reader_of(alice))
    given = receipts.give("erasure", controller="cet-power", more={"State": "Destroyed"})
    Erasure.objects.filter(pk=erasure.pk).update(receipt=given.number)
    assert state(WHOLE) == proofs.BROKEN


def test_a_late_one_turns_the_other(alice: User) -> None:
    erasure = flows.ask(subject=alice.person.pk, controller="cet-power", reader=reader_of(alice))
    assert state(IN_TIME) == proofs.KEPT
    Erasure.objects.update(falls_at=timezone.now() - timedelta(hours=25))
    assert state(IN_TIME) == proofs.BROKEN and Person.objects.filter(pk=erasure.subject).exists()


def test_one_never_cleaned_up_after_turns_it(destroyed: Erasure) -> None:
    Erasure.objects.update(destroyed_at=timezone.now() - timedelta(hours=30), letter_key=None)
    assert state(IN_TIME) == proofs.BROKEN


def put_off_in_silence() -> None:
    Erasure.objects.update(falls_at=timezone.now() + timedelta(days=20_000))


def lost() -> None:
    Erasure.objects.all().delete()


def said_to_be_undone() -> None:
    Erasure.objects.update(undone_at=timezone.now(), due_at=None)


@pytest.mark.parametrize("breaking", [put_off_in_silence, lost, said_to_be_undone])
def test_what_was_promised_to_the_person_counts_and_not_its_row(
    alice: User, breaking: Callable[[], None]
) -> None:
    flows.ask(subject=alice.person.pk, controller="cet-power", reader=reader_of(alice))
    assert state(IN_TIME) == proofs.KEPT
    breaking()
    assert state(IN_TIME) == proofs.BROKEN


def test_one_that_was_undone_by_her_is_over(alice: User) -> None:
    erasure = flows.ask(subject=alice.person.pk, controller="cet-power", reader=reader_of(alice))
    flows.undo(erasure=erasure, reader=reader_of(alice))
    assert state(IN_TIME) == proofs.WAITING


def test_somebody_who_was_erased_and_has_a_key_again_turns_it(
    alice: User, settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Rows and key as they were before the erasure, put back past every verb; even the record of it is
    gone.
    """
    before = KeyRow.objects.filter(pk=alice.person.pk).values().get()
    settings.KEPT_ERASURES = None
    flows.ask(subject=alice.person.pk, controller="cet-power", reader=reader_of(alice), wait=timedelta(0))
    flows.work_due()
    Record.objects.all().delete()
    Erasure.objects.all().delete()
    StandingRow.objects.create(pk=before["standing_id"])
    KeyRow.objects.bulk_create([KeyRow(**before)])
    said = proofs.run(WHOLE)
    assert said.state == proofs.BROKEN and "have a key again" in said.text


def test_whoever_is_erased_takes_their_open_requests_along(
    alice: User, charlie: User, settings: Any, tmp_path: Path
) -> None:
    """Its end stands in the ledger as the act of the erasure; nobody else's question can be closed by
    blanking whose it is.
    """
    settings.KEPT_ERASURES = tmp_path / "elsewhere"
    settings.KEPT_ERASURES.mkdir()
    hers(alice)
    hers(charlie)
    flows.ask(subject=alice.person.pk, controller="cet-power", reader=reader_of(alice), wait=timedelta(0))
    flows.work_due()
    said = proofs.run("requests.in_time")
    assert said.state == proofs.KEPT, said.text
    with connection.cursor() as cursor:
        blank = (
            "UPDATE requests_request SET keeper = NULL, person_id = NULL, closed_at = recorded_at, outcome ="
            " 'revoked'"
        )
        cursor.execute(f"{blank} WHERE closed_at IS NULL")
    assert state("requests.in_time") == proofs.BROKEN
