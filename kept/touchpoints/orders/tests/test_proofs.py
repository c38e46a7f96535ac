"""The proofs of a purchase (S4) turn with each way to break them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from kept.accounts.models import User
from kept.core.ledger import versions
from kept.core.register.proving import proofs, walk_findings
from kept.core.register.proving.walk_findings import Walked
from kept.operations.serving.assembly import assembled
from kept.operations.walk.log_silence import quiet
from kept.operations.walk.response_checks import Judge
from kept.operations.walk.scratch_database import aside
from kept.operations.walk.walker import Walking
from kept.outbox.models import Disclosure
from kept.touchpoints.orders import journey, order_pages, views
from kept.touchpoints.orders.checkout import flows
from kept.touchpoints.orders.models import Order
from kept.touchpoints.orders.payment import flows as payment
from kept.touchpoints.orders.payment import practice_views
from kept.touchpoints.orders.tests.conftest import COMPANY, ordered, practise

pytestmark = pytest.mark.django_db
AS_SAID, TO_THE_END = "orders.as_said", "orders.to_the_end"


def test_nothing_is_claimed_before_anybody_orders(shop: None) -> None:
    assert proofs.run(AS_SAID).state == proofs.WAITING


def test_orders_by_card_and_by_invoice_are_as_said(hers: Client, guest: Client) -> None:
    ordered(hers, buyer=COMPANY, method="invoice")
    for client in (hers, guest):
        practise(client, ordered(client), "pay")
    answer = proofs.run(AS_SAID)
    assert answer.state == proofs.KEPT and "3" in str(answer.figure)
    # What the processor was told is what left, row by row, as of any other recipient.
    assert proofs.run("outbox.on_record").state == proofs.KEPT


def test_an_order_without_an_act_breaks_it(hers: Client, alice: User) -> None:
    practise(hers, ordered(hers), "pay")
    row = Order.objects.get()
    Order.objects.update(placed_at=row.placed_at + timedelta(minutes=1))
    answer = proofs.run(AS_SAID)
    assert answer.state == proofs.BROKEN and "placed without an entry" in str(answer.text)
    Order.objects.update(placed_at=row.placed_at, paid_at=timezone.now() + timedelta(minutes=1))
    assert "paid without an entry" in str(proofs.run(AS_SAID).text)


def test_a_processor_that_was_told_nothing_breaks_it(hers: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(payment, "_tell", lambda order, attempt: None)
    practise(hers, ordered(hers), "pay")
    assert "who was told nothing" in str(proofs.run(AS_SAID).text)


@pytest.mark.parametrize("what", ["recipient", "fields"])
def test_more_than_was_said_breaks_it(hers: Client, what: str) -> None:
    practise(hers, ordered(hers), "pay")
    told: dict[str, Any] = {"recipient": {"recipient": "credit-office"}, "fields": {"fields": ["order.name"]}}
    assert Disclosure.objects.update(**told[what]) == 1
    answer = proofs.run(AS_SAID)
    assert answer.state == proofs.BROKEN and "that was not said" in str(answer.text)


def walked() -> Judge:
    with aside(), quiet():
        judge = Judge(versions.current().policy, [], secure=False)
        journey.walk(Walking(judge, assembled()))
    return judge


def state(judge: Judge, monkeypatch: pytest.MonkeyPatch) -> str:
    counts = {"routes": 1, "reached": 1, **judge.counts}
    found = Walked(timezone.now(), 1.0, counts, tuple(judge.findings))
    monkeypatch.setattr(walk_findings, "WALKERS", [lambda: found])
    return proofs.run(TO_THE_END).state


@pytest.mark.parametrize("processor", ["practice", ""])
def test_bought_to_the_end_by_card_and_by_invoice(
    policy: Any, settings: Any, monkeypatch: pytest.MonkeyPatch, processor: str
) -> None:
    settings.KEPT_PAYMENTS, settings.KEPT_DEMO = processor, False
    judge = walked()
    assert [str(one) for one in judge.findings] == []
    assert judge.counts["orders bought"] == judge.counts["orders refused"] == 1
    assert state(judge, monkeypatch) == proofs.KEPT and not Order.objects.exists(), "nothing of it stays"


def open_to_all(request: Any, number: str) -> Any:
    order = Order.objects.called(number)
    return order and order_pages.Access(order, flows.CLERK, order.person)


BREAKS: dict[str, tuple[Any, str, Any, str]] = {
    "never placed": (flows, "place", lambda **_: (_ for _ in ()).throw(flows.SoldOut("gone")), "to its page"),
    "never heard of": (practice_views, "_heard", lambda *_: None, "is not told that the order is paid"),
    "anybody's": (order_pages, "access", open_to_all, "there is such an order"),
    "told apart": (views, "_refused", lambda *_, **__: HttpResponse(status=403), "there is such an order"),
}


@pytest.mark.parametrize("case", BREAKS)
def test_each_break_turns_it(policy: Any, monkeypatch: pytest.MonkeyPatch, case: str) -> None:
    place, name, other, said = BREAKS[case]
    with monkeypatch.context() as patched:
        patched.setattr(place, name, other)
        judge = walked()
    assert any(said in str(one) for one in judge.findings), [str(one) for one in judge.findings]
    assert state(judge, monkeypatch) == proofs.BROKEN
