"""The gate: who may open what for which purpose, and what each act leaves in the ledger."""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from importlib import import_module
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction

from kept.core.consent.choices import restrict
from kept.core.ledger import versions
from kept.core.ledger.history import Entry, entries_of
from kept.core.ledger.models import Act as LedgerRow
from kept.core.policy.loader import from_files
from kept.core.policy.verdict import Reader
from kept.core.vault.columns.values import Hidden, show
from kept.core.vault.errors import (
    GeneratorRefused,
    KeyErased,
    MatterRequired,
    NestedInTransaction,
    NotAllowed,
    PurposeRequired,
    ReasonRequired,
)
from kept.core.vault.gate import purpose
from kept.core.vault.history import own_proof_salt, timeline
from kept.core.vault.readers import Job, StaffReader, SystemReader
from kept.core.vault.session_proofs import SessionProof, own
from kept.core.vault.subject_keys import keys
from kept.core.vault.tests.conftest import Matter, themselves
from kept.core.vault.tests.guided import acknowledged
from kept.core.vault.tests.models import Person, Purchase, Ticket

pytestmark = pytest.mark.django_db


def last_entry(person: Person) -> Entry:
    return entries_of(keys.alias(person.pk))[0]


# Who may open it


def test_it_refuses_whoever_has_no_business_here(alice: Person, matter: Matter) -> None:
    charlie = acknowledged(StaffReader(role="marketing", entity="cet-power", actor=uuid4()))
    with purpose("support", reader=charlie, about=matter) as act, pytest.raises(NotAllowed) as no:
        Person.objects.get(pk=alice.pk).email
    assert no.value.refused.clause and no.value.refused.who_to_ask
    assert act.refusals == [no.value.refused]
    entry = last_entry(alice)
    assert (entry.kind, entry.detail["fields"], list(entry.detail["refused"])) == (
        "refused",
        {},
        ["contact.email"],
    )


def test_a_purpose_opens_what_it_uses_and_nothing_else(alice: Person, matter: Matter) -> None:
    with purpose("registration", reader=themselves(alice.pk), about=alice):
        bought = Purchase.objects.create(person=alice, serial="1", bought="2026-01-01")
    seller = acknowledged(StaffReader(role="sales", entity="cet-power", actor=uuid4()))
    with purpose("sales", reader=seller, about=matter):
        assert Person.objects.get(pk=alice.pk).name == "Alice Martin"
        with pytest.raises(NotAllowed):
            Purchase.objects.get(pk=bought.pk).bought


def test_nobody_reads_without_being_known(alice: Person, matter: Matter) -> None:
    for reader in (None, Reader("support", "cet-power"), Reader("self"), SystemReader(), "support"):
        with pytest.raises(PurposeRequired), purpose("support", reader=reader, about=matter):  # type: ignore[arg-type]
            pass


def test_a_purpose_the_policy_does_not_know_is_refused(alice: Person, bob: Any, matter: Matter) -> None:
    with pytest.raises(NotAllowed), purpose("curiosity", reader=bob, about=matter):
        pass


@pytest.mark.parametrize(
    "about",
    [None, "case 7", Matter(matter_open=False), Matter(matter_ref=""), Matter(matter_open=lambda: True)],
)  # type: ignore[arg-type]
def test_staff_need_an_open_matter(about: Any, alice: Person, bob: Any) -> None:
    with pytest.raises(MatterRequired), purpose("support", reader=bob, about=about):
        pass


def test_staff_need_a_reason_for_what_is_masked(alice: Person, bob: Any, matter: Matter) -> None:
    with purpose("support", reader=bob, about=matter):
        found = Person.objects.get(pk=alice.pk)
        assert found.name == "Alice Martin"
        with pytest.raises(ReasonRequired):
            found.phone
        assert isinstance(show(found, "phone"), Hidden)
    with purpose("support", reader=bob, about=matter, reason="She asked to be called back.") as act:
        assert show(Person.objects.get(pk=alice.pk), "phone") == "+32 2 555 01 23"
    assert act.reason == "She asked to be called back."
    with purpose("own-data", reader=themselves(alice.pk), about=alice):
        assert Person.objects.get(pk=alice.pk).phone == "+32 2 555 01 23"


def test_a_job_reads_for_itself(alice: Person) -> None:
    with purpose("account", reader=SystemReader(job="outbox.deliver"), about=Job("outbox.deliver: 7")):
        assert Person.objects.get(pk=alice.pk).email == "alice@example.com"
    entry = last_entry(alice)
    assert (entry.role, entry.about) == ("system", "outbox.deliver: 7")
    with (
        pytest.raises(MatterRequired),
        purpose("account", reader=SystemReader(job="outbox.deliver"), about=None),
    ):
        pass


