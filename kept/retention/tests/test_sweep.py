"""What has lived out its time dies, on the record, and nothing else does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone

from kept.accounts.models import SecurityEvent, User
from kept.core.ledger import fold
from kept.core.ledger.history import entries_of
from kept.core.ledger.verifying import verify
from kept.core.register.destroying import batches, erasing, expiring
from kept.core.vault import gate
from kept.core.vault.models import KeyRow, SealedFileRow, Token
from kept.core.vault.sealed_files.files import SealedFile, path_of
from kept.core.vault.subject_keys import keys
from kept.desk.models import Matter
from kept.equipment.models import Holding
from kept.outbox.mail import mail
from kept.outbox.models import Message
from kept.people import phones
from kept.people.models import Membership, Organisation, Person
from kept.retention import sweep
from kept.retention.models import Died
from kept.retention.tests.conftest import close, later, note
from kept.rights.models import Copy
from kept.testing import customer, reader_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a sweep has several, of one size however long they take: by rows, and where PostgreSQL counts,
    in two slices of what two people have here.
    """
    monkeypatch.setattr(batches, "BATCHES", dict.fromkeys(batches.BATCHES, batches.BATCH))
    monkeypatch.setattr(batches, "LARGEST", batches.BATCH)
    monkeypatch.setattr(batches, "TOO_LONG", float("inf"))
    monkeypatch.setattr(batches, "SLICE", 700)


@pytest.fixture
def apart(policy: Any) -> tuple[User, User]:
    """Two people in different halves of all ids there are."""
    found: dict[bool, User] = {}
    number = 0
    while len(found) < 2:
        number += 1
        user = customer(f"Kim {number}", f"kim.{number}@example.com")
        found[user.person_id.int >> 127 == 1] = user
    return found[False], found[True]


def test_a_line_of_the_security_log_dies_and_her_timeline_says_so(alice: User, charlie: User) -> None:
    old = note(alice, 3, ago=timedelta(days=91))
    note(alice)
    note(charlie)
    assert sweep.sweep() == 3
    assert SecurityEvent.objects.filter(pk__in=[event.pk for event in old]).count() == 0
    assert SecurityEvent.objects.count() == 2
    alias = keys.alias(alice.person_id)
    (entry,) = [entry for entry in entries_of(alias) if entry.kind == "expired"]
    assert entry.purpose == "security" and entry.role == "system"
    assert (
        entry.detail["rows"] == 3
        and entry.detail["what"] == "Your security log"
        and entry.detail["term"] == "90 days after it happened"
        and entry.detail["purposes"] == ["security"]
    )
    assert entry.payload == {"rows": 3, "clauses": ["3.4"]}
    assert [
        entry.kind for entry in entries_of(keys.alias(charlie.person_id)) if entry.kind == "expired"
    ] == []
    fold.fold()
    assert verify.verify() == []


def test_a_second_sweep_finds_nothing(alice: User) -> None:
    note(alice, ago=timedelta(days=91))
    assert sweep.sweep() == 1
    assert sweep.sweep() == 0


def test_many_go_in_batches_and_each_leaves_one_entry(apart: tuple[User, User]) -> None:
    for user in apart:
        note(user, 700, ago=timedelta(days=91))
    rests: list[float] = []
    assert sweep.sweep(rest=rests.append) == 1400
    assert len(rests) >= 2
    # By five hundred on SQLite; on PostgreSQL all of a person at once, as nobody waits for them.
    acts = {"sqlite": 3, "postgresql": 2}[connection.vendor]
    entries = [
        entry for user in apart for entry in entries_of(keys.alias(user.person_id)) if entry.kind == "expired"
    ]
    assert (
        sum(entry.detail["rows"] for entry in entries) == 1400
        and len({entry.act for entry in entries}) == acts
    )
    assert Died.objects.get().count == 1400


def test_more_people_than_an_act_can_touch_have_several(
    alice: User, charlie: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "PEOPLE", 1)
    monkeypatch.setattr(batches, "SLICE", 1000)
    for user in (alice, charlie):
        note(user, 3, ago=timedelta(days=91))
    assert sweep.sweep() == 6 and Died.objects.get().count == 6
    entries = [
        entry
        for user in (alice, charlie)
        for entry in entries_of(keys.alias(user.person_id))
        if entry.kind == "expired"
    ]
    assert [entry.detail["rows"] for entry in entries] == [3, 3]
    # A batch of SQLite never has more than five hundred.
    assert len({entry.act for entry in entries}) == {"sqlite": 1, "postgresql": 2}[connection.vendor]


