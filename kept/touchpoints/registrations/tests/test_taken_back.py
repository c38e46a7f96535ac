"""A thief of an ID sold its machines: what nobody would lose comes back, and what somebody holds in good
faith is disputed.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from kept.accounts.models import User
from kept.accounts.recovery.throwing_out import ENDINGS
from kept.equipment.events import UnitEvent
from kept.people.models import Membership
from kept.testing import customer
from kept.touchpoints.registrations.models import Claim, Handover, Registration
from kept.touchpoints.registrations.tests.conftest import MACHINE, OTHER, register
from kept.touchpoints.registrations.tests.test_handing_on import given_up, letters, offered, page, text, unit

pytestmark = pytest.mark.django_db(transaction=True)
HIS = "charlie@example.com"


def recovered(whose: User, hours: int = 72) -> list[str]:
    return [str(one) for one in ENDINGS["handovers"](whose, timezone.now() - timedelta(hours=hours))]


def a_day_passes() -> None:
    for row in Handover.objects.all():
        Handover.objects.filter(pk=row.pk).update(
            begun_at=row.begun_at - timedelta(hours=30),
            ended_at=row.ended_at and row.ended_at - timedelta(hours=30),
        )


@pytest.fixture
def sold(hers: Any, his: Any) -> Registration:
    """Alice's machine was handed on to Charlie by whoever held her ID, thirty hours ago."""
    made = register(hers)
    assert his.post(offered(hers, made.holding), {}).status_code == 302
    a_day_passes()
    return made


def test_whoever_took_it_in_good_faith_keeps_it_until_the_desk_has_decided(
    sold: Registration, his: Any, alice: User, charlie: User
) -> None:
    (said,) = recovered(alice)
    claim = Claim.objects.get()
    assert unit().holding.person_id == charlie.person_id and claim.reference in said and "good faith" in said
    letter = letters(HIS)[-1]
    assert (
        letter.subject.startswith("Whose this product is, is disputed: 1204-88-2")
        and "Alice" not in letter.body
    )
    seen = text(his.get(page(unit().holding)))
    assert "Whose it is, is disputed" in seen and "Alice" not in seen
    assert recovered(alice) == [] and Claim.objects.count() == 1, "once"


def test_it_cannot_be_handed_on_while_it_is_disputed(
    sold: Registration, his: Any, alice: User, dana: User, client_of: Any
) -> None:
    link = offered(his, unit().holding, "dana@example.com")
    recovered(alice)
    holding = unit().holding
    client_of(dana).post(link, {})
    for answer in (
        his.post(f"{page(holding)}offer/", {"email": "dana@example.com"}),
        his.post(f"{page(holding)}giving-up/", {"way": "gone"}),
    ):
        assert answer.status_code == 422
    assert unit().holding == holding


def test_the_desk_gives_it_back_or_leaves_it(
    sold: Registration, alice: User, bob: User, client_of: Any
) -> None:
    recovered(alice)
    claim, desk = Claim.objects.get(), client_of(bob)
    seen = text(desk.get(f"/desk/registrations/{claim.pk}/"))
    assert "Disputed" in seen and "ask both sides" in seen and sold.reference not in seen
    answer = desk.post(
        f"/desk/registrations/{claim.pk}/", {"decision": "accepted", "reason": "She showed her bill."}
    )
    assert answer.status_code == 302 and unit().holding.person_id == alice.person_id
    assert "She showed her bill" in letters("alice@example.com")[-1].body


def test_whoever_holds_it_gives_it_back_themselves(sold: Registration, his: Any, alice: User) -> None:
    recovered(alice)
    his.post(f"{page(unit().holding)}claims/{Claim.objects.get().pk}/", {"answer": "yes"})
    assert unit().holding.person_id == alice.person_id


def test_sold_on_it_is_disputed_with_whoever_holds_it_now(
    sold: Registration, his: Any, alice: User, dana: User, client_of: Any
) -> None:
    client_of(dana).post(offered(his, unit().holding, "dana@example.com"), {})
    recovered(alice)
    assert Claim.objects.get().against == unit().holding and unit().holding.person_id == dana.person_id
    assert letters("dana@example.com")[-1].subject.startswith("Whose this product is")


def test_what_went_to_nobody_comes_back_also_after_a_day(hers: Any, alice: User) -> None:
    made, other = register(hers), register(hers, machine={**MACHINE, "serial": OTHER})
    given_up(hers, made.holding)
    hers.post(f"{page(other.holding)}giving-up/", {"way": "scrapped"})
    a_day_passes()
    UnitEvent.objects.filter(state="scrapped").update(at=Handover.objects.get(way="scrapped").ended_at)
    assert len(recovered(alice)) == 2 and unit().holding == made.holding
    other.holding.unit.refresh_from_db()
    assert other.holding.unit.holding == other.holding and other.holding.unit.state != "scrapped"


def test_a_registration_that_was_undone_stands_again(hers: Any, alice: User) -> None:
    made = register(hers)
    hers.post(f"/me/products/registrations/{made.reference}/undoing/")
    assert unit().holding is None
    recovered(alice)
    assert unit().holding == made.holding and unit().state == "registered"
    made.refresh_from_db()
    assert made.undone_at is None


def test_undone_and_registered_by_an_accomplice_it_is_disputed(
    hers: Any, his: Any, alice: User, charlie: User
) -> None:
    made = register(hers)
    hers.post(f"/me/products/registrations/{made.reference}/undoing/")
    register(his)
    (said,) = recovered(alice)
    assert (
        "somebody else has registered it since" in said
        and Claim.objects.get().against.person_id == charlie.person_id
    )


def test_an_accomplice_in_the_organisation_sold_its_machine(
    hers: Any, his: Any, alice: User, charlie: User, client_of: Any
) -> None:
    made = register(hers, you={"holder": "new", "organisation": "Moulin Télécom", "vat": ""})
    mine = Membership.objects.get()
    Membership.objects.update(since=timezone.now() - timedelta(days=365))
    made.holding.organisation.admit(charlie.person, role="buyer", by=mine.pk)
    buyer = customer("Kim Third", "kim@example.org")
    client_of(buyer).post(offered(his, made.holding, "kim@example.org"), {})
    assert unit().holding.person_id == buyer.person_id
    assert len(recovered(alice)) == 1 and unit().holding == made.holding


def test_what_a_buyer_sold_before_the_thief_raised_them_stays(
    hers: Any, his: Any, alice: User, charlie: User, client_of: Any
) -> None:
    made = register(hers, you={"holder": "new", "organisation": "Moulin Télécom", "vat": ""})
    mine, works = Membership.objects.get(), made.holding.organisation
    works.admit(charlie.person, role="buyer")
    Membership.objects.update(since=timezone.now() - timedelta(days=365))
    buyer = customer("Kim Third", "kim@example.org")
    client_of(buyer).post(offered(his, made.holding, "kim@example.org"), {})
    works.admit(charlie.person, role="owner", by=mine.pk)
    assert recovered(alice) == [] and unit().holding.person_id == buyer.person_id


def test_what_is_older_stays(sold: Registration, alice: User, charlie: User) -> None:
    assert (
        recovered(alice, hours=24) == []
        and unit().holding.person_id == charlie.person_id
        and not Claim.objects.exists()
    )


def test_what_was_registered_in_her_name_is_named(hers: Any, alice: User) -> None:
    made = register(hers)
    (said,) = ENDINGS["registrations.added"](alice, timezone.now() - timedelta(hours=72))
    assert made.reference in str(said) and "give it up" in str(said)