def test_oneself_reads_oneself_alone(alice: Person, charlie: Person) -> None:
    with pytest.raises(PurposeRequired), purpose("own-data", reader=themselves(charlie.pk), about=alice):
        pass
    with purpose("own-data", reader=themselves(charlie.pk), about=charlie):
        assert Person.objects.get(pk=charlie.pk).name == "Charlie Noor"
        with pytest.raises(NotAllowed):
            Person.objects.get(pk=alice.pk).name
        with pytest.raises(NotAllowed):
            Purchase.objects.create(person=alice, serial="1", bought="2026-01-01")
    assert last_entry(alice).kind == "read" and "refused" in last_entry(alice).detail


def test_oneself_reads_ones_organisation(alice: Person, charlie: Person) -> None:
    reader = own(charlie.pk, SessionProof(charlie.pk, "a session"), {alice.pk})
    with purpose("own-data", reader=reader, about=charlie):
        assert Person.objects.get(pk=alice.pk).name == "Alice Martin"


def test_sealing_needs_a_purpose_that_uses_the_category(alice: Person, bob: Any, matter: Matter) -> None:
    alice.phone = "1"
    with pytest.raises(PurposeRequired):
        alice.save()
    with purpose("greeting", reader=themselves(alice.pk), about=alice), pytest.raises(NotAllowed):
        alice.save()


# Where and how long it is open


def test_it_closes(alice: Person, bob: Any, matter: Matter) -> None:
    with purpose("support", reader=bob, about=matter):
        found = Person.objects.get(pk=alice.pk)
    with pytest.raises(PurposeRequired):
        found.name


def test_it_is_not_opened_twice(alice: Person, bob: Any, matter: Matter) -> None:
    block = purpose("support", reader=bob, about=matter)
    with block:
        pass
    with pytest.raises(PurposeRequired), block:
        pass


def test_generators_are_refused(alice: Person, bob: Any, matter: Matter) -> None:
    def leaking() -> Iterator[int]:
        with purpose("support", reader=bob, about=matter):
            yield 1

    def stacked() -> Iterator[int]:
        with ExitStack() as stack:
            stack.enter_context(purpose("support", reader=bob, about=matter))
            yield 1

    @contextmanager
    def wrapped() -> Iterator[None]:
        with purpose("support", reader=bob, about=matter):
            yield

    for leak in (leaking, stacked, lambda: wrapped().__enter__() or iter(())):
        with pytest.raises(GeneratorRefused):
            list(leak())
    with pytest.raises(PurposeRequired):
        alice.name


def test_async_generators_are_refused(company: None, bob: Any, matter: Matter) -> None:
    async def leaking() -> Any:
        async with purpose("support", reader=bob, about=matter):
            yield 1

    async def use() -> None:
        async for _ in leaking():
            pass

    with pytest.raises(GeneratorRefused):
        asyncio.run(use())


def test_threads_fail_closed(alice: Person, bob: Any, matter: Matter) -> None:
    failed: list[BaseException] = []

    def read(row: Person) -> None:
        try:
            row.name
        except PurposeRequired as refused:
            failed.append(refused)

    with purpose("support", reader=bob, about=matter):
        thread = threading.Thread(target=read, args=(Person.objects.get(pk=alice.pk),))
        thread.start()
        thread.join()
    assert len(failed) == 1


def test_a_copied_context_does_not_outlive_the_block(alice: Person, bob: Any, matter: Matter) -> None:
    with purpose("support", reader=bob, about=matter):
        found = Person.objects.get(pk=alice.pk)
        copied = contextvars.copy_context()
        assert copied.run(lambda: found.name) == "Alice Martin"
    with pytest.raises(PurposeRequired):
        copied.run(lambda: found.name)


def test_templates_do_not_swallow_a_refusal(alice: Person, bob: Any, matter: Matter) -> None:
    # By name, because core may not import what writes HTML.
    template = import_module("django.template")
    for text in ("{{ person.name }}", "{% if person.phone %}x{% endif %}"):
        with pytest.raises(PurposeRequired):
            template.Engine().from_string(text).render(template.Context({"person": alice}))
    with pytest.raises(PurposeRequired):
        getattr(alice, "name", "nobody")


