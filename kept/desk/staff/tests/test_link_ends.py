"""Nobody comes in by the word of somebody who was let go, nor by a letter box that is no longer the ID's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from kept.accounts.models import StaffMember, User
from kept.accounts.recovery.throwing_out import ENDINGS
from kept.desk.staff import flows
from kept.desk.staff.models import Invitation
from kept.desk.staff.tests.conftest import ANOTHER, NEW, post_of

pytestmark = pytest.mark.django_db


def let_go(dana: User) -> None:
    post_of(dana).leave()


def other_post(dana: User) -> None:
    dana.employ(role="support", entity="cet-power")


def closed(dana: User) -> None:
    User.objects.filter(pk=dana.pk).update(closed_at=timezone.now())


def erased(dana: User) -> None:
    StaffMember.objects.filter(user=dana).delete()


def taken_back(dana: User) -> None:
    (said,) = ENDINGS["staff"](dana, timezone.now() - timedelta(hours=1))
    assert said == "1 invitation to work at the desk"


@pytest.mark.parametrize("act", [let_go, other_post, closed, erased, taken_back])
def test_the_link_ends_with_whoever_invited(invited: str, dana: User, act: Callable[[User], None]) -> None:
    assert Client().get(invited).status_code == 200
    found = Invitation.objects.get()
    act(dana)
    assert Client().get(invited).status_code == 410
    assert Client().post(invited, {"password1": ANOTHER}).status_code == 410
    noor = User.objects.get(email=NEW["email"])
    with pytest.raises(flows.NotPossible):
        flows.accept(invitation=found, user=noor)
    assert noor.post() is None


def test_the_operator_s_invitation_and_a_colleague_s_stay(invited: str, dana: User, bob: User) -> None:
    post_of(bob).leave()
    assert Client().get(invited).status_code == 200
    Invitation.objects.update(inviting_post=None)
    let_go(dana)
    assert Client().get(invited).status_code == 200


def test_what_was_sent_before_the_thief_came_stays(invited: str, dana: User) -> None:
    assert (
        not list(ENDINGS["staff"](dana, timezone.now() + timedelta(seconds=1)))
        and Client().get(invited).status_code == 200
    )


def test_an_id_whose_address_moved_on_is_not_taken_by_the_old_letter_box(invited: str) -> None:
    User.objects.filter(email=NEW["email"]).update(email="other@example.org")
    refused = Client().post(invited, {"password1": ANOTHER})
    assert refused.status_code == 409 and "another address" in refused.content.decode()
    user = User.objects.get(email="other@example.org")
    assert user.post() is None and user.confirmed_at is None and not user.check_password(ANOTHER)


def test_a_colleague_s_invitation_outlives_the_post_of_another_controller(
    invited: str, dana: User, bob: User
) -> None:
    bob.employ(role="controller", entity="cet-power")
    flows.end(by=flows.Employer.at_the_machine("a test"), post=post_of(bob))
    assert Client().get(invited).status_code == 200 and Invitation.objects.open().count() == 1
    let_go(dana)
    assert not Invitation.objects.open().exists()
