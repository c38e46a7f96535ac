"""The first page says what the running system says, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from kept.core.ledger import versions
from kept.portal import promise_tally
from kept.products import demo
from kept.products.models import Market, Product

pytestmark = pytest.mark.django_db


def test_it_works_with_an_empty_catalogue(policy: Any) -> None:
    answer = Client().get("/")
    assert answer.status_code == 200
    assert "Products by market" not in answer.content.decode()


def test_it_rejects_post(policy: Any) -> None:
    assert Client().post("/").status_code == 405


def test_it_counts_what_is_there(policy: Any) -> None:
    demo.load()
    Market.objects.ensure_the_seven()
    page = Client().get("/").content.decode()
    assert f"{Product.objects.current().count()} products, for sale today" in page
    for market in Market.objects.counted():
        assert f'href="/products/?market={market.slug}">{market.name}</a>' in page
    rules = versions.current().policy
    counted = promise_tally.tally(rules)
    assert f"<dd>{counted.kept} <small>of {counted.all}</small></dd>" in page
    assert f"<dd>{len(rules.recipients)}</dd>" in page


def test_it_asks_the_database_little(policy: Any, django_assert_max_num_queries: Any) -> None:
    demo.load()
    Client().get("/")
    # The version in force, when the proofs were asked, what the catalogue says: the page itself was drawn.
    with django_assert_max_num_queries(3):
        Client().get("/")