@pytest.mark.django_db(transaction=True)
def test_it_works_in_an_event_loop(alice: Person, bob: Any, matter: Matter) -> None:
    async def look() -> list[str]:
        async with purpose("support", reader=bob, about=matter):
            one = await Person.objects.aget(pk=alice.pk)
            return [one.name, *[person.email async for person in Person.objects.filter(pk=alice.pk)]]

    # In a thread of its own: where a browser is being driven, this one runs a loop already.
    with ThreadPoolExecutor(1) as thread:
        assert thread.submit(asyncio.run, look()).result() == ["Alice Martin", "alice@example.com"]
    assert last_entry(alice).detail["fields"] == {"test.person.name": 1, "test.person.email": 1}
    Person.objects.all().delete()


def test_over_others_it_opens_outermost(alice: Person, bob: Any, matter: Matter) -> None:
    with (
        transaction.atomic(),
        pytest.raises(NestedInTransaction),
        purpose("support", reader=bob, about=matter),
    ):
        pass
    with (
        purpose("own-data", reader=themselves(alice.pk), about=alice),
        pytest.raises(NestedInTransaction),
        purpose("support", reader=bob, about=matter),
    ):
        pass
    with purpose("support", reader=bob, about=matter):
        with pytest.raises(NestedInTransaction), purpose("support", reader=bob, about=matter):
            pass
        with (
            pytest.raises(NestedInTransaction),
            purpose("own-data", reader=themselves(alice.pk), about=alice),
        ):
            pass
        with transaction.atomic():
            assert Person.objects.get(pk=alice.pk).name


def test_ones_own_purposes_nest_and_leave_one_entry(alice: Person) -> None:
    before = LedgerRow.objects.count()
    with transaction.atomic(), purpose("own-data", reader=themselves(alice.pk), about=alice):
        Person.objects.get(pk=alice.pk).name
        with purpose("registration", reader=themselves(alice.pk), about=alice):
            Person.objects.get(pk=alice.pk).email
    assert LedgerRow.objects.count() == before + 1
    entry = last_entry(alice)
    assert (entry.purpose, entry.payload) == ("own-data", {"also": ["registration"]})
    assert entry.detail["fields"] == {"test.person.name": 1, "test.person.email": 1}


# What it leaves


def test_one_entry_for_a_list(enrolled: Callable[..., Person], bob: Any, matter: Matter) -> None:
    people = [enrolled(name=f"Person {n}", email=f"p{n}@example.com") for n in range(5)]
    before = LedgerRow.objects.count()
    with purpose("support", reader=bob, about=matter, reason="Looking for the one who called."):
        assert len([person.name for person in Person.objects.all()]) == 5
    assert LedgerRow.objects.count() == before + 1
    entry = last_entry(people[0])
    assert (entry.kind, entry.purpose, entry.role, entry.entity, entry.about, entry.policy) == (
        "read",
        "support",
        "support",
        "cet-power",
        "case 7",
        1,
    )
    assert entry.detail["fields"] == {"test.person.name": 1} and entry.detail["categories"] == [
        "identity.name"
    ]
    assert "Looking" not in str(entry)


def test_the_reason_is_on_her_own_timeline(alice: Person, bob: Any, matter: Matter) -> None:
    with purpose("support", reader=bob, about=matter, reason="She called about a fan."):
        Person.objects.get(pk=alice.pk).name
    with purpose("own-data", reader=themselves(alice.pk), about=alice) as act:
        found = timeline(alice.pk)
        assert own_proof_salt(alice.pk, found[0].act) == keys.key_of(alice.pk).salt(found[0].act)
    assert [(entry.kind, entry.role, entry.note) for entry in found] == [
        ("read", "support", "She called about a fan."),
        ("collected", "self", ""),
    ]
    assert act.closed
    with pytest.raises(PurposeRequired):
        timeline(alice.pk)


def test_collecting_is_recorded_as_collected(alice: Person) -> None:
    entry = last_entry(alice)
    assert (entry.kind, entry.purpose, entry.role) == ("collected", "registration", "self")
    assert entry.detail["sealed"] == {"test.person.name": 1, "test.person.email": 1, "test.person.phone": 1}


def test_an_act_that_touched_nobody_leaves_nothing(alice: Person, bob: Any, matter: Matter) -> None:
    before = LedgerRow.objects.count()
    with purpose("support", reader=bob, about=matter):
        list(Person.objects.all())
    assert LedgerRow.objects.count() == before


def test_a_read_is_recorded_though_the_block_raised(alice: Person, bob: Any, matter: Matter) -> None:
    with pytest.raises(ZeroDivisionError), purpose("support", reader=bob, about=matter), transaction.atomic():
        Person.objects.get(pk=alice.pk).name
        Person.objects.update(language="xx")
        raise ZeroDivisionError
    assert last_entry(alice).role == "support"
    assert Person.objects.get(pk=alice.pk).language == "en"


