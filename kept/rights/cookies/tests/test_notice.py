"""Where the law lets a notice suffice: she is told, can say no with one click, and going on is never a
consent.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from kept.core.policy.model import Policy
from kept.portal.visitors import device_consent
from kept.rights.cookies.tests.conftest import (
    AGENT,
    BELGIUM,
    UNITED_STATES,
    browser,
    edited,
    more_cookies,
    names,
    publish,
    said,
)
from kept.rights.receipts.models import Receipt
from kept.testing import default_policy

pytestmark = pytest.mark.django_db
NO = {"answer": "no", "kinds": "preference measurement"}


def told(text: str) -> str:
    return text.replace('title = "North America"', 'title = "North America"\ncookies = "notice"', 1)


@pytest.fixture
def lenient(wider: Policy) -> Policy:
    changed = edited(default_policy(), cookies=more_cookies, company=told)
    publish(changed)
    return changed


def american(**headers: str) -> Client:
    return Client(
        headers={"user-agent": AGENT, "sec-fetch-site": "same-origin", **headers}, REMOTE_ADDR=UNITED_STATES
    )


def page(client: Client, **more: Any) -> str:
    return client.get("/", **more).content.decode()


def test_going_on_is_recorded_as_a_notice(lenient: Policy) -> None:
    client = american()
    first = client.get("/")
    assert (
        "Going on is recorded as having been told, never as your yes." in first.content.decode()
        and first["Cache-Control"] == "private, no-store"
    )
    assert set(first.cookies) == {"kept_choices"}
    held = said(client)
    assert (
        held.noticed == ("preference", "measurement")
        and not held.kinds
        and held.preference is None
        and held.measurement is None
    )
    assert held.allows("preference") and held.allows("measurement") and not held.allows("advertising")
    assert 'id="cookies-banner"' not in page(client) and not Receipt.objects.exists()


def test_one_click_says_no(lenient: Policy) -> None:
    client = american()
    shown = page(client)
    assert '<button class="quiet" name="answer" value="no">No</button>' in shown and "Accept" not in shown
    client.post("/privacy/cookies/choice/", NO)
    assert said(client).preference is False and not said(client).allows("measurement")
    assert Receipt.objects.get().kind == "withdrawal"


def test_the_page_says_what_is_true_here(lenient: Policy) -> None:
    client = american()
    page(client)
    shown = client.get("/privacy/cookies/").content.decode()
    assert "You were told, and have not answered" in shown and "From your next page on we also set:" in shown
    assert "nor does what you said no to" in shown and "before you say yes" not in shown
    assert "nor does what you did not say yes to" in browser().get("/privacy/cookies/").content.decode()


def test_a_signal_is_a_no_here_too(lenient: Policy) -> None:
    client = american(**{"sec-gpc": "1"})
    page(client)
    assert said(client).noticed == ("preference",)
    held = device_consent.read(client.cookies[device_consent.NAME].value, signal=True)
    assert held.measurement is False and not held.allows("measurement")


@pytest.mark.parametrize("address", [BELGIUM, "127.0.0.1", "not an address"])
def test_elsewhere_and_where_nobody_knows_she_is_asked(lenient: Policy, address: str) -> None:
    client = Client(headers={"user-agent": AGENT}, REMOTE_ADDR=address)
    shown = page(client)
    assert "Nothing else is set before you say yes" in shown and names(client) == set()


def test_who_was_told_there_is_asked_here(lenient: Policy) -> None:
    """She was told in the United States, and reads on in Belgium: what a notice allowed goes, and she is
    asked.
    """
    client = american()
    page(client)
    client.cookies["kept_taste_sweet"] = "1"
    page(client)
    assert "kept_taste_sweet" in names(client)
    assert "Nothing else is set before you say yes" in page(client, REMOTE_ADDR=BELGIUM)
    assert names(client) == {"kept_choices"}


def test_a_page_nobody_has_opened_tells_nobody(lenient: Policy) -> None:
    client = american(**{"sec-purpose": "prefetch;prerender"})
    page(client)
    assert names(client) == set()


def test_a_robot_is_not_told(lenient: Policy) -> None:
    client = american(**{"user-agent": "Examplebot/1.0"})
    page(client)
    assert names(client) == set()


def test_where_no_region_chose_it_everybody_is_asked(wider: Policy) -> None:
    assert all("Nothing else is set before you say yes" in page(client) for client in (american(), browser()))


def test_no_page_says_that_no_cookie_was_set_while_it_sets_one(lenient: Policy) -> None:
    """The finder counts what it stored: nothing, and no cookie; but for what a notice leaves behind."""
    told, asked = american(), browser()
    for client, sets in ((told, True), (asked, False)):
        for _ in range(2):
            page = client.get("/products/")
            assert bool(page.cookies) is sets
            assert (b"0 writes, no cookie" in page.content) is not sets
            assert b"0 writes" in page.content
            client.cookies.clear()
