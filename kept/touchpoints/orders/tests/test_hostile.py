"""Whoever buys without being nice: what a browser was made to send, what comes twice or too late."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from kept.accounts.models import User
from kept.core.ledger import versions
from kept.core.policy import loader
from kept.core.vault import gate
from kept.people.models import Membership, Organisation
from kept.rights.choices.tests.test_choices import choose
from kept.testing import customer, default_policy, reader_of, staff
from kept.touchpoints.orders import jobs
from kept.touchpoints.orders.checkout import known
from kept.touchpoints.orders.checkout.flows import cancel_unpaid
from kept.touchpoints.orders.models import Attempt, Basket, Order, Parcel, PracticeCharge, Stock
from kept.touchpoints.orders.payment import flows
from kept.touchpoints.orders.payment.processors import PAID, Told
from kept.touchpoints.orders.tests.conftest import (
    COMPANY,
    MODULE,
    WHERE,
    WHO,
    Checkout,
    ordered,
    page,
    practise,
    put,
)

pytestmark = pytest.mark.django_db
BASKET = "kept_basket"


def test_told_of_one_payment_under_two_names_nothing_is_paid_back(guest: Client) -> None:
    order = ordered(guest)
    practise(guest, order, "pay")
    attempt = order.attempts.get()
    flows.settle(attempt.pk, Told("the same under another name", PAID))
    attempt.refresh_from_db()
    assert attempt.outcome == "paid" and not attempt.refund_due


def test_refunds_that_are_done_hold_up_no_other(guest: Client) -> None:
    order = ordered(guest)
    practise(guest, order, "pay")
    gone = {"order": order, "keeper": order.person_id, "processor": "practice", "currency": "EUR"}
    gone |= {"amount": 1, "outcome": "abandoned", "ended_at": timezone.now(), "refund_due": 1}
    for _one in range(51):
        Attempt.objects.create(**gone, refunded=1)
    owed = Attempt.objects.create(**gone)
    assert jobs.pay_back() == 1
    owed.refresh_from_db()
    assert owed.refunded == 1


def test_payments_that_nobody_finishes_hold_up_no_paid_one(guest: Client) -> None:
    order = ordered(guest)
    attempt = order.attempts.get()
    practise(guest, order, "silent")
    early = timezone.now() - flows.ASKED_AFTER * 2
    left = {
        "order": order,
        "keeper": order.person_id,
        "processor": "practice",
        "currency": "EUR",
        "amount": 1,
    }
    for _one in range(51):
        Attempt.objects.create(**left, outcome="abandoned", ended_at=early, opened_at=early)
    Attempt.objects.filter(pk=attempt.pk).update(outcome="abandoned", ended_at=timezone.now())
    assert jobs.ask_about_payments() == 1


def test_without_a_processor_no_card_is_taken_whatever_is_sent(guest: Client, settings: Any) -> None:
    settings.KEPT_PAYMENTS, settings.KEPT_DEMO = "", False
    put(guest, MODULE, 5)
    went = Checkout(guest).to_the_check(method="card")
    assert went.answer.status_code == 422 and "Choose how you pay from the list" in went.shown
    assert not Order.objects.exists()


def test_a_processor_that_is_no_longer_chosen_takes_no_new_payment(guest: Client, settings: Any) -> None:
    order = ordered(guest)
    Attempt.objects.all().delete()
    settings.KEPT_PAYMENTS, settings.KEPT_DEMO = "", False
    assert guest.post(f"/orders/{order.number}/payment/").status_code == 302
    assert jobs.end_unpaid() == jobs.ask_about_payments() == 0 and not Attempt.objects.exists()


def test_a_basket_of_what_is_no_product_any_more(hers: Client) -> None:
    hers.cookies[BASKET] = f"{uuid4().hex}.999999999x5x31000"
    assert put(hers, MODULE, 5).status_code == 200
    assert [one.product.slug for one in Basket.objects.get().basket_items.all()] == [MODULE]


def test_a_basket_with_the_id_of_another_is_a_new_one(
    hers: Client, client_of: Callable[[User], Client]
) -> None:
    his = client_of(customer("Charlie", "charlie@example.org"))
    for client in (hers, his):
        client.cookies[BASKET] = "0" * 31 + "1"
        assert put(client, MODULE, 5).status_code == 200
    assert Basket.objects.count() == 2


@pytest.mark.parametrize("paid", [False, True])
def test_the_id_of_a_basket_opens_and_ends_nobodys_order(guest: Client, paid: bool) -> None:
    order = ordered(guest)
    if paid:
        practise(guest, order, "pay")
    other = Client()
    other.cookies[BASKET] = order.basket.hex
    put(other, MODULE, 5)
    went = (
        Checkout(other).send("you", **{**WHO, "email": "charlie@example.org"}).send("buyer", buyer="myself")
    )
    went.send("delivery", **WHERE).send("payment", method="card")
    assert went.pay() and Order.objects.count() == 2
    assert other.get(f"/orders/{order.number}/").status_code == 404
    assert Order.objects.get(pk=order.pk).cancelled_at is None


def test_another_address_typed_before_paying_is_the_one_that_counts(guest: Client) -> None:
    first = ordered(guest)
    went = (
        Checkout(guest).send("you", **{**WHO, "email": "frank.p@example.org"}).send("buyer", buyer="myself")
    )
    went.send("delivery", **WHERE).send("payment", method="card")
    assert went.pay()
    assert (
        Order.objects.get(pk=first.pk).cancelled_at and Order.objects.filter(cancelled_at=None).count() == 1
    )


def test_who_signs_in_or_out_on_the_way_begins_once_more(hers: Client, guest: Client) -> None:
    put(guest, MODULE, 5)
    hers.cookies[BASKET] = guest.cookies[BASKET].value
    went = Checkout(hers).to_the_check()
    went.client = guest
    assert went.send("check").answer["Location"] == "/shop/checkout/"
    for more in ({}, {"show": "1"}):
        assert hers.post("/shop/checkout/you/", {**WHO, **more})["Location"] == "/shop/checkout/"
    assert not Order.objects.exists()


def test_who_has_left_an_organisation_buys_nothing_for_it(
    hers: Client, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    mill = Organisation(controller="cet-power")
    founder = reader_of(alice).founding(mill.pk)
    with gate.purpose("account", reader=founder, about=alice.person, source="profile"):
        Organisation.objects.found(id=mill.pk, name="Moulin Télécom", vat="", by=alice.person)
    monkeypatch.setattr(known, "organisations", lambda _reader: [(str(mill.pk), "Moulin Télécom")])
    monkeypatch.setattr(known, "of_organisation", lambda _reader, _buyer: {"company": "Moulin Télécom"})
    put(hers, MODULE, 5)
    went = Checkout(hers).to_the_check(buyer={**COMPANY, "buyer": str(mill.pk)})
    assert "Pay €" in went.shown
    Membership.objects.all().delete()
    assert went.pay() == "/shop/checkout/" and not Order.objects.exists()


@pytest.mark.parametrize("whose", ["hers", "guest"])
def test_orders_that_are_never_paid_have_an_end(request: pytest.FixtureRequest, whose: str) -> None:
    client, many = request.getfixturevalue(whose), 0
    for _time in range(25):
        put(client, MODULE, 5)
        went = Checkout(client).to_the_check()
        if not went.pay():
            break
        many += 1
        cancel_unpaid(Order.objects.latest("placed_at"))
    assert went.answer.status_code == 429 and "Wait an hour" in page(went.answer)
    assert many == (20 if whose == "hers" else 10)


@pytest.mark.parametrize("total", ["abc", "", "NaN", "1e999999", "x" * 10_000, "-1", "\x00"])
def test_a_total_that_nobody_showed_orders_nothing(guest: Client, total: str) -> None:
    put(guest, MODULE, 5)
    assert Checkout(guest).to_the_check().send("check", total=total).answer.status_code == 409


@pytest.mark.parametrize("said", ["abc", "é", "====", "A" * 30_000, "\x00"])
def test_answers_we_did_not_seal_are_none(guest: Client, said: str) -> None:
    put(guest, MODULE, 5)
    for step in ("buyer", "delivery", "payment", "check"):
        for more in ({}, {"show": "1"}):
            assert (
                guest.post(f"/shop/checkout/{step}/", {"said": said, **more})["Location"] == "/shop/checkout/"
            )


@pytest.mark.parametrize("typed", ["x", "-1", "1e3", "99999", "٣", "\x00", "²", "5.0", "5,0", " "])
def test_what_is_no_number_of_pieces_changes_nothing(buyer: Client, typed: str) -> None:
    assert put(buyer, MODULE, typed).status_code == 200 and not buyer.cookies.get(BASKET)
    put(buyer, MODULE, 5)
    answer = buyer.post("/shop/basket/", {f"pieces-{MODULE}": typed, "go": "1"})
    assert answer.status_code == 422
    for more in ("add", "remove"):
        assert buyer.post("/shop/basket/", {more: "\x00"}).status_code == 302


@pytest.mark.parametrize(
    "cookie",
    [
        "",
        "x",
        ".",
        "1" * 32 + ".1x1x1",
        "1" * 32 + ".1x9999x999999999999" + ".999999999x9999x999999999999" * 60,
    ],
)
def test_a_cookie_that_was_made_up_breaks_nothing(buyer: Client, cookie: str) -> None:
    buyer.cookies[BASKET] = cookie
    for address in ("/shop/basket/", "/shop/checkout/", "/orders/"):
        assert buyer.get(address).status_code < 400
    assert buyer.post("/shop/basket/", {"accept": "1"}).status_code == 302
    assert put(buyer, MODULE, 5).status_code == 200


@pytest.mark.parametrize(
    ("body", "mark"), [(b"\xff", "\u00e9"), (b"[]", ""), (b"x" * 6_000, ""), (b"x" * 3_000_000, "")]
)
def test_a_message_that_is_none_is_refused(guest: Client, body: bytes, mark: str) -> None:
    answer = guest.post(
        "/shop/payments/practice/webhook/",
        body,
        content_type="application/json",
        headers={"Practice-Signature": mark},
    )
    assert 400 <= answer.status_code < 500


@pytest.mark.parametrize(("whose", "method"), [("credit-office", "invoice"), ("carrier-europe", "card")])
def test_what_may_no_longer_go_to_a_recipient_is_a_sentence_and_no_broken_page(
    shop: None, client_of: Callable[[User], Client], guest: Client, whose: str, method: str
) -> None:
    """The credit office, when it is asked; the carrier, when the parcel leaves."""
    files = dict(default_policy().files)
    before, _heading, after = files["recipients.toml"].partition(f"[{whose}]")
    after = re.sub(r"receives = .*", 'receives = ["log.lookup"]', after, count=1)
    files["recipients.toml"] = f"{before}[{whose}]{after}"
    sales = client_of(staff("Bob Sales", "bob.sales@example.com", "sales"))
    put(guest, MODULE, 5)
    went = Checkout(guest).to_the_check(buyer=COMPANY, method=method)
    versions.publish(loader.from_files(files), effective=timezone.localdate(), by="Dana")
    answer = went.send("check").answer
    if method == "card":
        order = Order.objects.get()
        practise(guest, order, "pay")
        pieces = {f"pieces-{order.ordered_lines.get().pk}": 5}
        answer = sales.post(f"/desk/orders/{order.number}/parcel/", pieces)
        assert not Parcel.objects.exists()
    assert answer.status_code == 403 and "It may not be handed over today" in page(answer)


def test_money_of_who_restricted_this_use_meanwhile_goes_back_and_holds_up_nobody(
    hers: Client, guest: Client
) -> None:
    order, other = ordered(hers), ordered(guest)
    choose(hers, "orders", "restrict")
    for client, one in ((hers, order), (guest, other)):
        practise(client, one, "silent")
    Attempt.objects.update(opened_at=timezone.now() - flows.ASKED_AFTER * 2)
    assert jobs.ask_about_payments() == 2 and jobs.pay_back() == 1
    order, other = Order.objects.get(pk=order.pk), Order.objects.get(pk=other.pk)
    assert order.cancelled_at and not order.paid_at and other.paid_at
    back = order.attempts.get()
    assert back.refunded == back.amount == PracticeCharge.objects.get(key=back.pk).refunded
    assert Stock.objects.get(product__slug=MODULE).on_hand == 15
    assert jobs.ask_about_payments() == jobs.pay_back() == 0


def test_a_machine_of_a_number_that_none_has_is_not_there(hers: Client) -> None:
    order = ordered(hers)
    for unit in (1, 10**20, 10**400):
        assert hers.post(f"/orders/{order.number}/machines/{unit}/").status_code == 404


def test_another_company_and_another_role_find_no_order(
    hers: Client, client_of: Callable[[User], Client]
) -> None:
    order = ordered(hers)
    practise(hers, order, "pay")
    there = client_of(staff("Bob There", "bob.there@example.com", "sales", entity="cet-energy-solutions"))
    support = client_of(staff("Bob Support", "bob.support@example.com", "support"))
    for verb in ("parcel", "delivery", "cancelling", "refund"):
        assert there.post(f"/desk/orders/{order.number}/{verb}/", {"amount": "5"}).status_code == 404
        assert support.post(f"/desk/orders/{order.number}/{verb}/", {"amount": "5"}).status_code == 403
    assert order.number not in page(there.get("/desk/orders/"))
    assert not Attempt.objects.get().refund_due