def test_touching_adds_to_her_part(alice: Person) -> None:
    with purpose("registration", reader=themselves(alice.pk), about=alice) as act:
        act.kind = "changed"
        act.touch(alice.pk, what="corrected", field="person.name")
    assert (last_entry(alice).kind, last_entry(alice).detail["what"], last_entry(alice).detail["field"]) == (
        "changed",
        "corrected",
        "person.name",
    )


# At once, everywhere


def test_one_key_query_for_a_whole_result(
    enrolled: Callable[..., Person], bob: Any, matter: Matter, django_assert_num_queries: Any
) -> None:
    people = [enrolled(name=f"Person {n}", email=f"p{n}@example.com") for n in range(5)]
    for person in people:
        Ticket.objects.create(person=person)
        with purpose("registration", reader=themselves(person.pk), about=person):
            Purchase.objects.create(person=person, serial="1", bought="2026-01-01")
    with purpose("support", reader=bob, about=matter):
        for rows, queries in (
            (Person.objects.all(), 2),
            (Ticket.objects.select_related("person"), 2),
            (Ticket.objects.prefetch_related("person"), 3),
            (Person.objects.iterator(), 2),
        ):
            with django_assert_num_queries(queries):
                assert len({(getattr(row, "person", row)).name for row in rows}) == 5
        with django_assert_num_queries(2):
            assert (
                len([(row.bought, row.person.name) for row in Purchase.objects.select_related("person")]) == 5
            )
        with django_assert_num_queries(3):
            assert (
                len(
                    [
                        purchase.bought
                        for row in Person.objects.prefetch_related("purchases")
                        for purchase in row.purchases.all()
                    ]
                )
                == 5
            )


def test_every_query_asks_for_keys_anew(alice: Person, bob: Any, matter: Matter) -> None:
    with purpose("support", reader=bob, about=matter):
        assert Person.objects.get(pk=alice.pk).name
        keys.destroy(alice.pk)
        with pytest.raises(KeyErased):
            Person.objects.get(pk=alice.pk).name


def test_a_restriction_acts_at_once(alice: Person, bob: Any, matter: Matter) -> None:
    with purpose("support", reader=bob, about=matter):
        assert Person.objects.get(pk=alice.pk).name
        restrict(alice.pk, "support", source="test")
        with pytest.raises(NotAllowed):
            Person.objects.get(pk=alice.pk).name
    with purpose("own-data", reader=themselves(alice.pk), about=alice):
        assert Person.objects.get(pk=alice.pk).name == "Alice Martin"


def test_a_row_loaded_before_is_asked_again_in_the_next_act(alice: Person, bob: Any, matter: Matter) -> None:
    found = Person.objects.get(pk=alice.pk)
    with purpose("support", reader=bob, about=matter):
        assert found.name
    keys.destroy(alice.pk)
    with purpose("support", reader=bob, about=matter), pytest.raises(KeyErased):
        found.name


def test_a_narrower_policy_rules_at_once(alice: Person, bob: Any, matter: Matter, policy: Any) -> None:
    before = versions.current().policy
    files = dict(before.files)
    rules = files["purposes.toml"]
    support = rules.index("[support]")
    files["purposes.toml"] = rules[:support] + rules[support:].replace('"contact.email", ', "", 1)
    versions.publish(from_files(files), effective=policy.effective, by="dana")
    with purpose("support", reader=bob, about=matter):
        found = Person.objects.get(pk=alice.pk)
        assert found.name
        hidden = show(found, "email")
    assert isinstance(hidden, Hidden) and not hidden and hidden.refused and hidden.refused.clause


def test_old_data_keeps_its_old_limits(alice: Person, matter: Matter, policy: Any) -> None:
    before = versions.current().policy
    files = dict(before.files)
    rules = files["purposes.toml"]
    support = rules.index("[support]")
    files["purposes.toml"] = rules[:support] + rules[support:].replace(
        'read_by = ["self", "support", "system"]', 'read_by = ["self", "support", "marketing", "system"]', 1
    )
    versions.publish(from_files(files), effective=policy.effective, by="dana")
    seller = acknowledged(StaffReader(role="marketing", entity="cet-power", actor=uuid4()))
    with purpose("support", reader=seller, about=matter), pytest.raises(NotAllowed, match="earlier version"):
        Person.objects.get(pk=alice.pk).name


def test_decisions_are_remembered_in_the_act_alone(alice: Person, bob: Any, matter: Matter) -> None:
    with purpose("support", reader=bob, about=matter):
        found = Person.objects.get(pk=alice.pk)
        found.name
        with connection.execute_wrapper(_no_queries):
            assert found.name == "Alice Martin"


def _no_queries(*_: Any) -> Any:
    raise AssertionError("a second look asked the database")
