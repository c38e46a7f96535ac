"""What the web tells of a page, and of what it tells nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kept.accounts.models import User
from kept.core.consent import choices
from kept.portal.visitors import device_consent
from kept.products import demo
from kept.touchpoints.visits import addresses, exclusions, hooks
from kept.touchpoints.visits.tests.conftest import FIREFOX, Door

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policy")]


@pytest.fixture
def visitor() -> Client:
    return Client(REMOTE_ADDR="81.82.83.84", HTTP_USER_AGENT=FIREFOX, HTTP_ACCEPT_LANGUAGE="nl-BE,nl;q=0.8")


@pytest.fixture
def catalogue() -> None:
    demo.load()


def says(client: Client, **kinds: bool) -> None:
    client.cookies[device_consent.NAME] = device_consent.write(
        device_consent.Chosen(kinds=kinds, day=timezone.localdate(), until=timezone.localdate())
    )


def test_a_page_is_one_datagram(door: Door, visitor: Client) -> None:
    visitor.get("/", HTTP_REFERER="https://search.example/find?q=alice", QUERY_STRING="")
    reading = door.one()
    assert (reading.kind, reading.path, reading.address, reading.agent) == (
        "page",
        "/",
        "81.82.83.84",
        FIREFOX,
    )
    assert (reading.referrer, reading.language, reading.again) == ("search.example", "nl-BE,nl;q=0.8", "")


def test_a_page_that_a_browser_has_already_is_read_as_well(door: Door, visitor: Client) -> None:
    held = visitor.get("/")["ETag"]
    assert door.one().path == "/"
    assert visitor.get("/", HTTP_IF_NONE_MATCH=held).status_code == 304
    assert (reading := door.one()).kind == "page" and reading.path == "/"


def test_a_page_of_ours_is_no_referrer(door: Door, visitor: Client) -> None:
    visitor.get("/privacy/", HTTP_REFERER="http://testserver/products/?q=alice", HTTP_HOST="testserver")
    assert door.one().referrer == ""


def test_a_campaign_s_tags(door: Door, visitor: Client) -> None:
    visitor.get("/?utm_source=fair&utm_medium=print&utm_campaign=spring&gclid=123")
    reading = door.one()
    assert (reading.path, reading.source, reading.medium, reading.campaign) == (
        "/",
        "fair",
        "print",
        "spring",
    )


@pytest.mark.usefixtures("catalogue")
def test_a_search_keeps_our_words_and_nobody_s_name(door: Door, visitor: Client) -> None:
    visitor.get("/products/?q=48+V+inverters+for+Alice+Lambert")
    reading = door.one()
    assert reading.kind == "search"
    assert reading.target == "48 V inverters for … …"


@pytest.mark.usefixtures("catalogue")
def test_what_is_not_there_keeps_our_words_alone(door: Door, visitor: Client) -> None:
    visitor.get("/nothing/canary-in-an-address-9182/m10-48-2k5/?q=secret")
    assert (reading := door.one()).kind == "not-found"
    assert "canary" not in reading.path and "m10-48-2k5" in reading.path and "?" not in reading.path


@pytest.mark.parametrize(
    ("method", "address"),
    [
        ("post", "/"),
        ("head", "/"),
        ("get", "/account/login/"),
        ("get", "/account/signup/"),
        ("get", "/health/live"),
        ("get", "/me/"),
        ("get", "/desk/"),
        ("get", "/privacy/ask/"),
        ("get", "/privacy/policy.json"),
        ("get", "/.well-known/gpc.json"),
        ("get", "/v1/data-rights-request/1"),
        ("get", "/me/nothing/1204-88-2/"),
        ("get", "/desk/nothing/"),
        ("get", "/account/nothing/"),
        ("get", "/static/nothing.css"),
        ("get", "/privacy/receipts/1234/"),
        ("get", "/privacy/status/Q-7KQ4-M2XD/"),
    ],
)
def test_nothing_else_is_told(door: Door, visitor: Client, method: str, address: str) -> None:
    getattr(visitor, method)(address)
    assert door.all() == []


def test_every_address_that_signs_in_or_is_somebody_s_own_is_left_out() -> None:
    """Closed by default: whatever the rooms add is not counted until one of them declares it public."""
    public = addresses.public()
    for private in (
        "/me/",
        "/me/data/",
        "/account/login/",
        "/desk/",
        "/region/",
        "/privacy/ask/",
        "/privacy/request/",
        "/privacy/status/",
        "/new/",
    ):
        assert not public.holds(private)


@pytest.mark.parametrize(
    "headers",
    [
        {"HTTP_SEC_GPC": "1"},
        {"HTTP_SEC_GPC": "0, 1"},
        {"HTTP_SEC_PURPOSE": "prefetch;prerender"},
        {"HTTP_PURPOSE": "prefetch"},
    ],
)
def test_who_sends_the_signal_and_what_is_fetched_ahead_is_not_counted(
    door: Door, visitor: Client, headers: dict[str, str]
) -> None:
    visitor.get("/", **headers)
    assert door.all() == []


def test_a_no_is_not_counted_and_a_yes_sets_the_month(door: Door, visitor: Client) -> None:
    says(visitor, measurement=False)
    assert "kept_seen" not in visitor.get("/").cookies
    assert door.all() == []
    says(visitor, measurement=True)
    answer = visitor.get("/")
    assert answer.cookies["kept_seen"].value == timezone.localdate().strftime("%Y-%m")
    assert answer.cookies["kept_seen"]["httponly"] and answer.cookies["kept_seen"]["max-age"] < 396 * 86_400
    assert door.one().again == "first"
    assert "kept_seen" not in visitor.get("/").cookies
    assert door.one().again == "again"


def test_nothing_is_set_before_an_answer(door: Door, visitor: Client) -> None:
    assert "kept_seen" not in visitor.get("/").cookies
    visitor.cookies["kept_seen"] = "2026-01"
    visitor.get("/")
    assert [reading.again for reading in door.all()] == ["", ""]


def test_staff_are_not_counted_and_customers_are_without_their_name(
    door: Door, bob: User, alice: User, client_of: Callable[[User], Client]
) -> None:
    client_of(bob).get("/")
    assert door.all() == []
    client_of(alice).get("/")
    assert "alice" not in repr(door.one()).lower()


def test_a_standing_no_holds_at_once(door: Door, alice: User, client_of: Callable[[User], Client]) -> None:
    client = client_of(alice)
    client.get("/")
    assert len(door.all()) == 1
    choices.choose(
        alice.subject,
        "visits",
        answer="no",
        notice=choices.Notice("Counting visits", "8.3", 1),
        language="en",
        source="a test",
    )
    client.get("/")
    assert door.all() == []


def test_a_restriction_holds_at_once(door: Door, alice: User, client_of: Callable[[User], Client]) -> None:
    choices.restrict(alice.subject, "visits", source="a test")
    client_of(alice).get("/")
    assert door.all() == []


def test_to_be_counted_costs_no_query(door: Door, visitor: Client) -> None:
    # Each of the two pages was drawn before.
    visitor.get("/privacy/"), visitor.get("/privacy/", HTTP_SEC_GPC="1")
    with CaptureQueriesContext(connection) as counted:
        visitor.get("/privacy/")
    assert len(door.all()) == 2
    with CaptureQueriesContext(connection) as left_out:
        visitor.get("/privacy/", HTTP_SEC_GPC="1")
    assert len(counted) == len(left_out) and door.all() == []


def test_one_request_asks_for_consent_once(
    door: Door, visitor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def chosen(request: Any) -> device_consent.Chosen:
        asked.append(request.path)
        return device_consent.chosen(request)

    monkeypatch.setattr(exclusions, "chosen", chosen)
    says(visitor, measurement=True)
    visitor.get("/")
    assert door.one().again == "first" and asked == ["/"]
    visitor.get("/nothing/here/")
    assert door.one().kind == "not-found" and asked == ["/", "/nothing/here/"]
    visitor.get("/me/")
    assert door.all() == [] and len(asked) == 2, "who is not counted anyway is not asked about"


def test_a_header_of_sixty_four_kilobytes(door: Door, visitor: Client) -> None:
    visitor.get(
        "/",
        HTTP_USER_AGENT="x" * 65_536,
        HTTP_REFERER=f"https://{'y' * 65_536}",
        HTTP_ACCEPT_LANGUAGE="z" * 65_536,
    )
    reading = door.one()
    assert len(reading.agent) == 512 and len(reading.referrer) <= 400


def test_without_a_collector_the_page_is_served_and_the_next_datagram_says_how_many_were_missed(
    visitor: Client, home: Path, settings: Any
) -> None:
    hooks.sender.cache_clear()
    for _ in range(3):
        assert visitor.get("/").status_code == 200
    assert hooks.sender(settings.KEPT_VISITS).missed == 3


def test_a_full_socket_drops_and_delays_nobody(door: Door, visitor: Client, rf: Any, settings: Any) -> None:
    for _ in range(700):
        hooks._send(rf.get("/"), hooks.Reading("page", "a", "b", "/"))
    missed = hooks.sender(settings.KEPT_VISITS).missed
    assert missed > 0
    assert len(door.all()) == 700 - missed
    visitor.get("/")
    assert door.one().missed == missed


@pytest.mark.usefixtures("catalogue")
def test_a_download_to_come(door: Door, rf: Any) -> None:
    hooks.counted_download(rf.get("/products/m10-48-2k5/datasheet/"), "m10-48-2k5-datasheet.pdf")
    assert (reading := door.one()).kind == "download" and reading.target == "m10-48-2k5-datasheet.pdf"
