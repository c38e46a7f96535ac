"""A restriction of this use stops deliveries, and never the way out of the contract."""

from __future__ import annotations

import pytest
from django.test import Client

from kept.outbox.models import Message
from kept.touchpoints.orders import jobs
from kept.touchpoints.orders.models import Invoice, PracticeCharge
from kept.touchpoints.orders.tests.conftest import ordered, page, practise
from kept.touchpoints.orders.tests.test_hostile import choose

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("verb", "mails"), [("withdrawal", 1), ("cancelling", 0)])
def test_who_restricted_this_use_ends_the_contract_and_is_paid_back(
    hers: Client, verb: str, mails: int
) -> None:
    order = ordered(hers)
    practise(hers, order, "pay")
    choose(hers, "orders", "restrict")
    shown = hers.get(f"/orders/{order.number}/")
    assert shown.status_code == 200 and "Rue du Laveu 12" in page(shown), "theirs to see"
    before = Message.objects.count()
    assert hers.post(f"/orders/{order.number}/{verb}/").status_code in (200, 302)
    order.refresh_from_db()
    assert order.cancelled_at and Message.objects.count() - before == mails
    assert jobs.pay_back() == 1 and PracticeCharge.objects.get().refunded == order.total
    assert list(Invoice.objects.order_by("serial").values_list("kind", flat=True)) == ["invoice", "credit"]
