"""A machine is sold, given away, scrapped and taken back: its history goes on, the people's stays, and nobody
learns of the other.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from kept.accounts.models import User
from kept.accounts.recovery.throwing_out import ENDINGS
from kept.core.vault import gate
from kept.core.vault.history import timeline
from kept.core.vault.readers import Job
from kept.core.vault.subject_keys import keys
from kept.equipment.models import Holding, Unit, UnitEvent
from kept.outbox.delivery import deliver
from kept.people.models import Membership
from kept.portal.organisations.tests.test_organisations import found
from kept.rights.erasure import flows as erasing
from kept.rights.erasure import steps
from kept.testing import customer, reader_of
from kept.touchpoints.registrations.handing_on.flows import CLERK, forget_lapsed
from kept.touchpoints.registrations.handing_on.models import Handover
from kept.touchpoints.registrations.models import Registration
from kept.touchpoints.registrations.tests.conftest import (
    ADDRESS,
    FREE,
    MACHINE,
    OTHER,
    UNKNOWN,
    register,
    started,
)

pytestmark = pytest.mark.django_db(transaction=True)
TO = "charlie@example.com"


def letters(to: str) -> list[Any]:
    deliver()
    return [message for message in mail.outbox if message.to == [to]]


def text(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def unit() -> Unit:
    return Unit.objects.get(serial=FREE)


def page(holding: Holding) -> str:
    return f"/me/products/units/{holding.pk}/"


def offered(client: Client, holding: Holding, to: str = TO) -> str:
    """The path of the link in the mail."""
    answer = client.post(f"{page(holding)}offer/", {"email": to})
    assert answer.status_code == 302, answer.content.decode()
    return re.findall(r"(/me/products/offers/\S+/)", letters(to)[-1].body)[-1]


def given_up(client: Client, holding: Holding, way: str = "gone") -> Handover:
    assert client.post(f"{page(holding)}giving-up/", {"way": way}).status_code == 302
    return Handover.objects.latest("begun_at")


def warranty(user: User, holding: Holding) -> date:
    with gate.purpose("registration", reader=reader_of(user), about=user.person):
        return Holding.objects.get(pk=holding.pk).warranty_from


def lines(user: User) -> list[str]:
    with gate.purpose("own-data", reader=reader_of(user), about=user.subject):
        return [str(one.detail.get("what")) for one in timeline(user.subject)]


def test_it_is_offered_taken_over_and_each_side_reads_what_moved(
    hers: Any, his: Any, alice: User, charlie: User
) -> None:
    made = register(hers)
    link = offered(hers, made.holding)
    assert unit().holding == made.holding and "Offered to somebody" in text(hers.get(page(made.holding)))
    assert his.post(link, {}).status_code == 302
    after = unit().holding
    assert after is not None and after.person_id == charlie.person_id
    assert warranty(charlie, after) == date(2025, 5, 3)
    for to, name in (("alice@example.com", "Charlie"), (TO, "Alice")):
        body = letters(to)[-1].body
        assert (
            "What moved with it" in body
            and "serial number 1204-88-2" in body
            and "warranty, until 3 May 2028" in body
        )
        assert name not in body and ("charlie" if name == "Charlie" else "alice") not in body
    assert "Your product was taken over" in "; ".join(
        lines(alice)
    ) and "You took over a product" in "; ".join(lines(charlie))
    his_page = text(his.get(page(after)))
    assert (
        "Produced" in his_page
        and "Transferred" in his_page
        and "Alice" not in his_page
        and "02 555 01 23" not in his_page
    )
    assert "3 May 2025" not in his_page.replace("3 May 2028", "")
    her_page = text(hers.get(f"/me/products/handovers/{Handover.objects.get().reference}/"))
    assert "What stays with you" in her_page and "Charlie" not in her_page and TO not in her_page


def test_a_link_is_answered_once_and_only_by_a_click(hers: Any, his: Any) -> None:
    made = register(hers)
    link = offered(hers, made.holding)
    his.get(link)
    assert unit().holding == made.holding
    his.post(link, {})
    assert his.post(link, {}).status_code == 410 and Client().get(link).status_code == 410


def test_whoever_is_not_signed_in_sees_the_machine_and_nobody_s_name(hers: Any) -> None:
    shown = text(Client().get(offered(hers, register(hers).holding)))
    assert "1204-88-2" in shown and "Sign in" in shown and "Alice" not in shown


def test_it_can_be_declined_without_an_id_and_withdrawn(hers: Any) -> None:
    made = register(hers)
    link = offered(hers, made.holding)
    assert Client().post(link, {"decline": "yes"}).status_code == 302
    assert "declined" in letters("alice@example.com")[-1].subject and unit().holding == made.holding
    link = offered(hers, made.holding)
    reference = Handover.objects.latest("begun_at").reference
    hers.post(f"/me/products/handovers/{reference}/withdrawal/")
    assert Client().get(link).status_code == 410
    assert all(row.__dict__["email"] is None for row in Handover.objects.all())


def test_an_offer_nobody_answers_lapses_and_the_address_goes(hers: Any, his: Any) -> None:
    made = register(hers)
    link = offered(hers, made.holding)
    Handover.objects.update(until=timezone.now() - timedelta(seconds=1))
    assert his.post(link, {}).status_code == 410
    assert forget_lapsed() == 1 and forget_lapsed() == 0
    row = Handover.objects.get()
    assert row.__dict__["email"] is None and row.outcome == "lapsed"
    assert offered(hers, made.holding)


@pytest.mark.parametrize(
    ("email", "sentence"),
    [
        ("", "Enter the e-mail address of whoever takes it over"),
        ("x", "correct format"),
        ("ALICE@example.com", "your own address"),
    ],
)
def test_a_wrong_address_says_what_to_do(hers: Any, email: str, sentence: str) -> None:
    answer = hers.post(f"{page(register(hers).holding)}offer/", {"email": email})
    assert answer.status_code == 422 and sentence in text(answer) and not Handover.objects.exists()


def test_one_offer_at_a_time_and_ten_a_day(hers: Any) -> None:
    made = register(hers)
    offered(hers, made.holding)
    again = hers.post(f"{page(made.holding)}offer/", {"email": "x@example.org"})
    assert again.status_code == 422 and "offered to somebody already" in text(again)
    giver = made.person
    Handover.objects.update(ended_at=timezone.now(), outcome="withdrawn")
    for _ in range(9):
        Handover.begin(way="offer", giver=giver, holding=made.holding)[0].end("withdrawn")
    assert "10 offers today" in text(hers.post(f"{page(made.holding)}offer/", {"email": TO}))


def test_nobody_else_offers_gives_up_or_takes_back(hers: Any, his: Any, client: Client) -> None:
    made = register(hers)
    for verb, said in (("offer", {"email": TO}), ("giving-up", {"way": "gone"})):
        assert his.post(f"{page(made.holding)}{verb}/", said).status_code == 404
        assert client.post(f"{page(made.holding)}{verb}/", said).status_code == 302
        assert hers.get(f"{page(made.holding)}{verb}/").status_code == 405
    gone = given_up(hers, made.holding)
    for verb in ("taking-back", "withdrawal"):
        assert his.post(f"/me/products/handovers/{gone.reference}/{verb}/").status_code == 404
    assert (
        his.get(f"/me/products/handovers/{gone.reference}/").status_code == 404
        and his.get(page(made.holding)).status_code == 404
    )
    assert unit().holding is None


@pytest.mark.parametrize("way", ["gone", "scrapped"])
def test_gone_to_nobody_known_and_taken_back_within_a_day(hers: Any, alice: User, way: str) -> None:
    made = register(hers)
    gone = given_up(hers, made.holding, way)
    assert unit().holding is None and (unit().state == "scrapped") == (way == "scrapped")
    assert "What stays with you" in letters("alice@example.com")[-1].body
    hers.post(f"/me/products/handovers/{gone.reference}/taking-back/")
    assert (
        unit().holding == made.holding
        and unit().state == "registered"
        and warranty(alice, made.holding) == date(2025, 5, 3)
    )
    assert any("You took a product back" in line for line in lines(alice))
    again = hers.post(f"/me/products/handovers/{gone.reference}/taking-back/", follow=True)
    assert "can no longer be taken back" in text(again)


def test_after_a_day_it_is_too_late(hers: Any) -> None:
    gone = given_up(hers, register(hers).holding)
    Handover.objects.update(ended_at=timezone.now() - timedelta(hours=25))
    answer = hers.post(f"/me/products/handovers/{gone.reference}/taking-back/", follow=True)
    assert (
        "can no longer be taken back" in text(answer)
        and "Take it back" not in text(answer)
        and unit().holding is None
    )


def test_what_was_taken_over_is_taken_back_and_told(hers: Any, his: Any, charlie: User) -> None:
    made = register(hers)
    his.post(offered(hers, made.holding), {})
    handover = Handover.objects.get()
    hers.post(f"/me/products/handovers/{handover.reference}/taking-back/")
    assert unit().holding == made.holding and "taken back" in letters(TO)[-1].subject
    assert "transferred" not in list(unit().events.values_list("state", flat=True))
    assert Registration.objects.get(person=charlie.person_id).undone_at is not None


def test_what_went_on_to_a_third_is_not_taken_back_and_nothing_of_them_is_told(
    hers: Any, his: Any, dana: User, client_of: Any
) -> None:
    his.post(offered(hers, register(hers).holding), {})
    first = Handover.objects.get()
    after = unit().holding
    assert after is not None
    given_up(his, after)
    register(client_of(dana))
    answer = text(hers.post(f"/me/products/handovers/{first.reference}/taking-back/", follow=True))
    assert "can no longer be taken back" in answer and "Dana" not in answer
    assert unit().holding.person_id == dana.person_id  # type: ignore[union-attr]


def test_the_warranty_is_that_of_the_first_registration_whoever_registers_it_next(
    hers: Any, his: Any, charlie: User
) -> None:
    given_up(hers, register(hers).holding)
    second = register(his, machine={"purchased_year": "2026"})
    assert warranty(charlie, second.holding) == date(2025, 5, 3)


def test_a_registration_that_was_taken_over_is_not_undone_into_nothing(
    hers: Any, his: Any, charlie: User
) -> None:
    his.post(offered(hers, register(hers).holding), {})
    taken = Registration.objects.get(person=charlie.person_id)
    his.post(f"/me/products/registrations/{taken.reference}/undoing/")
    assert unit().holding is not None


def test_an_organisation_s_machine_is_handed_on_by_owners_and_buyers(hers: Any, alice: User) -> None:
    made = register(hers, you={"holder": "new", "organisation": "Moulin Télécom", "vat": ""})
    Membership.objects.filter(person=alice.person_id).update(role="viewer")
    refused = hers.post(f"{page(made.holding)}giving-up/", {"way": "gone"})
    assert (
        refused.status_code == 422
        and "Only owners and buyers" in text(refused)
        and unit().holding == made.holding
    )
    Membership.objects.filter(person=alice.person_id).update(role="buyer")
    given_up(hers, made.holding)


def test_it_is_taken_over_for_an_organisation_of_one_s_own_and_no_other(
    hers: Any, his: Any, charlie: User
) -> None:
    made = register(hers, you={"holder": "new", "organisation": "Moulin", "vat": ""})
    register(his, machine={"serial": OTHER}, you={"holder": "new", "organisation": "Weber", "vat": ""})
    link = offered(hers, made.holding)
    assert his.post(link, {"holder": str(made.holding.organisation_id)}).status_code == 422
    assert (
        his.post(
            link, {"holder": str(Membership.objects.get(person=charlie.person_id).organisation_id)}
        ).status_code
        == 302
    )
    assert unit().holding.organisation_id == Membership.objects.get(person=charlie.person_id).organisation_id  # type: ignore[union-attr]


def test_a_given_up_serial_looks_as_any_other_to_a_stranger(hers: Any, his: Any) -> None:
    made = register(hers)
    offered(hers, made.holding, "somebody@example.org")
    assert started(his, FREE).endswith("/proof/")


@pytest.mark.parametrize("gone", ["giver", "taker"])
def test_an_erasure_of_one_side_leaves_the_other_theirs(
    hers: Any, his: Any, alice: User, charlie: User, gone: str
) -> None:
    his.post(offered(hers, register(hers).holding), {})
    who = alice if gone == "giver" else charlie
    erasure = erasing.ask(
        subject=who.subject, controller=who.person.controller, reader=reader_of(who), wait=timedelta(0)
    )
    steps.advance(erasure)
    assert keys.erased(who.subject)
    row = Handover.objects.get()
    assert (row.giver_id is None) == (gone == "giver") and (row.taker_id is None) == (gone == "taker")
    assert (unit().holding is not None) == (gone == "giver")
    if gone == "taker":
        assert UnitEvent.objects.filter(unit=unit(), state="transferred").exists()
        assert "What stays with you" in text(hers.get(f"/me/products/handovers/{row.reference}/"))


def test_whoever_only_views_an_organisation_takes_nothing_over_for_it_and_registers_nothing(
    hers: Any, his: Any, charlie: User
) -> None:
    made = register(his, machine={"serial": OTHER}, you={"holder": "new", "organisation": "Weber", "vat": ""})
    Membership.objects.filter(person=charlie.person_id).update(role="viewer")
    theirs = str(made.holding.organisation_id)
    link = offered(hers, register(hers).holding)
    assert "Whose will it be" not in text(his.get(link))
    his.post(link, {"holder": theirs})
    assert unit().holding.person_id == charlie.person_id  # type: ignore[union-attr]
    first = his.post(ADDRESS, {**MACHINE, "serial": UNKNOWN})
    assert theirs not in his.get(first["Location"]).content.decode()


def test_whoever_was_let_go_since_gives_nothing_of_the_organisation_away(
    hers: Any, his: Any, alice: User, charlie: User
) -> None:
    made = register(hers)
    boss = customer("Boss", "boss@example.org")
    works = found(boss)
    works.admit(alice.person, role="buyer")
    with gate.purpose("registration", reader=CLERK, about=Job("dissolving")):
        made.holding.unit.transfer_to(holder=works)
    link = offered(hers, unit().holding)
    Membership.objects.current().get(person=alice.person).leave()
    assert his.post(link, {}).status_code == 410 and unit().holding.organisation_id == works.pk


def test_a_thief_keeps_no_machine_after_the_way_back(hers: Any, his: Any, alice: User, charlie: User) -> None:
    """Offered and open, offered and taken over, given away: what was begun within the 72 hours is undone."""
    made, other = register(hers), register(hers, machine={**MACHINE, "serial": OTHER})
    his.post(offered(hers, made.holding), {})
    link = offered(hers, other.holding)
    told = list(ENDINGS["handovers"](alice, timezone.now() - timedelta(hours=72)))
    assert len(told) == 2 and unit().holding == made.holding
    assert his.post(link, {}).status_code == 410
    assert list(ENDINGS["handovers"](alice, timezone.now() - timedelta(hours=72))) == []


def test_an_offer_ends_with_the_id_it_was_made_from(hers: Any, his: Any, alice: User) -> None:
    made = register(hers)
    link = offered(hers, made.holding)
    assert his.get(link).status_code == 200
    User.objects.filter(pk=alice.pk).update(closed_at=timezone.now())
    assert (
        his.get(link).status_code == 410
        and his.post(link, {}).status_code == 410
        and unit().holding == made.holding
    )
