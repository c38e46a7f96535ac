"""The banner, and what one click on it does."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core import signing
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kept.__main__ import main
from kept.core.consent.models import ShownNotice
from kept.core.ledger import fold
from kept.core.ledger.notes import sign
from kept.core.policy.model import Policy
from kept.portal.visitors import device_consent
from kept.rights.cookies import flows
from kept.rights.cookies.tests.conftest import (
    AGENT,
    CHOICE,
    PAGE,
    ROW,
    browser,
    edited,
    names,
    press,
    publish,
    said,
)
from kept.rights.receipts.models import Receipt
from kept.rights.receipts.offline import document_of
from kept.testing import default_policy

pytestmark = pytest.mark.django_db
BANNER = 'id="cookies-banner"'


def shows(client: Client, address: str = "/", **headers: Any) -> bool:
    return BANNER in client.get(address, **headers).content.decode()


# ---- the banner --------------------------------------------------------------------------------------------


def test_a_visitor_is_asked_and_gets_no_cookie(policy: Any) -> None:
    client = browser()
    answer = client.get("/")
    page = answer.content.decode()
    assert BANNER in page and "going on without an answer is not a yes" in page
    assert not answer.cookies and "Cookie" in answer["Vary"]
    assert page.index('class="skip"') < page.index(BANNER) < page.index("<main")


def test_yes_and_no_are_the_same_button(policy: Any) -> None:
    page = browser().get("/").content.decode()
    assert '<button class="quiet" name="answer" value="yes">Accept</button>' in page
    assert '<button class="quiet" name="answer" value="no">Reject</button>' in page
    assert f'<a class="quiet" href="{PAGE}">Choose</a>' in page


def test_going_on_is_not_a_yes(policy: Any) -> None:
    client = browser()
    for _ in range(3):
        assert shows(client)
    assert names(client) == set() and not Receipt.objects.exists()


@pytest.mark.parametrize(
    "agent",
    [
        "",
        "Mozilla/5.0 (compatible; Examplebot/2.1; +http://example.com/bot.html)",
        "curl/8.5.0",
        "python-requests/2",
    ],
)
def test_a_robot_is_not_asked(policy: Any, agent: str) -> None:
    assert not shows(browser(**{"user-agent": agent}))


def test_a_telephone_called_cubot_is_asked(policy: Any) -> None:
    assert shows(
        browser(
            **{
                "user-agent": (
                    "Mozilla/5.0 (Linux; Android 13; CUBOT NOTE 50) AppleWebKit/537.36 Chrome/125.0 Mobile"
                    " Safari/537.36"
                )
            }
        )
    )


@pytest.mark.parametrize("address", [PAGE, "/account/login/", "/account/signup/"])
def test_where_somebody_types_or_chooses_already_it_is_not_in_the_way(policy: Any, address: str) -> None:
    assert not shows(browser(), address)


def test_it_is_not_at_the_desk(bob: Any) -> None:
    client = browser()
    client.force_login(bob)
    assert not shows(client, "/desk/")


def test_it_costs_no_query(policy: Any) -> None:
    """The same page for a robot, which is not asked, and for a visitor, who is."""
    counts = []
    for client in (browser(**{"user-agent": ""}), browser()):
        client.get("/")
        with CaptureQueriesContext(connection) as queries:
            client.get("/")
        counts.append(len(queries))
    assert counts[0] == counts[1]


# ---- a click -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("answer", "yes"), [("yes", True), ("no", False)])
def test_one_click_answers_and_leads_back(policy: Any, answer: str, yes: bool) -> None:
    client = browser()
    pressed = press(client, answer)
    assert pressed.status_code == 302 and names(client) == {"kept_choices"}
    cookie = pressed.cookies["kept_choices"]
    assert (
        cookie["httponly"]
        and cookie["samesite"] == "Lax"
        and 180 * 86_400 < cookie["max-age"] <= 184 * 86_400
    )
    back = client.get(pressed.url)
    assert back.status_code == 302 and back.url == "/products/"
    page = client.get(back.url)
    assert f"You said {answer} to preference and measurement cookies." in page.content.decode()
    assert said(client).receipt in page.content.decode() and page["Cache-Control"] == "private, no-store"
    assert said(client).preference is said(client).measurement is yes
    assert 'id="cookies-said"' not in client.get("/products/").content.decode() and not shows(client)


def test_a_script_gets_the_words_alone(policy: Any) -> None:
    client = browser()
    answer = press(client, "no", part="")
    assert answer.status_code == 200 and answer.content.decode().lstrip().startswith(
        '<section class="banner" id="cookies-said"'
    )
    assert not said(client).fresh and 'id="cookies-said"' not in client.get("/").content.decode()


@pytest.mark.parametrize(
    "wanted",
    [
        "https://elsewhere.example/",
        "//elsewhere.example",
        "/\\elsewhere.example",
        "javascript:alert(1)",
        "",
        "/" + "x" * 3000,
    ],
)
def test_it_leads_to_no_other_site(policy: Any, wanted: str) -> None:
    client = browser()
    assert (
        client.get(client.post(CHOICE, {"answer": "no", "kinds": "preference", "next": wanted}).url).url
        == PAGE
    )


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "none"},
        {"origin": "https://elsewhere.example"},
        {"origin": "null"},
        {"referer": "http://elsewhere.example/x"},
        {"referer": "http://[broken"},
        {},
    ],
)
def test_another_site_gives_no_answer_in_her_name(policy: Any, headers: dict[str, str]) -> None:
    client = Client(headers={"user-agent": AGENT, **headers})
    answer = press(client, "yes")
    assert (
        answer.status_code == 403
        and "nothing was changed" in answer.content.decode()
        and names(client) == set()
    )


@pytest.mark.parametrize(
    "headers", [{"origin": "http://testserver"}, {"referer": "http://testserver/products/"}]
)
def test_an_older_browser_is_believed_by_where_it_comes_from(policy: Any, headers: dict[str, str]) -> None:
    client = Client(headers={"user-agent": AGENT, **headers})
    assert press(client, "yes").status_code == 302 and said(client).preference is True


@pytest.mark.parametrize(
    "typed",
    [
        {},
        {"answer": "perhaps", "kinds": "preference"},
        {"answer": "yes", "kinds": "essential sugar"},
        {"answer": "yes"},
    ],
)
def test_what_is_no_answer_changes_nothing(policy: Any, typed: dict[str, str]) -> None:
    client = browser()
    answer = client.post(CHOICE, typed)
    assert (
        answer.status_code == 422
        and "Choose yes or no for each kind. Nothing was changed." in answer.content.decode()
        and names(client) == set()
    )


def test_it_rejects_get(policy: Any) -> None:
    assert browser().get(CHOICE).status_code == 405


def test_a_browser_that_blocks_cookies_is_told(policy: Any) -> None:
    client = browser()
    address = press(client, "yes").url
    client.cookies.clear()
    page = client.get(address).content.decode()
    assert (
        "Your browser blocks cookies. You can read everything; to sign in, allow the one cookie"
        " &#x27;session&#x27;."
        in page
        or (
            "Your browser blocks cookies. You can read everything; to sign in, allow the one cookie"
            " 'session'." in page
        )
    )
    assert 'href="/products/"' in page


def test_who_signs_in_without_cookies_is_told(policy: Any) -> None:
    refused = Client(enforce_csrf_checks=True).post("/account/login/", {"login": "alice@example.com"})
    assert (
        refused.status_code == 403
        and "Your browser blocks cookies. You can read everything" in refused.content.decode()
    )


# ---- the cookie --------------------------------------------------------------------------------------------


def with_cookie(text: str) -> Client:
    client = browser()
    client.cookies[device_consent.NAME] = text
    return client


def signed(value: Any) -> str:
    return signing.Signer(key="only ever used by tests", salt="kept.choices.1").sign_object(value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "x:y",
        "." + "A" * 90,
        "A" * 65_536,
        "é",
        signed({"k": {"preference": 1}})[:-1] + "A",
        signed([]),
        signed({"k": 7}),
        signed("yes"),
        signed({"k": {}, "p": "x", "h": "", "l": "", "d": "2026-11-25", "u": "never"}),
        signing.dumps({"k": {"preference": 1}}, key="only ever used by tests", salt="kept.choices.1"),
    ],
    ids=range(12),
)
def test_a_broken_or_forged_answer_is_none(policy: Any, text: str) -> None:
    assert device_consent.read(text) is device_consent.NOTHING
    assert shows(with_cookie(text))


def test_an_answer_ends(policy: Any) -> None:
    client = browser()
    press(client, "yes")
    today = timezone.localdate()
    past = device_consent.write(flows.replace(said(client), until=today - timedelta(days=1)))
    assert device_consent.read(past) is device_consent.NOTHING and shows(with_cookie(past))
    assert not device_consent.read(past).allows("preference")


def test_it_is_asked_again_for_a_new_kind_alone(policy: Any) -> None:
    client = browser()
    press(client, "yes")
    client.get("/products/")
    publish(
        edited(
            default_policy(),
            purposes=lambda text: text.replace("So that the site remembers", "So that it remembers"),
        )
    )
    assert not shows(client)
    publish(
        edited(
            default_policy(),
            cookies=lambda text: (
                text + ROW.format(id="ad", name="ad", purpose="greeting", lifetime="P1D", kind="advertising")
            ),
        )
    )
    page = client.get("/").content.decode()
    assert BANNER in page and 'name="kinds" value="advertising"' in page
    press(client, "no", kinds="advertising")
    assert dict(said(client).kinds) == {
        "preference": True,
        "measurement": True,
        "advertising": False,
    } and not shows(client)


# ---- the receipt -------------------------------------------------------------------------------------------


def test_a_receipt_says_what_was_shown_and_names_nobody(policy: Any, tmp_path: Path) -> None:
    client = browser()
    page = client.get("/").content.decode()
    press(client, "yes")
    (receipt,) = Receipt.objects.all()
    assert receipt.number == said(client).receipt and receipt.kind == "consent" and receipt.act is None
    shown = ShownNotice.objects.get(hash=said(client).notice)
    assert all(part in page for part in shown.text.split(". ")[0:2])
    told = document_of(receipt.text)
    (record,) = told["dpv:hasRecordOfActivity"]
    assert {"hash": shown.hash, "language": "en", "clause": "8.1"}.items() <= record["dpv:hasNotice"].items()
    assert [one["dpv:hasPurpose"]["dct:identifier"] for one in record["dpv:hasProcess"]] == [
        "greeting",
        "filling-in",
        "visits",
    ]
    assert told["kept:details"] == {"Preference cookies": "Yes", "Measurement cookies": "Yes"} and record[
        "dpv:hasConsentControl"
    ]["@id"].endswith(PAGE)
    assert client.get(receipt.url()).status_code == 200
    fold.fold()
    file = tmp_path / "receipt.json"
    file.write_bytes(client.get(f"/privacy/receipts/{receipt.number}.json").content)
    assert main(["verify", str(file), "--key", sign.public_key()]) == 0
    file.write_text(json.dumps(json.loads(file.read_text()) | {"receipt": receipt.text.replace("Yes", "No")}))
    assert main(["verify", str(file), "--key", sign.public_key()]) == 1


def test_taking_it_back_gives_another_and_saying_it_twice_does_not(policy: Any) -> None:
    client = browser()
    for answer in ("yes", "yes", "no", "no"):
        press(client, answer)
    assert list(Receipt.objects.order_by("id").values_list("kind", flat=True)) == ["consent", "withdrawal"]


def test_who_presses_for_ever_fills_no_ledger(policy: Any) -> None:
    for _ in range(flows.RECEIPTS.most + 3):
        client = browser()
        answer = press(client, "yes")
    assert Receipt.objects.count() == flows.RECEIPTS.most
    assert said(client).preference is True and said(client).receipt == ""
    assert "The choice holds all the same." in client.get(client.get(answer.url).url).content.decode()


# ---- a signal ----------------------------------------------------------------------------------------------


def test_a_signal_is_a_no_to_measurement_whatever_is_pressed(wider: Policy) -> None:
    client = browser(**{"sec-gpc": "1"})
    page = client.get("/").content.decode()
    assert (
        'name="kinds" value="preference"' in page
        and "It counts as your no to measurement, whatever you press here." in page
    )
    press(client, "yes", kinds="preference measurement")
    assert dict(said(client).kinds) == {"preference": True}
    confirmed = client.get("/products/").content.decode()
    assert "Your browser asks not to be followed, which is a no to measurement." in confirmed and not shows(
        client
    )
    assert shows(client, headers={"sec-gpc": "0"})


def test_a_yes_on_the_page_beside_the_signal_is_more_exact(wider: Policy) -> None:
    for signal, exact in (("1", True), ("0", False)):
        client = browser(**{"sec-gpc": signal})
        client.post(CHOICE, {"answer": "save", "preference": "no", "measurement": "yes"})
        assert said(client).exact is exact
        held = client.cookies[device_consent.NAME].value
        assert (
            device_consent.read(held, signal=True).measurement is exact
            and device_consent.read(held).measurement is True
        )
        assert device_consent.read(held, signal=True).allows("measurement") is exact


def test_reading_the_answer_takes_no_time(policy: Any, rf: Any) -> None:
    """Five microseconds are promised to whoever has no cookie; a busy machine is given ten times that."""
    request = rf.get("/")
    started = timezone.now()
    for _ in range(1000):
        request.__dict__.pop("_kept_chosen", None)
        device_consent.chosen(request)
    assert (timezone.now() - started) / 1000 < timedelta(microseconds=50)
