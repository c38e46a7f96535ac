"""A thief of a controller's ID: posts given and ended are again what they were, and whoever sees to the staff
hears what stands.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from kept.accounts.models import StaffMember, User
from kept.accounts.recovery.throwing_out import ENDINGS
from kept.desk.models import Matter
from kept.desk.staff import flows
from kept.desk.staff.tests.conftest import ANOTHER, NEW, letters, link, post_of
from kept.promises.guidelines.flows import acknowledge_all
from kept.testing import customer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _long_ago(dana: User, bob: User) -> None:
    StaffMember.objects.update(since=timezone.now() - timedelta(days=365))


def recovered(dana: User) -> list[str]:
    return [str(one) for one in ENDINGS["staff"](dana, timezone.now() - timedelta(hours=72))]


def accomplice_employed(role: str = "controller") -> tuple[User, Client]:
    browser = Client()
    browser.post(link(), {"password1": ANOTHER})
    found = User.objects.get(email=NEW["email"])
    StaffMember.objects.filter(user=found).update(role=role)
    acknowledge_all(found)
    browser.post("/account/login/", {"login": NEW["email"], "password": ANOTHER})
    return found, browser


def test_an_accomplice_at_the_desk_is_out(invited: str, dana: User) -> None:
    noor, browser = accomplice_employed()
    assert browser.get("/desk/").status_code == 200
    told = recovered(dana)
    assert noor.post() is None and browser.get("/desk/").status_code == 302
    assert (
        any("they hold none any more" in one for one in told)
        and "the desk is closed to you" in letters(NEW["email"])[-1].body
    )
    assert recovered(dana) == [], "once"


def test_what_the_accomplice_did_goes_with_them(invited: str, dana: User, bob: User) -> None:
    """Made a controller, they put Dana and Bob out."""
    noor, browser = accomplice_employed()
    for post in (post_of(dana), post_of(bob)):
        assert browser.post(f"/desk/staff/{post.pk}/ending/", {}).status_code == 302
    assert dana.post() is None and bob.post() is None
    recovered(dana)
    assert (post_of(dana).role, post_of(bob).role, noor.post()) == ("controller", "support", None)


def test_another_post_is_the_old_one_again(at_desk: Client, dana: User, bob: User) -> None:
    at_desk.post(
        f"/desk/staff/{post_of(bob).pk}/role/", {"role-role": "controller", "role-entity": "cet-power"}
    )
    assert post_of(bob).role == "controller"
    recovered(dana)
    assert (
        post_of(bob).role == "support"
        and "Your post is again: Support staff" in letters("bob@example.com")[-1].body
    )


def test_what_the_operator_did_stays(dana: User, bob: User) -> None:
    operator = flows.Employer.at_the_machine("root")
    flows.change_post(by=operator, post=post_of(bob), role="sales", entity="cet-power")
    recovered(dana)
    assert post_of(bob).role == "sales"


def test_matters_close_and_are_named_and_colleagues_are_told(dana: User, bob: User) -> None:
    officer = customer("Odd Officer", "odd@example.org")
    officer.employ(role="officer", entity="cet-power")
    now = timezone.now()
    matter = Matter.objects.create(
        number=1001,
        purpose="support",
        channel="phone",
        keeper=bob.subject,
        opener=bob.subject,
        role="support",
        entity="cet-power",
        opened_at=now,
        worked_at=now,
        shown=9,
    )
    (said,) = recovered(bob)
    matter.refresh_from_db()
    assert matter.closed_at and "1001. 9 people were found" in said and "breach" in said
    for to in ("dana@example.com", "odd@example.org"):
        (letter,) = letters(to)
        assert letter.subject == "A colleague's ID was in somebody else's hands" and "Bob" not in letter.body
    assert not letters("bob@example.com")


def test_of_a_customer_nothing_is_told(alice: User, dana: User) -> None:
    assert recovered(alice) == [] and not letters("dana@example.com")
