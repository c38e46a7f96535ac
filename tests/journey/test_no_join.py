"""Somebody signs up, registers a product and browses in between.

Whoever holds both stores afterwards finds out nothing of her.
"""

from __future__ import annotations

import http.client
import json
import sqlite3
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.journey import joining
from tests.journey.canaries import CANARIES, HERS, arrive, register
from tests.journey.portal import Portal, make_demo, running
from tests.journey.sieve import caught
from tests.journey.test_canary import ALLOWED, _only_hers
from tests.journey.walk import Walk

pytestmark = pytest.mark.browser

ADDRESS = "81.82.183.197"
AGENT = "Mozilla/5.0 (X11; Aviary rv:314.15; Linux x86_64) Gecko/20100101 Firefox/144.0 Quillfeather/9"
CROWD = 12
# What she types and carries into pages that are counted.
TYPED = {
    "address": ADDRESS,
    "agent": "Quillfeather/9",
    "agent's words": "Aviary rv:314.15",
    "referrer": "inbox-of-quillamena",
    "searched": "Quillamena Canarybird",
    "mistyped": "quillamena-canarybird",
    "campaign": "canary.quill@example.org",
}
PUBLIC = ("/", "/products/", "/privacy/", "/privacy/promises/")
FEWEST_ALIKE = 10


@dataclass
class Story:
    home: Path
    log: Path
    rows: list[dict[str, Any]] = field(default_factory=list)
    minutes: set[str] = field(default_factory=set)


def ask(portal: Portal, path: str, *, address: str = ADDRESS, agent: str = AGENT, **more: str) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", portal.port, timeout=20)
    headers = {
        "Host": f"localhost:{portal.port}",
        "X-Forwarded-For": address,
        "User-Agent": agent,
        "Accept-Language": "nl-BE",
        **more,
    }
    connection.request("GET", path, headers=headers)
    assert connection.getresponse().status in (200, 404)
    connection.close()


@contextmanager
def crowd(portal: Portal) -> Iterator[None]:
    """A dozen others with a browser like hers, who read the same pages all the while."""
    over = threading.Event()

    def read_all() -> None:
        for one in range(CROWD):
            ask(
                portal,
                PUBLIC[one % len(PUBLIC)],
                address=f"81.82.184.{one}",
                agent=AGENT.replace("Quillfeather", "Other"),
            )

    def reads() -> None:
        while not over.wait(1.0):
            read_all()

    read_all()
    thread = threading.Thread(target=reads)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
        read_all()


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory, chromium: Browser) -> Story:
    home = make_demo(tmp_path_factory.mktemp("no-join"))
    with running(home, KEPT_PROXIES="127.0.0.1,::1", KEPT_MACHINE="web-1") as portal, crowd(portal):
        begun = f"{datetime.now(UTC):%Y-%m-%d %H:%M}"
        her = Walk(chromium, portal, script=False)
        her.context.set_extra_http_headers({"X-Forwarded-For": ADDRESS, "User-Agent": AGENT})
        for path in PUBLIC:
            her.page.goto(path)
        arrive(her)
        her.page.goto("/products/")
        register(her, home.parent)
        her.page.goto("/")
        her.close()
        ask(
            portal,
            "/products/?q=Quillamena+Canarybird+48+V",
            Referer="https://mail.example/inbox-of-quillamena/?to=canary.quill@example.org",
        )
        ask(portal, "/nothing/quillamena-canarybird/?q=canary.quill@example.org")
        ask(portal, "/?utm_source=mail&utm_campaign=canary.quill@example.org")
        told = Story(home, portal.log)
        portal.wait_for(lambda: any(row["source"] == "mail" for row in joining.rows(home)))
        ended = f"{datetime.now(UTC):%Y-%m-%d %H:%M}"
        told.minutes = {minute for minute in joining.moments_of_people(home) if begun <= minute <= ended}
    told.rows = joining.rows(home)
    return told


def test_she_was_counted_and_so_were_the_others(story: Story) -> None:
    assert len({row["visitor"] for row in story.rows}) == CROWD + 1
    assert {"page", "search", "not-found"} <= {row["kind"] for row in story.rows}


def test_no_event_is_of_signing_in_or_of_anybody_s_own(story: Story) -> None:
    assert [
        row["path"]
        for row in story.rows
        if row["path"].startswith(("/me", "/account", "/desk", "/v1", "/health"))
    ] == []


def test_no_number_of_the_log_stands_in_the_other_store(story: Story) -> None:
    assert joining.shared_numbers(story.home, {row["visitor"] for row in story.rows}) == set()


def test_no_secret_that_is_stored_makes_her_number(story: Story) -> None:
    assert joining.made_with_a_secret(story.home, ADDRESS, AGENT, {row["visitor"] for row in story.rows}) == 0


def test_the_minute_of_what_she_did_is_everybody_s(story: Story) -> None:
    """Each minute that the database knows of her journey has as many visitors in the log as there were."""
    there: defaultdict[str, set[int]] = defaultdict(set)
    for row in story.rows:
        there[f"{datetime.fromtimestamp(row['minute'] * 60, UTC):%Y-%m-%d %H:%M}"].add(row["visitor"])
    hers = {minute: visitors for minute in story.minutes if len(visitors := there[minute]) > 0}
    assert hers
    # The first and the last minute may have begun or ended between two of the crowd.
    assert sum(len(visitors) >= FEWEST_ALIKE for visitors in hers.values()) >= len(hers) - 1
    assert all(type(row["minute"]) is int for row in story.rows)


def test_nothing_she_carried_is_stored_anywhere(story: Story) -> None:
    canaries = {name: value for name, value in {**CANARIES, **TYPED}.items() if value != HERS} | {
        "email": HERS
    }
    found = caught(story.home, canaries, story.log)
    to_herself = {
        (name, place) for name, place in found if place.startswith("mail/") and _only_hers(story.home / place)
    }
    assert found - ALLOWED - to_herself == set()


@pytest.mark.parametrize("breach", ["a stored salt", "a number in a row", "an address in the log"])
def test_whoever_left_a_bridge_is_found_out(story: Story, tmp_path: Path, breach: str) -> None:
    """Attempts that never succeed would prove nothing."""
    home = tmp_path / "home"
    (home / "visits" / "log").mkdir(parents=True)
    with closing(sqlite3.connect(home / "kept.sqlite3")) as database:
        database.execute("CREATE TABLE act (id INTEGER, about TEXT)")
        database.execute("INSERT INTO act VALUES (?, 'x')", (4_711_000_000_000_000_815,))
        database.commit()
    salt = bytes(range(32))
    number = (
        next(joining.numbers_from(salt, ADDRESS, AGENT))
        if breach == "a stored salt"
        else 4_711_000_000_000_000_815
    )
    (home / "visits" / "salt").write_text(salt.hex() if breach == "a stored salt" else "")
    (home / "visits" / "log" / "2026-11-25.web-1.log").write_text(
        json.dumps({"visitor": number, "path": f"/{ADDRESS}/" if "log" in breach else "/"}) + "\n"
    )
    seen = {row["visitor"] for row in joining.rows(home)}
    assert (
        (breach == "a stored salt" and joining.made_with_a_secret(home, ADDRESS, AGENT, seen) == 1)
        or (breach == "a number in a row" and "act" in joining.shared_numbers(home, seen))
        or (breach == "an address in the log" and caught(home, {"address": ADDRESS}) != set())
    )
