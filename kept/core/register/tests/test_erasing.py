"""Everything declared about one person goes, in as many statements as there are tables, and nothing of
anybody else.
"""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from allauth.account.models import EmailAddress
from django.db import connection, models
from django.test.utils import CaptureQueriesContext

from kept.accounts.models import Session, User
from kept.core.register.declarations import DECLARED, Erases
from kept.core.register.destroying import erasing, erasure_plans
from kept.core.register.holdings import rows_of
from kept.core.register.inventory import tables
from kept.core.vault import gate
from kept.core.vault.sealed_files.files import SealedFile, path_of
from kept.core.vault.subject_keys import keys
from kept.desk.models import Matter
from kept.people.models import Membership, Organisation, Person
from kept.testing import reader_of

pytestmark = pytest.mark.django_db
HANGS_ON_AN_ID = {"account_emailconfirmation", "accounts_setaside", "accounts_addresschange"}
"""Freed before what it points at goes, whoever it is about."""


def rows_about(subject: Any) -> dict[str, int]:
    return {table.name: rows_of(table, subject).count() for table in tables() if table.holds and table.model}


def test_nothing_is_left_of_her_and_nobody_else_is_touched(
    alice: User, charlie: User, client_of: Any
) -> None:
    client_of(alice), client_of(charlie)
    hers, his = alice.person.pk, charlie.person.pk
    before, his_before = rows_about(hers), rows_about(his)
    gone = erasing.destroy_rows(hers)
    assert gone == {
        name: count
        for name, count in before.items()
        if count and name not in ("vault_token", "consent_standingrow")
    }
    assert not any(rows_about(hers).values())
    assert erasing.left_of(hers) == {}
    assert rows_about(his) == his_before
    assert (
        not User.objects.filter(email="alice@example.com").exists()
        and not EmailAddress.objects.filter(email="alice@example.com").exists()
    )
    assert Session.objects.count() == 1 and keys.erased(hers) and not keys.erased(his)


def test_a_second_time_finds_nothing(alice: User) -> None:
    assert erasing.destroy_rows(alice.person.pk)
    assert erasing.destroy_rows(alice.person.pk) == {}
    assert erasing.destroy_rows(uuid4()) == {}


def test_a_few_statements_a_table_and_none_reads_a_whole_one(alice: User) -> None:
    hers = alice.person.pk
    erasing.destroy_rows(uuid4())
    with CaptureQueriesContext(connection) as asked:
        erasing.destroy_rows(hers)
    assert len(asked) <= 2 * sum(1 for table in tables() if table.holds)
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            scans = []
            for one in asked.captured_queries:
                if one["sql"].startswith(("DELETE", "UPDATE", "SELECT")):
                    cursor.execute(f"EXPLAIN QUERY PLAN {one['sql']}")
                    scans += [row[3] for row in cursor.fetchall() if row[3].startswith("SCAN")]
            assert scans == []


def test_it_follows_the_tables_that_hold_something(alice: User) -> None:
    """The tables of a touchpoint in which she left nothing cost her erasure no statement."""
    hers = alice.person.pk
    held = {name for name, count in rows_about(hers).items() if count}
    erasing.destroy_rows(uuid4())
    with CaptureQueriesContext(connection) as asked:
        erasing.destroy_rows(hers)
    told = ";".join(one["sql"] for one in asked.captured_queries)
    emptied = set(re.findall(r'DELETE FROM "(\w+)"', told))
    assert emptied <= held | set(erasure_plans.WITH_THE_KEY) | HANGS_ON_AN_ID and len(emptied) > 4


def test_a_key_that_is_gone_already_keeps_no_row(alice: User) -> None:
    keys.destroy(alice.person.pk)
    assert erasing.destroy_rows(alice.person.pk)["people_person"] == 1


def test_the_contents_of_files_go_after_the_commit(
    alice: User, django_capture_on_commit_callbacks: Any
) -> None:
    with gate.purpose("own-data", reader=reader_of(alice), about=alice.person):
        file = SealedFile.write(alice.person.pk, BytesIO(b"a copy"), category="rights.request")
    with django_capture_on_commit_callbacks(execute=True):
        erasing.destroy_rows(alice.person.pk)
        assert path_of(file).exists(), "a transaction that is rolled back keeps its files"
    assert not path_of(file).exists()


def test_who_opened_a_matter_is_no_more_to_be_known(bob: User, alice: User) -> None:
    Matter.objects.create(
        number=1,
        purpose="support",
        channel="phone",
        keeper=alice.person.pk,
        person=alice.person,
        opener=bob.person.pk,
        role="support",
        entity="cet-power",
    )
    assert erasing.left_of(bob.person.pk)["desk_matter.opener"] == 1
    erasing.destroy_rows(bob.person.pk)
    matter = Matter.objects.get()
    assert (matter.opener, matter.role) == (erasure_plans.NOBODY, "support")


def test_a_table_may_forget_in_its_own_way(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def closed(subject: Any, rows: models.QuerySet[Any]) -> int:
        return rows.update(email="", person=None)

    # A library's or a room's own function is called with the rows; it must leave none that leads to her.
    monkeypatch.setattr(DECLARED, "erases", [*DECLARED.erases, Erases(User, closed, "here")])
    assert erasing.destroy_rows(alice.person.pk)["accounts_user"] == 1
    assert User.objects.filter(pk=alice.pk, email="", person=None).exists()


def test_a_word_that_means_nothing_is_refused(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(DECLARED, "erases", [*DECLARED.erases, Erases(User, "burn", "here")])
    with pytest.raises(ValueError, match="neither delete, forget nor a function"):
        erasing.destroy_rows(alice.person.pk)
    assert Person.objects.filter(pk=alice.person.pk).exists()


def founded(by: User) -> Organisation:
    organisation = uuid4()
    with gate.purpose("account", reader=reader_of(by).founding(organisation), about=by.person):
        return Organisation.objects.found(id=organisation, name="Ateliers", by=by.person)


def test_the_last_owner_does_not_hold_up_an_erasure(alice: User, charlie: User, bob: User) -> None:
    made = founded(alice)
    made.admit(charlie.person, role="viewer")
    made.admit(bob.person, role="buyer")
    erasing.destroy_rows(alice.person.pk)
    roles = dict(Membership.objects.current().filter(organisation=made).values_list("person_id", "role"))
    assert roles == {
        charlie.person.pk: "owner",
        bob.person.pk: "buyer",
    }, "whoever has been there longest owns it from now on"


def test_an_organisation_without_people_keeps_what_is_its_own(alice: User) -> None:
    made = founded(alice)
    erasing.destroy_rows(alice.person.pk)
    assert Organisation.objects.filter(pk=made.pk).exists() and not keys.erased(made.pk)
    assert not Membership.objects.exists()


def test_every_foreign_key_to_what_is_erased_can_let_go() -> None:
    """A table that points at somebody's rows and would protect them makes every erasure fail at its
    commit.
    """
    erased = {table.model for table in tables() if table.holds and table.model}
    wrong = []
    for model in erased:
        for relation in erasure_plans.pointing_at(model):
            same = relation.related_model in erased
            if relation.on_delete not in (models.CASCADE, models.SET_NULL) and not same:
                wrong.append(f"{relation.related_model._meta.label}.{relation.field.name}")
    assert wrong == []
