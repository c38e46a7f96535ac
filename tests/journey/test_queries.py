"""How often each page asks the database: a fixed number of times, however much there is to show."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kept.desk.models import Matter
from kept.operations.demo.demo_world import World
from kept.rights.tests.conftest import help_her, write_many

pytestmark = pytest.mark.django_db(transaction=True)
# Page -> queries. A page that needs fewer gets the smaller number here; one that needs more has to say why.
# "Take a copy" also asks for one that had to be given up, so that she is told. Registering asks at the door
# whether she restricted the use, so that nothing is typed in vain. Her organisations are asked for only where
# something may be theirs.
HERS = {
    "/me/": 14,
    "/me/data/desk_matter/": 12,
    "/me/profile/": 7,
    "/me/timeline/": 10,
    "/me/copy/": 10,
    "/me/products/": 9,
    "/me/products/register/": 5,
    "/products/": 7,
}
# A public page is counted: of whoever is signed in it asks whether they work here, and whether they object.
# The overview counts each queue in one query; "Tell a recipient" also asks which version rules, as its
# purposes say who tells. A matter is asked afresh, once, how many searches and people it led to: the bound
# counts what a colleague did a moment ago. The door of the desk asks which guidelines were acknowledged, and
# the gate asks it again. Eight queues wait for Bob; that of the safeguards also asks what the proofs said. A
# matter shows the cases of its person.
BOBS = {"/desk/": 15, "/desk/registrations/": 7, "matter": 18}


def asked(client: Client, address: str) -> int:
    """Queries of a page that was opened before, so that what is kept in memory is there."""
    assert client.get(address).status_code == 200
    with CaptureQueriesContext(connection) as queries:
        client.get(address)
    return len(queries)


@pytest.fixture
def helped(alice: Any, bob: Any) -> Any:
    help_her(World(Random(1), 0, timezone.now()), bob, alice)
    return alice


def test_her_pages(helped: Any, client_of: Callable[..., Client]) -> None:
    client = client_of(helped)
    before = {address: asked(client, address) for address in HERS}
    write_many(helped, 40)
    after = {address: asked(client, address) for address in HERS}
    assert after == before
    assert {address: number for address, number in before.items() if number > HERS[address]} == {}, str(
        before
    )


def test_bobs_pages(helped: Any, bob: Any, client_of: Callable[..., Client]) -> None:
    client = client_of(bob)
    pages = {
        address: f"/desk/matters/{Matter.objects.get().pk}/" if address == "matter" else address
        for address in BOBS
    }
    before = {address: asked(client, place) for address, place in pages.items()}
    write_many(helped, 40)
    assert {address: asked(client, place) for address, place in pages.items()} == before
    assert {address: number for address, number in before.items() if number > BOBS[address]} == {}, str(
        before
    )
