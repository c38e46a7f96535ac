"""*Find me*: what is stored and what this request would have become; and the address a followed link is told
to.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser

from kept.products import demo
from kept.touchpoints.visits.pages import example
from kept.touchpoints.visits.pages.find_me_page import MEANING
from kept.touchpoints.visits.tests.conftest import FIREFOX, Door
from kept.visits_log.dimensions import TYPES
from kept.visits_log.places import Places
from kept.visits_log.storing.examples.invented import invent

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policy")]
ADDRESS = "81.82.83.84"
PAGE, LEFT = "/privacy/visits/find-me/", "/privacy/visits/left/"


@pytest.fixture
def visitor() -> Client:
    return Client(REMOTE_ADDR=ADDRESS, HTTP_USER_AGENT=FIREFOX, HTTP_ACCEPT_LANGUAGE="nl-BE")


def test_every_column_is_explained() -> None:
    assert list(MEANING) == list(TYPES)


def test_it_works_without_a_stored_row_and_says_so(visitor: Client, home: Path) -> None:
    said = visitor.get(PAGE).content.decode()
    assert "A row that is made up" in said
    for name in TYPES:
        assert f"<code>{name}</code>" in said


def test_it_shows_what_this_request_would_have_become_and_nothing_finer(visitor: Client) -> None:
    said = visitor.get(PAGE).content.decode()
    for derived in ("BE", "Firefox", "Windows", "nl", PAGE):
        assert f"<code>{derived}</code>" in said
    assert ADDRESS not in said and "rv:144" not in said and "nl-BE" not in said


def test_the_stored_row_is_one_of_ten_alike(visitor: Client, home: Path) -> None:
    places = Places(home / "visits")
    invent(places, date(2026, 11, 24), date(2026, 11, 24), 30_000, 1)
    found = example.stored(places)
    assert found.alike >= 10 and found.day == date(2026, 11, 24)
    said = visitor.get(PAGE).content.decode()
    assert "A row that was stored" in said and f"<code>{found.row['path']}</code>" in said


def test_a_day_of_few_gives_no_row(home: Path) -> None:
    places = Places(home / "visits")
    invent(places, date(2026, 11, 24), date(2026, 11, 24), 12, 1)
    assert example.stored(places).alike == 0


@pytest.mark.parametrize(
    ("headers", "why"),
    [({"HTTP_SEC_GPC": "1"}, "Global Privacy Control"), ({"HTTP_USER_AGENT": "curl/8"}, "it is a program")],
)
def test_it_says_why_somebody_is_not_counted(visitor: Client, headers: dict[str, str], why: str) -> None:
    assert why in visitor.get(PAGE, **headers).content.decode()


def test_nobody_keeps_it(visitor: Client) -> None:
    assert "no-store" in visitor.get(PAGE)["Cache-Control"]


def test_a_followed_link_is_an_exit(door: Door, visitor: Client) -> None:
    assert visitor.get(LEFT, {"to": "www.elsewhere.example", "from": "/privacy/"}).status_code == 204
    reading = door.one()
    assert (reading.kind, reading.path, reading.target) == ("exit", "/privacy/", "elsewhere.example")


@pytest.mark.parametrize(
    "to",
    [
        "",
        "alice@example.com",
        "https://elsewhere.example/x",
        "elsewhere.example/alice",
        "10.0.0.1",
        "x" * 70_000,
        "<b>.example",
        "1204882.example",
    ],
)
def test_what_is_no_host_is_refused(door: Door, visitor: Client, to: str) -> None:
    answer = visitor.get(LEFT, {"to": to, "from": "/privacy/"})
    assert answer.status_code == 400 and answer.content.decode().count("\n") == 1
    assert door.all() == []


@pytest.mark.parametrize("path", ["", "/me/", "/desk/", "/privacy/status/Q-7KQ4-M2XD/", "nonsense"])
def test_from_a_page_that_is_not_public_nothing_is_told(door: Door, visitor: Client, path: str) -> None:
    assert visitor.get(LEFT, {"to": "elsewhere.example", "from": path}).status_code == 204
    assert door.all() == []


def test_it_refuses_a_post_and_honours_the_signal(door: Door, visitor: Client) -> None:
    assert visitor.post(LEFT, {"to": "elsewhere.example", "from": "/privacy/"}).status_code == 405
    visitor.get(LEFT, {"to": "elsewhere.example", "from": "/privacy/"}, HTTP_SEC_GPC="1")
    assert door.all() == []


def test_the_script_is_on_public_pages_alone(visitor: Client) -> None:
    demo.load()
    assert "visits/left.js" in visitor.get("/privacy/").content.decode()
    assert "visits/left.js" not in visitor.get("/account/login/").content.decode()
    assert "visits/left.js" not in visitor.get("/privacy/", HTTP_SEC_GPC="1").content.decode()


@pytest.mark.browser
def test_in_a_browser_a_followed_link_is_told_and_waits_for_nothing(
    door: Door, chromium: Browser, live_server: Any
) -> None:
    context = chromium.new_context(user_agent=FIREFOX)
    page = context.new_page()
    page.route("https://elsewhere.example/**", lambda route: route.fulfill(body="there"))
    page.goto(f"{live_server.url}/privacy/")
    page.evaluate(
        "document.querySelector('main').insertAdjacentHTML('afterbegin', '<a id=away data-outward=other"
        " href=https://elsewhere.example/x>away</a>')"
    )
    with page.expect_request("**/privacy/visits/left/**"):
        page.click("#away")
    page.wait_for_url("https://elsewhere.example/x")
    page.wait_for_timeout(300)
    context.close()
    kinds = {reading.kind: reading for reading in door.all()}
    assert kinds["exit"].target == "elsewhere.example" and kinds["exit"].path == "/privacy/"