def test_a_sweep_that_is_killed_goes_on_where_it_stopped(apart: tuple[User, User]) -> None:
    for user in apart:
        note(user, 600, ago=timedelta(days=91))

    def killed(seconds: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sweep.sweep(rest=killed)
    gone = Died.objects.get().count
    assert (
        gone == {"sqlite": 500, "postgresql": 600}[connection.vendor]
        and SecurityEvent.objects.count() == 1200 - gone
    )
    assert sweep.sweep() == 1200 - gone
    assert Died.objects.get().count == 1200


def test_a_batch_is_whole_or_not_at_all(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    note(alice, 3, ago=timedelta(days=91))

    def fails(*args: Any, **said: Any) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(batches, "record", fails)
    with pytest.raises(OSError, match="full"):
        sweep.sweep()
    assert SecurityEvent.objects.count() == 3 and not Died.objects.exists()


def test_whoever_closed_their_id_is_forgotten_when_the_last_term_is_over(alice: User) -> None:
    note(alice)
    close(alice)
    subject = alice.person_id
    sweep.sweep(later(days=29))
    assert User.objects.filter(pk=alice.pk).exists()
    sweep.sweep(later(days=31))
    assert not User.objects.filter(pk=alice.pk).exists()
    assert Person.objects.filter(pk=subject).exists(), "her security log is about somebody for 90 days"
    sweep.sweep(later(days=91))
    assert erasing.left_of(subject) == {} and keys.erased(subject)
    assert not Token.objects.filter(subject=subject).exists()


def test_nobody_with_an_open_id_is_ever_forgotten(alice: User, bob: User, charlie: User) -> None:
    before = {model: model.objects.count() for model in (User, Person, KeyRow)}
    sweep.sweep(later(days=20_000))
    assert {model: model.objects.count() for model in before} == before


def test_a_value_whose_purposes_are_over_goes_alone(bob: User) -> None:
    """Bob closed his customer's ID and still works here: name and address for mail stay, phone and postal
    address go.
    """
    with gate.purpose("account", reader=reader_of(bob), about=bob.person):
        bob.person.correct("phone", phones.parse("+32 2 555 01 23"))
        bob.person.correct("address", {"street": "1 Example Street"})
        bob.person.correct("country", "BE")
    close(bob)
    sweep.sweep(later(days=31))
    kept = Person.objects.filter(pk=bob.person_id)
    gone = {f"{name}__isnull": True for name in ("phone", "phone_typed", "phone_ix", "address", "country")}
    assert kept.filter(**gone, name__isnull=False, email__isnull=False).exists()
    entries = [entry.detail for entry in entries_of(keys.alias(bob.person_id)) if entry.kind == "expired"]
    assert {name for entry in entries for name in entry["fields"] if name.startswith("person.")} >= {
        "person.phone",
        "person.address",
    }
    assert sweep.sweep(later(days=31)) == 0


def test_files_go_with_their_rows(alice: User) -> None:
    with gate.purpose("own-data", reader=reader_of(alice), about=alice.person, source="copy"):
        file = SealedFile.write(alice.person_id, BytesIO(b"copy"), category="rights.request")
    copy = Copy.objects.create(
        subject=alice.person_id, finished_at=timezone.now() - timedelta(days=15), file=file
    )
    running = Copy.objects.create(subject=alice.person_id, due_at=timezone.now())
    assert sweep.sweep() == 1
    assert not Copy.objects.filter(pk=copy.pk).exists() and Copy.objects.filter(pk=running.pk).exists()
    assert not SealedFileRow.objects.filter(pk=file).exists()


@pytest.mark.django_db(transaction=True)
def test_the_content_of_a_file_goes_once_its_row_is_gone(alice: User) -> None:
    with gate.purpose("own-data", reader=reader_of(alice), about=alice.person, source="copy"):
        file = SealedFile.write(alice.person_id, BytesIO(b"copy"), category="rights.request")
    Copy.objects.create(subject=alice.person_id, finished_at=timezone.now() - timedelta(days=15), file=file)
    assert path_of(file).exists()
    sweep.sweep()
    assert not path_of(file).exists()


def test_what_still_has_work_to_do_is_left_alone(alice: User) -> None:
    waiting = mail(
        subject=alice.person_id,
        to="alice@example.com",
        template="rights/mail/copy_ready.txt",
        context={"until": timezone.now()},
        purpose="own-data",
    )
    sweep.sweep(later(days=400))
    assert Message.objects.filter(pk=waiting.pk).exists()
    Message.objects.filter(pk=waiting.pk).update(due_at=None, delivered_at=timezone.now())
    sweep.sweep(later(days=15))
    assert not Message.objects.filter(pk=waiting.pk).exists()


def test_a_matter_dies_by_its_own_purpose(alice: User, bob: User) -> None:
    for number, purpose in enumerate(("support", "sales"), 1001):
        Matter.objects.create(
            number=number,
            purpose=purpose,
            channel="phone",
            keeper=alice.person_id,
            person=alice.person,
            role="support",
            entity="",
            opener=bob.pk,
        )
    sweep.sweep(later(days=367))
    assert [matter.purpose for matter in Matter.objects.all()] == ["support"]
    sweep.sweep(later(days=3 * 366))
    assert not Matter.objects.exists()


def test_a_product_is_remembered_for_recalls_when_its_holder_gave_it_back(alice: User, unit: Any) -> None:
    with gate.purpose("registration", reader=reader_of(alice), about=alice.person):
        holding = unit.register_to(holder=alice.person, purchased=timezone.localdate())
        unit.release()
    sweep.sweep(later(days=800))
    kept = Holding.objects.filter(pk=holding.pk)
    assert kept.filter(purchase_date__isnull=True, warranty_from__isnull=True).exists(), (
        "the purchase is forgotten after two years, the product is not"
    )
    sweep.sweep(later(days=3700))
    assert not kept.exists()


def test_an_organisation_goes_with_its_last_member(alice: User) -> None:
    organisation = _founded(alice)
    sweep.sweep(later(days=5000))
    assert Organisation.objects.filter(pk=organisation.pk).exists()
    Membership.objects.update(until=timezone.now())
    close(alice)
    sweep.sweep(later(days=5000))
    assert not Organisation.objects.exists() and keys.erased(organisation.pk)


def _founded(alice: User) -> Organisation:
    id = uuid4()
    reader = reader_of(alice).founding(id)
    with gate.purpose("registration", reader=reader, about=alice.person):
        return Organisation.objects.found(id=id, name="Example Rail", by=alice.person)


def test_a_batch_is_as_large_as_other_writers_can_wait_for() -> None:
    quick, right = batches.ENOUGH / 2, batches.ENOUGH + 0.001
    assert batches._paced(400, quick, least=100) == 500, "no larger than the largest"
    assert batches._paced(100, quick, least=100) == 200
    assert batches._paced(400, right, least=100) == 400


def test_a_batch_that_took_long_is_followed_by_a_smaller_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "TOO_LONG", 0.03)
    assert batches._paced(400, 1.0, least=100) == 200
    assert batches._paced(100, 1.0, least=100) == 100, "no smaller than the first"


def test_a_person_that_two_batches_share_is_told_all_of_it(
    alice: User, charlie: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "BATCHES", dict.fromkeys(batches.BATCHES, 3))
    note(alice, 4, ago=timedelta(days=91))
    note(charlie, 4, ago=timedelta(days=91))
    note(alice, 2, ago=timedelta(days=1))
    (events,) = [one for one in expiring.due(later()) if one.model is SecurityEvent]
    done = list(batches.Sweeper(events, policy=1).batches())
    assert sum(batch.count for batch in done) == 8
    for user, left in ((alice, 2), (charlie, 0)):
        entries = entries_of(keys.alias(user.person_id))
        assert sum(one.detail["rows"] for one in entries if one.kind == "expired") == 4
        assert SecurityEvent.objects.filter(subject=user.person_id).count() == left


def test_the_law_of_the_gate_holds_in_the_sweep(
    alice: User, django_assert_max_num_queries: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A batch asks a fixed number of times, however many rows it takes."""
    monkeypatch.setattr(batches, "SLICE", 1_000_000)
    note(alice, 400, ago=timedelta(days=91))
    (events,) = [one for one in expiring.due(later()) if one.model is SecurityEvent]
    with django_assert_max_num_queries(7):
        assert [batch.count for batch in batches.Sweeper(events, policy=1).batches()] == [400]
