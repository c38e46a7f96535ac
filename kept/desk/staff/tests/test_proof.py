"""A proof that cannot fail is a defect: a controller conjured past every page, by SQL alone, turns the
promise.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from kept.accounts.models import StaffMember, User
from kept.core.register.proving import proofs
from kept.desk.staff import flows, recorded
from kept.desk.staff.tests.conftest import ANOTHER, NEW, post_of

pytestmark = pytest.mark.django_db
EMPLOYED = "staff.employed"


def sql(statement: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def broken(words: str) -> None:
    told = proofs.run(EMPLOYED)
    assert told.state == proofs.BROKEN and words in told.text, told


def conjure(user: User, since: datetime) -> None:
    number = StaffMember._meta.get_field("user").target_field.get_db_prep_value(user.pk, connection)
    at = StaffMember._meta.get_field("since").get_db_prep_value(since, connection)
    sql(
        "INSERT INTO accounts_staffmember (user_id, role, entity, since) VALUES (%s, 'controller',"
        " 'cet-power', %s)",
        number,
        at,
    )


def test_it_holds_through_a_working_life(invited: str, at_desk: Client, dana: User, bob: User) -> None:
    assert proofs.run(EMPLOYED).state == proofs.KEPT
    Client().post(invited, {"password1": ANOTHER})
    noor = User.objects.get(email=NEW["email"])
    assert proofs.run(EMPLOYED).figure == "3 of 3 posts"
    operator = flows.Employer.at_the_machine("root")
    flows.change_post(by=operator, post=post_of(noor), role="sales", entity="cet-power")
    assert proofs.run(EMPLOYED).state == proofs.KEPT
    flows.end(by=operator, post=post_of(noor))
    assert proofs.run(EMPLOYED).figure == "2 of 2 posts"


@pytest.mark.parametrize(
    "since",
    [timezone.now() - timedelta(minutes=1), datetime(2020, 1, 1, tzinfo=UTC)],
    ids=["now", "long ago"],
)
def test_a_controller_conjured_by_sql(dana: User, alice: User, since: datetime) -> None:
    conjure(alice, since)
    broken("no act ever employed them")


def test_a_role_raised_by_sql(dana: User, bob: User) -> None:
    sql("UPDATE accounts_staffmember SET role = 'controller' WHERE role = 'support'")
    broken("and was employed as Support staff")


def test_a_company_changed_by_sql(dana: User, bob: User) -> None:
    sql("UPDATE accounts_staffmember SET entity = 'cet-america' WHERE role = 'support'")
    broken("and was employed as Support staff, CE+T Power")


def test_somebody_let_go_and_let_in_again_by_sql(dana: User, bob: User) -> None:
    flows.end(by=flows.Employer.at_the_machine("root"), post=post_of(bob))
    assert proofs.run(EMPLOYED).state == proofs.KEPT
    sql("UPDATE accounts_staffmember SET until = NULL")
    broken("and was let go")


def test_a_post_moved_to_another_id(dana: User, bob: User, alice: User) -> None:
    StaffMember.objects.filter(user=bob).update(user=alice)
    broken("no act ever employed them")
    broken("their post is gone without an act")


def test_a_post_that_vanishes(dana: User, bob: User) -> None:
    sql("DELETE FROM accounts_staffmember WHERE role = 'support'")
    broken("their post is gone without an act")


def test_a_second_post_beside_the_first(dana: User, bob: User) -> None:
    conjure(bob, timezone.now())
    broken("holds two posts")


def test_a_closed_id_holds_none(dana: User, bob: User) -> None:
    User.objects.filter(pk=bob.pk).update(closed_at=timezone.now())
    assert proofs.run(EMPLOYED).state == proofs.KEPT


def test_it_waits_while_nobody_works_there(alice: User) -> None:
    assert proofs.run(EMPLOYED).state not in {proofs.KEPT, proofs.BROKEN}


def test_what_was_said_before_acts_named_a_role_still_counts(
    dana: User, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An older portal's acts say that somebody was employed, and not as what: nobody is accused for it."""
    acts = recorded.acts_of(recorded.KINDS, purpose="staff")
    older = [
        replace(act, parts=tuple((alias, {"what": detail["what"]}) for alias, detail in act.parts))
        for act in acts
    ]
    monkeypatch.setattr(recorded, "acts_of", lambda kinds, purpose: replace(acts, said=tuple(older)))
    assert proofs.run(EMPLOYED).state == proofs.KEPT
    monkeypatch.setattr(recorded, "acts_of", lambda kinds, purpose: replace(acts, said=()))
    broken("no act ever employed them")
