"""Somebody is invited, accepts or declines; nobody learns from it who has an ID."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client
from django.utils import timezone

from kept.accounts.models import User
from kept.core.vault import gate
from kept.core.vault.history import timeline
from kept.desk.staff.models import Invitation
from kept.desk.staff.tests.conftest import ANOTHER, NEW, letters, link
from kept.desk.tests.conftest import said
from kept.people.models import Person
from kept.promises.guidelines.flows import acknowledge_all
from kept.testing import customer, reader_of, staff

pytestmark = pytest.mark.django_db(transaction=True)


def lines(user: User) -> list[str]:
    with gate.purpose("own-data", reader=reader_of(user), about=user.subject):
        return [str(one.detail.get("what")) for one in timeline(user.subject)]


def test_it_works_for_somebody_new(at_desk: Any, dana: User, invited: str) -> None:
    anybody = Client()
    page = said(anybody.get(invited))
    assert "Support staff, CE+T Power" in page and NEW["email"] not in page
    user = User.objects.get(email=NEW["email"])
    assert user.post() is None and not user.has_usable_password()
    answer = anybody.post(invited, {"password1": ANOTHER})
    assert answer.status_code == 302 and answer.url == "/account/login/"
    assert anybody.post("/account/login/", {"login": NEW["email"], "password": ANOTHER}).url == "/desk/"
    assert anybody.get("/desk/").status_code == 403, "before the guidelines of the role are acknowledged"
    acknowledge_all(user)
    assert anybody.get("/desk/").status_code == 200
    assert "Noor Vale" in said(at_desk.get("/desk/staff/"))
    assert any(
        "You took up your post: Support staff, CE+T Power" in line
        for line in lines(User.objects.get(email=NEW["email"]))
    )
    assert "You invited somebody to work at the desk" in lines(dana)


def test_the_link_works_once_and_for_a_week(invited: str) -> None:
    anybody = Client()
    assert anybody.post(invited, {"password1": "short"}).status_code == 422
    anybody.post(invited, {"password1": ANOTHER})
    assert (
        anybody.get(invited).status_code == 410
        and anybody.post(invited, {"password1": ANOTHER}).status_code == 410
    )


def test_it_is_over_after_a_week(invited: str) -> None:
    Invitation.objects.update(until=timezone.now() - timedelta(seconds=1))
    assert Client().get(invited).status_code == 410
    assert Client().post(invited, {"password1": ANOTHER}).status_code == 410
    assert User.objects.get(email=NEW["email"]).post() is None


def test_a_scanner_that_follows_the_link_changes_nothing(invited: str) -> None:
    Client().get(invited)
    assert Invitation.objects.open().count() == 1 and User.objects.get(email=NEW["email"]).post() is None


def test_whoever_declines_is_not_employed_and_what_was_typed_goes(invited: str) -> None:
    assert Client().post(invited, {"decline": "yes"}).status_code == 302
    row = Invitation.objects.get()
    assert row.outcome == "declined" and row.__dict__["name"] is None and row.__dict__["email"] is None
    assert User.objects.get(email=NEW["email"]).post() is None and Client().get(invited).status_code == 410


def test_it_can_be_withdrawn_and_sent_anew(at_desk: Any, invited: str) -> None:
    at_desk.post("/desk/staff/invitation/", NEW)
    assert Client().get(invited).status_code == 410 and link() != invited
    again = Invitation.objects.open().get()
    assert at_desk.post(f"/desk/staff/invitation/{again.pk}/withdrawal/").status_code == 302
    assert Client().get(link()).status_code == 410


def test_a_customer_accepts_signed_in_and_keeps_their_name(at_desk: Any, client_of: Any, alice: User) -> None:
    assert (
        at_desk.post(
            "/desk/staff/invitation/", {**NEW, "name": "A. L.", "email": "alice@example.com"}
        ).status_code
        == 302
    )
    page = said(at_desk.get("/desk/staff/"))
    assert "A. L." in page and "Alice Lambert" not in page
    path = link("alice@example.com")
    assert "Sign in with it to accept" in said(Client().get(path))
    assert Client().post(path, {"password1": ANOTHER}).status_code == 200
    before = alice.password
    assert client_of(alice).post(path, {"accept": "yes"}).url == "/desk/"
    alice.refresh_from_db()
    assert alice.post() is not None and alice.password == before


def test_somebody_else_who_is_signed_in_cannot_take_it(
    at_desk: Any, client_of: Any, alice: User, charlie: User
) -> None:
    at_desk.post("/desk/staff/invitation/", {**NEW, "email": "alice@example.com"})
    client_of(charlie).post(link("alice@example.com"), {"accept": "yes"})
    assert charlie.post() is None and alice.post() is None


def test_whoever_had_begun_an_id_with_the_address_is_thrown_out(at_desk: Any) -> None:
    thief = customer("Thief", NEW["email"])
    User.objects.filter(pk=thief.pk).update(
        confirmed_at=None, password=make_password("the thief knows this one")
    )
    their_browser = Client()
    their_browser.force_login(thief)
    at_desk.post("/desk/staff/invitation/", NEW)
    Client().post(link(), {"password1": ANOTHER})
    assert their_browser.get("/desk/").status_code == 302
    thief.refresh_from_db()
    assert thief.check_password(ANOTHER) and thief.post() is not None


def test_the_answer_is_the_same_whether_the_address_has_an_id(at_desk: Any, alice: User) -> None:
    answers = [
        at_desk.post("/desk/staff/invitation/", {**NEW, "email": email})
        for email in ("alice@example.com", "new@example.org")
    ]
    assert len({(answer.status_code, answer.url) for answer in answers}) == 1


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"name": ""}, "Enter their name"),
        ({"name": "a\x07b"}, "There is a character in it that cannot be seen"),
        ({"email": "noor"}, "Enter an e-mail address in the correct format"),
        ({"role": "self"}, "Choose one from the list of roles"),
        ({"role": ""}, "Choose the role"),
        ({"entity": "cet-energy-solutions"}, "Choose one from the list of companies you see to"),
        ({"email": "bob@example.com"}, "works at the desk already"),
        ({"email": "DANA@example.com"}, "Nobody gives, changes or ends their own post"),
    ],
)
def test_a_mistake_loses_nothing(at_desk: Any, bob: User, wrong: dict[str, str], sentence: str) -> None:
    answer = at_desk.post("/desk/staff/invitation/", {**NEW, **wrong})
    assert answer.status_code == 422 and sentence in said(answer)
    assert "role" in wrong or 'value="support" selected' in answer.content.decode()
    assert not Invitation.objects.exists() and Person.objects.count() == 2


def test_the_officer_sees_to_every_company(client_of: Any, policy: Any) -> None:
    officer = client_of(staff("Olga Officer", "officer@example.com", "officer"))
    assert (
        officer.post(
            "/desk/staff/invitation/", {**NEW, "role": "controller", "entity": "cet-energy-solutions"}
        ).status_code
        == 302
    )
    page = said(officer.get("/desk/staff/"))
    assert "is data controller for North America" in page and "Noor Vale" in page and "Olga Officer" in page


def test_it_requires_a_controller_or_the_officer(
    client_of: Any, client: Any, bob: User, charlie: User, invited: str
) -> None:
    for address in ("/desk/staff/", "/desk/staff/invitation/", f"/desk/staff/{bob.posts.get().pk}/"):
        assert client.get(address).status_code == 302
        assert (
            client_of(charlie).get(address).status_code == 403
            and client_of(bob).get(address).status_code == 403
        )
    row = Invitation.objects.get()
    assert client_of(bob).post(f"/desk/staff/invitation/{row.pk}/withdrawal/").status_code == 403
    assert Invitation.objects.open().count() == 1


def test_another_company_s_controller_sees_none_of_it(client_of: Any, bob: User, invited: str) -> None:
    other = client_of(staff("Eve Elsewhere", "eve@example.com", "controller", entity="cet-energy-solutions"))
    assert "Noor Vale" not in said(other.get("/desk/staff/")) and "Bob Martin" not in said(
        other.get("/desk/staff/")
    )
    assert other.get(f"/desk/staff/{bob.posts.get().pk}/").status_code == 404
    assert other.post(f"/desk/staff/{bob.posts.get().pk}/ending/").status_code == 404
    assert other.post(f"/desk/staff/invitation/{Invitation.objects.get().pk}/withdrawal/").status_code == 404


def test_an_invitation_nobody_answers_dies_with_the_person_it_made(invited: str) -> None:
    assert letters(NEW["email"])
    person = User.objects.get(email=NEW["email"]).person
    assert person is not None and Invitation.objects.get().person_id == person.pk
