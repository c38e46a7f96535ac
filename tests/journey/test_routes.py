"""What every page costs: queries, and processor time as a multiple of a fixed loop, each with its limit.

One table of all that answers a GET stands at the end of a test run. A page is asked for as somebody who
follows links finds it, in a world with something in it, and was opened before: what is kept in memory is
there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random
from time import process_time
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import Resolver404, URLPattern, get_resolver, resolve
from django.utils import timezone

from kept.core.ledger.fold import fold
from kept.operations.demo.demo_world import World
from kept.products import demo
from kept.rights.tests.conftest import help_her, write_many

pytestmark = pytest.mark.django_db(transaction=True)
# By the beginning of an address, the longest first: queries, and loops of a millisecond. A page that needs
# more is named below, and says why; one that needs much less gets the smaller number here.
LIMITS = {
    "/": (13, 60),
    "/health/": (4, 20),
    "/account/": (14, 60),
    "/me/": (15, 60),
    "/desk/": (20, 60),
}
MORE = {
    # The whole policy as text for machines, written anew.
    "map-jsonld": (13, 240),
    "map-yaml": (13, 240),
    "record": (13, 240),
    "record-csv": (13, 240),
    # The whole catalogue, for somebody who is known.
    "products": (13, 130),
    # How promptly each controller answers is counted of each of its clocks.
    "controllers": (20, 60),
    # Every value that can be asked to be corrected, table by table; what goes and what a law keeps, likewise.
    "corrections": (26, 160),
    "erasure": (70, 130),
}
LEAVES = re.compile(r"/account/logout/|/static/|/demo/|\.css$|\.js$")
LINK = re.compile(r'href="(/[^"#?]*)["#?]')
ROUNDS, MOST = 2, 220
HERS = {"alice": {"/me/", "/me/timeline/", "/me/profile/"}, "bob": {"/desk/"}, "dana": {"/desk/"}}


@dataclass
class Cost:
    """One page. ``loops``: its processor time, in those of the fixed loop."""

    route: str
    who: str
    address: str
    status: int
    queries: int
    loops: float
    limit: tuple[int, int] = field(default=(0, 0))

    @property
    def wrong(self) -> bool:
        return self.queries > self.limit[0] or self.loops > self.limit[1]

    def __str__(self) -> str:
        mark = "  <- too much" if self.wrong else ""
        return (
            f"{self.who:8} {self.address[:58]:58} {self.status} {self.queries:3} of {self.limit[0]:3}"
            f" {self.loops:6.1f} of {self.limit[1]:3}{mark}"
        )


def loop() -> float:
    """Seconds of a loop that is the same for ever: about a millisecond."""
    begun = process_time()
    sum(number * number % 7 for number in range(12_000))
    return process_time() - begun


def limit_of(route: str, address: str) -> tuple[int, int]:
    begins = max((one for one in LIMITS if address.startswith(one)), key=len)
    return MORE.get(route, LIMITS[begins])


def routes(patterns: Any, before: str = "/") -> Iterator[str]:
    """Every address without a part that is somebody's."""
    for pattern in patterns:
        address = before + str(pattern.pattern)
        if not isinstance(pattern, URLPattern):
            yield from routes(pattern.url_patterns, address)
        elif "<" not in address and "^" not in address:
            yield address


def route_of(address: str) -> str:
    try:
        found = resolve(address)
    except Resolver404:
        return ""
    return found.url_name or found.route


def walked(client: Client) -> Iterator[str]:
    """One address of each route that links lead to, and all of those that need no link."""
    wanted, seen = list(dict.fromkeys(["/", *routes(get_resolver().url_patterns)])), set[str]()
    for address in wanted:
        route = route_of(address)
        if not route or route in seen or LEAVES.search(address) or len(seen) > MOST:
            continue
        answer = client.get(address)
        if answer.status_code != 200:
            continue
        seen.add(route)
        yield address
        if "html" in answer["Content-Type"]:
            wanted += LINK.findall(answer.content.decode())


def cost(client: Client, who: str, address: str) -> Cost:
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(address)
    asked, spent = len(queries), list[float]()
    for _ in range(ROUNDS):
        beside, begun = loop(), process_time()
        client.get(address)
        spent.append((process_time() - begun) / min(beside, loop()))
    route = route_of(address)
    return Cost(route, who, address, answer.status_code, asked, min(spent), limit_of(route, address))


@pytest.mark.parametrize("who", ["nobody", "alice", "bob", "dana"])
def test_every_page_stays_within_its_limit(
    who: str, alice: Any, bob: Any, client_of: Callable[..., Client], request: Any, record_property: Any
) -> None:
    demo.load()
    help_her(World(Random(1), 0, timezone.now()), bob, alice)
    write_many(alice, 100)
    fold()
    client = Client() if who == "nobody" else client_of(request.getfixturevalue(who))
    found = [cost(client, who, address) for address in walked(client)]
    record_property("costs", "\n".join(map(str, found)))
    known = {one.address for one in found}
    assert {"/", "/privacy/", "/products/", "/health/ready"} <= known
    assert HERS.get(who, set()) <= known
    assert [str(one) for one in found if one.wrong] == []


def test_a_page_that_asks_too_often_is_seen(policy: Any) -> None:
    one = cost(Client(), "nobody", "/privacy/")
    assert (one.wrong, one.queries > 0, one.loops > 0) == (False, True, True)
    one.limit = (one.queries - 1, 60)
    assert (one.wrong, str(one)[-8:]) == (True, "too much")
    one.limit = (one.queries, 0)
    assert (one.wrong, str(one)[-8:]) == (True, "too much")
