"""Another role, and the end of a post: access in the same second, open matters in good hands, and never
without a controller.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from kept.accounts.models import StaffMember, User
from kept.accounts.recovery.throwing_out import ENDINGS
from kept.core.vault import gate
from kept.core.vault.history import timeline
from kept.desk.models import Matter
from kept.desk.staff.tests.conftest import NEW, letters, link, post_of
from kept.desk.tests.conftest import OPENING, said
from kept.promises.guidelines.flows import acknowledge_all
from kept.testing import reader_of, staff

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def carol(policy: Any) -> User:
    """Of support too."""
    return staff("Carol Colleague", "carol@example.com", "support")


def end(client: Any, user: User, **said: str) -> Any:
    return client.post(
        f"/desk/staff/{post_of(user).pk}/ending/", {f"end-{name}": value for name, value in said.items()}
    )


def test_access_ends_in_the_same_second(at_desk: Any, client_of: Any, bob: User) -> None:
    browser, page = client_of(bob), "/desk/"
    assert browser.get(page).status_code == 200
    assert end(at_desk, bob).status_code == 302
    assert browser.get(page).status_code == 302 and bob.sessions.count() == 0
    # Signed in anew they are a person with an ID, and the desk stays closed.
    assert client_of(bob).get(page).status_code == 403
    assert "Your post at the desk has ended" in letters("bob@example.com")[-1].subject


def test_their_past_look_ups_stay_theirs(at_desk: Any, client_of: Any, bob: User) -> None:
    client_of(bob).post("/desk/matters/", OPENING)
    end(at_desk, bob, successor="nobody")
    with gate.purpose("own-data", reader=reader_of(bob), about=bob.subject):
        lines = [str(one.detail.get("what")) for one in timeline(bob.subject)]
    assert "You opened matter 1001" in lines and "Your post ended: Support staff, CE+T Power" in lines
    assert client_of(bob).get("/me/").status_code == 200


def test_open_matters_are_named_and_handed_over(
    at_desk: Any, client_of: Any, bob: User, carol: User, alice: User
) -> None:
    browser = client_of(bob)
    for _ in range(2):
        browser.post("/desk/matters/", OPENING)
    second = Matter.objects.get(number=1002)
    browser.post(f"/desk/matters/{second.pk}/person/", {"person": str(alice.person_id)})
    page = said(at_desk.get(f"/desk/staff/{post_of(bob).pk}/"))
    assert "2 open matters: 1001, 1002" in page and "Carol Colleague" in page
    assert end(at_desk, bob).status_code == 422 and bob.post() is not None
    assert end(at_desk, bob, successor=str(post_of(carol).pk)).status_code == 302
    assert set(Matter.objects.values_list("opener", flat=True)) == {carol.subject}
    first = Matter.objects.get(number=1001)
    assert first.keeper == carol.subject and Matter.objects.get(number=1002).keeper == alice.subject
    page = said(client_of(carol).get(f"/desk/matters/{first.pk}/"))
    assert OPENING["text"] in page


def test_without_anybody_to_go_on_they_are_closed(at_desk: Any, client_of: Any, bob: User) -> None:
    client_of(bob).post("/desk/matters/", OPENING)
    assert end(at_desk, bob, successor="nobody").status_code == 302
    assert Matter.objects.get().closed_at is not None


def test_a_matter_goes_to_nobody_of_another_role(at_desk: Any, client_of: Any, bob: User) -> None:
    seller = staff("Sam Seller", "sam@example.com", "sales")
    client_of(bob).post("/desk/matters/", OPENING)
    assert end(at_desk, bob, successor=str(post_of(seller).pk)).status_code == 422 and bob.post() is not None


def test_links_to_the_desk_end_with_the_post_of_whoever_sent_them(
    at_desk: Any, client_of: Any, dana: User
) -> None:
    """A second controller invites an address of their own before Dana lets them go."""
    rogue = staff("Rogue Controller", "rogue@example.com", "controller")
    client_of(rogue).post("/desk/staff/invitation/", {**NEW, "role": "controller"})
    way_in = link()
    assert at_desk.get(way_in).status_code != 410 and end(at_desk, rogue).status_code == 302
    assert at_desk.get(way_in).status_code == 410


def test_links_to_the_desk_end_with_the_way_back_of_her_address(
    at_desk: Any, invited: str, dana: User
) -> None:
    assert list(ENDINGS["staff"](dana, timezone.now() - timedelta(hours=72))) == [
        "1 invitation to work at the desk"
    ]
    assert at_desk.get(invited).status_code == 410


def test_the_last_controller_of_a_region_cannot_leave(client_of: Any, dana: User) -> None:
    officer = client_of(staff("Olga Officer", "officer@example.com", "officer"))
    answer = end(officer, dana)
    assert answer.status_code == 422
    assert (
        "Nobody else is data controller for Europe and The rest of the world. Take in a successor first"
        in said(answer)
    )
    moved = officer.post(
        f"/desk/staff/{post_of(dana).pk}/role/", {"role-role": "sales", "role-entity": "cet-power"}
    )
    assert moved.status_code == 422 and "Take in a successor first" in said(moved)
    assert post_of(dana).role == "controller"
    staff("Sue Successor", "sue@example.com", "controller")
    assert end(officer, dana).status_code == 302 and dana.post() is None


def test_a_successor_elsewhere_or_gone_is_none(client_of: Any, dana: User) -> None:
    officer = client_of(staff("Olga Officer", "officer@example.com", "officer"))
    staff("Eve Elsewhere", "eve@example.com", "controller", entity="cet-energy-solutions")
    left = staff("Lee Left", "lee@example.com", "controller")
    post_of(left).leave()
    assert end(officer, dana).status_code == 422


def test_nobody_ends_or_promotes_themselves(at_desk: Any, dana: User) -> None:
    staff("Sue Successor", "sue@example.com", "controller")
    mine = post_of(dana).pk
    answer = end(at_desk, dana)
    assert answer.status_code == 422 and "Nobody gives, changes or ends their own post" in said(answer)
    answer = at_desk.post(f"/desk/staff/{mine}/role/", {"role-role": "officer", "role-entity": "cet-power"})
    assert answer.status_code == 422 and post_of(dana).role == "controller"
    assert "This is your own post" in said(at_desk.get(f"/desk/staff/{mine}/"))


def test_another_role_signs_out_and_closes_what_the_old_one_saw(
    at_desk: Any, client_of: Any, bob: User, carol: User
) -> None:
    browser = client_of(bob)
    browser.post("/desk/matters/", OPENING)
    matter = Matter.objects.get()
    answer = at_desk.post(
        f"/desk/staff/{post_of(bob).pk}/role/", {"role-role": "sales", "role-entity": "cet-power"}
    )
    assert answer.status_code == 302 and post_of(bob).role == "sales"
    assert browser.get("/desk/").status_code == 302
    acknowledge_all(bob)
    assert client_of(bob).get(f"/desk/matters/{matter.pk}/").status_code == 404
    matter.refresh_from_db()
    assert matter.opener == carol.subject
    assert "From now on: Sales staff, CE+T Power" in letters("bob@example.com")[-1].body


def test_the_same_role_again_is_refused(at_desk: Any, bob: User) -> None:
    answer = at_desk.post(
        f"/desk/staff/{post_of(bob).pk}/role/", {"role-role": "support", "role-entity": "cet-power"}
    )
    assert answer.status_code == 422 and "They hold this post already" in said(answer)
    assert StaffMember.objects.filter(user=bob).count() == 1


def test_ending_twice_changes_nothing(at_desk: Any, bob: User) -> None:
    gone = post_of(bob)
    at_desk.post(f"/desk/staff/{gone.pk}/ending/")
    gone.refresh_from_db()
    until = gone.until
    assert at_desk.post(f"/desk/staff/{gone.pk}/ending/").status_code == 404
    gone.refresh_from_db()
    assert gone.until == until


@pytest.mark.parametrize("verb", ["role", "ending"])
def test_it_rejects_get(at_desk: Any, bob: User, verb: str) -> None:
    assert at_desk.get(f"/desk/staff/{post_of(bob).pk}/{verb}/").status_code == 405


def test_a_stale_tab_gives_no_old_post(at_desk: Client, bob: User) -> None:
    address = f"/desk/staff/{post_of(bob).pk}/"
    old = at_desk.get(address).context["role_form"].seen_now
    assert (
        at_desk.post(
            f"{address}role/", {"role-role": "sales", "role-entity": "cet-power", "role-seen": old}
        ).status_code
        == 302
    )
    answer = at_desk.post(
        f"/desk/staff/{post_of(bob).pk}/role/",
        {"role-role": "marketing", "role-entity": "cet-power", "role-seen": old},
    )
    assert (
        answer.status_code == 422
        and "was changed to" in answer.content.decode()
        and post_of(bob).role == "sales"
    )
