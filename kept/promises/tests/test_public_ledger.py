"""The ledger as any program on any site reads it: no session, no cookie, and caches that keep what never
changes.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from kept.core.ledger import fold
from kept.core.ledger.notes import checkpoint
from kept.core.ledger.record import record

pytestmark = pytest.mark.django_db
ALL = [
    "/checkpoint",
    "/privacy/checkpoint",
    "/privacy/key",
    "/tile/0/000",
    "/tile/0/001.p/5",
    "/tile/entries/000",
    "/tile/7/999",
]


@pytest.fixture
def grown(policy: Any) -> None:
    for _ in range(299):
        record("read", purpose="", role="system", entity="", policy=1, parts=[])
    fold.fold()


@pytest.mark.parametrize("address", ALL)
@pytest.mark.parametrize("method", ["get", "head"])
def test_nothing_depends_on_who_asks(
    grown: None, alice: Any, client_of: Any, address: str, method: str
) -> None:
    hers, anybodys = (
        getattr(browser, method)(address, headers={"sec-gpc": "1"})
        for browser in (client_of(alice), Client())
    )
    assert hers.content == anybodys.content and hers.status_code == anybodys.status_code
    for answer in (hers, anybodys):
        assert answer["Access-Control-Allow-Origin"] == "*"
        assert "Vary" not in answer.headers and not answer.cookies, answer.headers


@pytest.mark.parametrize("address", ALL[3:6])
def test_no_query_is_about_a_session(
    grown: None, alice: Any, client_of: Any, address: str, django_assert_num_queries: Any
) -> None:
    browser = client_of(alice)
    with django_assert_num_queries(3 if "entries" in address else 2) as asked:
        assert browser.get(address).status_code == 200
    assert not any("session" in one["sql"] or "accounts_" in one["sql"] for one in asked.captured_queries)


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("/checkpoint", "no-store"),
        ("/privacy/checkpoint", "no-store"),
        ("/privacy/key", "no-store"),
        ("/tile/0/000", "public, max-age=31536000, immutable"),
        ("/tile/entries/000", "public, max-age=31536000, immutable"),
        ("/tile/0/001.p/44", "public, max-age=86400"),
        ("/tile/0/001", "no-store"),
        ("/tile/nonsense", "no-store"),
    ],
)
def test_how_long_a_cache_may_keep_it(grown: None, address: str, kept: str) -> None:
    assert Client().get(address)["Cache-Control"] == kept


def test_the_checkpoint_is_the_newest(grown: None) -> None:
    assert Client().get("/checkpoint").content.decode() == checkpoint.latest()


@pytest.mark.parametrize("method", ["post", "put", "delete", "options", "patch"])
def test_it_is_for_reading(grown: None, method: str) -> None:
    assert getattr(Client(), method)("/checkpoint").status_code == 405
