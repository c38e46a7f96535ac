"""The page about cookies: the policy's table, what is on the device, an answer to each kind, and a no that
takes things away.
"""

from __future__ import annotations

import re
from typing import Any

import pytest

from kept.core.policy.model import Policy
from kept.rights.cookies.tests.conftest import CHOICE, PAGE, browser, edited, names, publish, said
from kept.testing import default_policy

pytestmark = pytest.mark.django_db


def page_of(client: Any) -> str:
    answer = client.get(PAGE)
    assert answer.status_code == 200 and "no-store" in answer["Cache-Control"]
    return re.sub(r"\s+", " ", answer.content.decode())


def row(page: str, name: str) -> str:
    found = re.search(rf"<tr[^>]*>(?:(?!</tr>).)*<code>{re.escape(name)}</code>.*?</tr>", page)
    assert found, name
    return found[0]


def test_every_row_of_the_policy_is_in_the_table(policy: Any) -> None:
    page = page_of(browser())
    rules = default_policy()
    for cookie in rules.cookies.values():
        shown = row(page, cookie.name)
        lives = cookie.lifetime.in_words() if cookie.lifetime else "Until the browser closes"
        assert rules.purposes[cookie.purpose].title in shown and cookie.setter in shown and lives in shown
        assert f"clause {rules.purposes[cookie.purpose].clause}" in shown and "No</span>" in shown


def test_it_shows_what_is_on_this_device_now(wider: Policy) -> None:
    client = browser()
    client.post(CHOICE, {"answer": "save", "preference": "yes", "measurement": "no"})
    for name in ("kept_taste_sweet", "kept_taste_sour", "somebody_elses"):
        client.cookies[name] = "1"
    page = page_of(client)
    assert "<b>Yes</b></span>" in row(page, "kept_choices") and "<b>Yes</b>, 2 of them" in row(
        page, "kept_taste_*"
    )
    assert "No</span>" in row(page, "kept_counted") and "<code>somebody_elses</code>. It is not ours." in page


def test_what_is_not_in_use_yet_says_so(policy: Any) -> None:
    publish(edited(default_policy(), cookies=lambda text: text + ROW_OF_A_SEAT))
    page = page_of(browser())
    assert "No, not in use yet" in row(page, "kept_seat") and 'id="preference-no"' in page


ROW_OF_A_SEAT = """
[seat]
name = "kept_seat"
purpose = "seminars"
setter = "CE+T Power"
lifetime = "P1D"
kind = "advertising"
touchpoint = "seminars"
"""


def test_other_storage_is_in_the_table_too(policy: Any, settings: Any) -> None:
    publish(
        edited(
            default_policy(),
            cookies=lambda text: text + ROW_OF_A_SEAT.replace("kind =", 'storage = "local-storage"\nkind ='),
        )
    )
    shown = row(page_of(browser()), "kept_seat")
    assert "By a script, in your browser’s store" in shown and "Only your browser can tell" in shown


def test_no_is_the_answer_until_another_is_given(wider: Policy) -> None:
    client = browser()
    page = page_of(client)
    assert page.count("checked") == 2 and all(
        f'id="{kind}-no" name="{kind}" value="no" checked' in page for kind in ("preference", "measurement")
    )
    client.post(CHOICE, {"answer": "save", "preference": "no", "measurement": "yes"})
    page = page_of(client)
    assert (
        'id="measurement-yes" name="measurement" value="yes" checked' in page
        and 'id="preference-no" name="preference" value="no" checked' in page
    )
    assert (
        said(client).receipt in page
        and "You said yes to measurement and no to preference cookies." not in page
    )


def test_it_confirms_where_she_chose(wider: Policy) -> None:
    client = browser()
    answer = client.post(CHOICE, {"answer": "save", "preference": "no", "measurement": "yes", "next": PAGE})
    page = client.get(client.get(answer.url).url).content.decode()
    assert "You said yes to measurement cookies and no to preference cookies." in page


@pytest.mark.parametrize("typed", [{}, {"preference": "yes"}, {"preference": "yes", "measurement": "maybe"}])
def test_an_answer_to_some_kinds_alone_changes_nothing(wider: Policy, typed: dict[str, str]) -> None:
    client = browser()
    answer = client.post(CHOICE, {"answer": "save", **typed})
    page = answer.content.decode()
    assert (
        answer.status_code == 422
        and "<title>Error: Cookies" in page
        and "Choose yes or no for each kind. Nothing was changed." in page
    )
    assert names(client) == set()


def test_a_no_takes_every_cookie_of_its_kind_at_once(wider: Policy) -> None:
    client = browser()
    client.post(CHOICE, {"answer": "save", "preference": "yes", "measurement": "yes"})
    for name in ("kept_greeting", "kept_taste_sweet", "kept_taste_sour", "kept_counted", "somebody_elses"):
        client.cookies[name] = "1"
    client.get("/me/")
    assert {"kept_greeting", "kept_taste_sweet", "kept_taste_sour", "kept_counted"} <= names(client)
    client.post(CHOICE, {"answer": "save", "preference": "no", "measurement": "yes"})
    assert names(client) == {"kept_choices", "kept_counted", "somebody_elses"}
    client.post(CHOICE, {"answer": "save", "preference": "no", "measurement": "no"})
    assert names(client) == {"kept_choices", "somebody_elses"}


def test_what_no_answer_covers_leaves_the_device(wider: Policy) -> None:
    """Her answer ended, or her browser began to send the signal: what it had allowed goes."""
    client = browser()
    client.post(CHOICE, {"answer": "save", "preference": "yes", "measurement": "yes"})
    client.cookies["kept_counted"] = "1"
    client.get("/", headers={"sec-gpc": "1"})
    assert names(client) == {"kept_choices"}
    client.cookies["kept_taste_sweet"] = "1"
    del client.cookies["kept_choices"]
    client.get("/")
    assert names(client) == set()


def test_the_signal_is_shown_beside_the_question(wider: Policy) -> None:
    client = browser(**{"sec-gpc": "1"})
    page = page_of(client)
    assert (
        "Your browser asks not to be followed (Global Privacy Control). That is a no, until you say yes here."
        in page
    )
    client.post(CHOICE, {"answer": "save", "preference": "no", "measurement": "yes"})
    assert "you said yes here after it, which comes before it" in page_of(client)


def test_the_foot_of_each_page_leads_here(policy: Any) -> None:
    assert (
        f'<span>Cookies</span> <a href="{PAGE}">None on this device</a>'
        in browser().get("/").content.decode()
    )


def test_nothing_to_ask_is_not_asked(policy: Any) -> None:
    """A company with essential cookies alone."""
    publish(
        edited(
            default_policy(),
            cookies=lambda text: text.replace('kind = "preference"', 'kind = "essential"').replace(
                'kind = "measurement"', 'kind = "essential"'
            ),
        )
    )
    client = browser()
    assert (
        "there is nothing to choose" in page_of(client)
        and 'id="cookies-banner"' not in client.get("/").content.decode()
    )


def test_it_rejects_post(policy: Any) -> None:
    assert browser().post(PAGE).status_code == 405
