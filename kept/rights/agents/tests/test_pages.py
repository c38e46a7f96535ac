"""The person confirms or stops what an agent asks, and fetches what it brought: by her session or by a code,
never by the address alone.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client

from kept.core.vault import gate, history
from kept.rights.agents.models import Exercise
from kept.rights.agents.tests.agent import Agent
from kept.rights.requests.models import Request
from kept.testing import PASSWORD, reader_of

pytestmark = pytest.mark.django_db
Work = Callable[..., None]
ALICE = {"name": "Alice Lambert", "email": "alice@example.com", "email_verified": True}


@pytest.fixture
def visitor() -> Client:
    return Client()


def path(said: dict[str, Any], key: str) -> str:
    return urlsplit(said[key]).path


@pytest.fixture
def unsure(agent: Agent, alice: Any, work: Work) -> dict[str, Any]:
    """An access that Alice has to confirm."""
    id = agent.ask("access", email="alice@example.com")["request_id"]
    work()
    work(seconds=31)
    return agent.status(id)


@pytest.fixture
def ready(agent: Agent, alice: Any, work: Work) -> dict[str, Any]:
    """An access whose answer waits for Alice."""
    id = agent.ask("access", **ALICE)["request_id"]
    work()
    work(seconds=31)
    return agent.status(id)


def code_in(letters: Any) -> str:
    return next(
        found[0]
        for letter in reversed(letters())
        if letter.subject.startswith("Your code") and (found := re.search(r"\d{6}", letter.subject))
    )


def proven_again(client: Client) -> Client:
    client.post("/account/reauthenticate/?next=/me/", {"password": PASSWORD})
    return client


def test_a_code_from_the_known_address_confirms(
    agent: Agent, alice: Any, unsure: Any, visitor: Client, work: Work, letters: Any
) -> None:
    page = path(unsure, "user_verification_url")
    shown = visitor.get(page)
    assert (
        shown.status_code == 200
        and shown["Cache-Control"].startswith("max-age=0")
        and "alice" not in shown.content.decode()
    )
    assert (
        "Permission Please" in shown.content.decode()
        and "a copy of everything we know about you" in shown.content.decode()
    )
    assert "on its way" in visitor.post(page + "code/").content.decode()
    assert letters()[-1].to == ["alice@example.com"]
    for wrong in ("12345", "abcdef", ""):
        assert visitor.post(page + "code/", {"code": wrong}).status_code == 422
    code = code_in(letters)
    wrong = "000000" if code != "000000" else "000001"
    answer = visitor.post(page + "code/", {"code": wrong})
    assert (
        answer.status_code == 422
        and "This code is not right" in answer.content.decode()
        and wrong in answer.content.decode()
    )
    assert visitor.post(page + "code/", {"code": f" {code[:3]} {code[3:]}"}).status_code == 302
    work()
    said = agent.status(unsure["request_id"])
    assert said["status"] == "fulfilled" and "results_url" in said
    assert Request.objects.get().person_id == alice.subject
    assert visitor.post(page + "code/", {"code": code}).status_code == 302, "used up"


def test_a_stranger_gets_the_same_pages_and_no_code_is_ever_right(
    agent: Agent, alice: Any, work: Work, letters: Any
) -> None:
    pages = []
    for email in ("alice@example.com", "stranger@example.com"):
        id = agent.ask("access", email=email)["request_id"]
        work()
        work(seconds=31)
        page, visitor = path(agent.status(id), "user_verification_url"), Client()
        pages.append(
            [
                plain(visitor.get(page), id),
                plain(visitor.post(page + "code/"), id),
                plain(visitor.post(page + "code/", {"code": "123456"}), id),
            ]
        )
    assert pages[0] == pages[1]
    assert [letter.to for letter in letters() if letter.subject.startswith("Your code")] == [
        ["alice@example.com"]
    ]


def plain(answer: Any, id: str) -> str:
    """A page without its address, its guard and its clock."""
    text = re.sub(
        r'value="\w{40,}"|[0-9a-f]{32}|<time.*?</time>', "", answer.content.decode().replace(id, "")
    )
    return f"{answer.status_code} {text}"


def test_guessing_ends_it(agent: Agent, unsure: Any, visitor: Client, letters: Any) -> None:
    page = path(unsure, "user_verification_url")
    visitor.post(page + "code/")
    code = code_in(letters)
    for number in range(5):
        visitor.post(page + "code/", {"code": f"{(int(code) + 1 + number) % 1_000_000:06d}"})
    assert visitor.post(page + "code/", {"code": code}).status_code == 422, "five wrong ones end a code"
    for number in range(9):
        visitor.post(page + "code/", {"code": f"{number:06d}"})
    assert agent.status(unsure["request_id"])["reason"] == "insuf_verification"
    visitor.post(page + "code/")
    assert Exercise.objects.get().codes_sent == 1


def test_a_code_lives_for_a_quarter_of_an_hour_and_five_are_sent(
    unsure: Any, visitor: Client, letters: Any, clock: Any
) -> None:
    page = path(unsure, "user_verification_url")
    visitor.post(page + "code/")
    code = code_in(letters)
    clock.forward(minutes=16)
    assert visitor.post(page + "code/", {"code": code}).status_code == 422
    for _ in range(9):
        visitor.post(page + "code/")
    assert sum(letter.subject.startswith("Your code") for letter in letters()) == 5


def test_signed_in_and_asked_once_more_confirms(
    agent: Agent, alice: Any, unsure: Any, client_of: Any, work: Work
) -> None:
    page, client = path(unsure, "user_verification_url"), client_of(alice)
    assert client.post(page + "confirmation/").url.startswith("/account/reauthenticate/")
    assert agent.status(unsure["request_id"])["reason"] == "need_user_verification"
    assert proven_again(client).post(page + "confirmation/").status_code == 302
    work()
    assert agent.status(unsure["request_id"])["status"] == "fulfilled"


def test_somebody_else_who_signs_in_confirms_nothing(
    agent: Agent, charlie: Any, unsure: Any, client_of: Any
) -> None:
    answer = proven_again(client_of(charlie)).post(path(unsure, "user_verification_url") + "confirmation/")
    assert answer.status_code == 422 and "another address than the one of this ID" in answer.content.decode()
    assert agent.status(unsure["request_id"])["reason"] == "need_user_verification"


def test_i_did_not_ask_for_this(agent: Agent, unsure: Any, visitor: Client, work: Work) -> None:
    page = path(unsure, "user_verification_url")
    assert visitor.get(page + "refusal/").status_code == 405
    assert visitor.post(page + "refusal/").status_code == 302
    work()
    said = agent.status(unsure["request_id"])
    assert (said["status"], said["reason"]) == ("denied", "suspected_fraud")
    assert Request.objects.get().closed_at is not None
    assert "This has ended" in visitor.get(page).content.decode()


@pytest.mark.parametrize(
    ("wanted", "leads"),
    [
        ("https://agent.example.org/done?x=1", "https://agent.example.org/done?x=1"),
        ("https://evil.example.org/", ""),
        ("http://agent.example.org/", ""),
        ("https://agent.example.org@evil.example/", ""),
        ("https://agent.example.org\\@evil.example/", ""),
        ("//evil.example/", ""),
        ("javascript:alert(1)", ""),
    ],
)
def test_back_to_the_agent_and_nowhere_else(
    unsure: Any, visitor: Client, letters: Any, wanted: str, leads: str
) -> None:
    page = path(unsure, "user_verification_url")
    query = {"redirect_to": wanted, "request_id": unsure["request_id"]}
    visitor.post(page + "code/")
    answer = visitor.post(page + "code/", {"code": code_in(letters)}, query_params=query)
    assert answer.status_code == 302
    assert answer.url == leads if leads else answer.url.startswith(page)


def test_an_address_that_is_not_quite_right_leads_nowhere(unsure: Any, ready: Any, visitor: Client) -> None:
    page, results = path(unsure, "user_verification_url"), path(ready, "results_url")
    assert visitor.get(page, {"request_id": unsure["request_id"]}).status_code == 200
    assert visitor.get(page, {"request_id": ready["request_id"]}).status_code == 404
    mark = results.rstrip("/").rpartition("/")[2]
    assert visitor.get(results.replace(mark, mark[::-1])).status_code == 404
    assert visitor.get(page.replace(page.rstrip("/").rpartition("/")[2], mark)).status_code == 404


def test_the_copy_is_fetched_once_with_a_code(
    alice: Any, ready: Any, visitor: Client, letters: Any, agent: Agent
) -> None:
    page = path(ready, "results_url")
    assert visitor.get(page).status_code == 200
    visitor.post(page + "code/")
    answer = visitor.post(page + "code/", {"code": code_in(letters)})
    assert answer["Content-Type"] == "application/zip"
    with zipfile.ZipFile(BytesIO(b"".join(answer.streaming_content))) as copy:
        assert "Alice Lambert" in copy.read("data/people_person.json").decode()
    assert visitor.get(page).status_code == 410
    assert "results_url" not in agent.status(ready["request_id"])
    with gate.purpose("own-data", reader=reader_of(alice), about=alice.subject):
        told = [happening.detail.get("what") for happening in history.timeline(alice.subject)]
    assert "You fetched the copy an authorised agent asked for" in told
    assert any("An authorised agent has checked that it is you" in str(one) for one in told)


def test_guessing_leaves_the_copy_to_whoever_signs_in(
    alice: Any, ready: Any, visitor: Client, letters: Any, client_of: Any
) -> None:
    page = path(ready, "results_url")
    for _ in range(3):
        visitor.post(page + "code/")
        code = code_in(letters)
        for number in range(5):
            assert (
                visitor.post(
                    page + "code/", {"code": f"{(int(code) + 1 + number) % 1_000_000:06d}"}
                ).status_code
                == 422
            )
    visitor.post(page + "code/")
    assert visitor.post(page + "code/", {"code": code_in(letters)}).status_code == 422
    assert proven_again(client_of(alice)).post(page + "copy/")["Content-Type"] == "application/zip"


def test_the_copy_is_fetched_by_the_person_signed_in(
    alice: Any, charlie: Any, ready: Any, client_of: Any
) -> None:
    page = path(ready, "results_url")
    assert proven_again(client_of(charlie)).post(page + "copy/").url == page
    client = client_of(alice)
    assert client.post(page + "copy/").url.startswith("/account/reauthenticate/")
    answer = proven_again(client).post(page + "copy/")
    assert answer["Content-Type"] == "application/zip" and b"".join(answer.streaming_content).startswith(
        b"PK"
    )
    assert client.get(page).status_code == 410


def test_the_kinds_of_data_are_listed_without_a_value(
    agent: Agent, alice: Any, client_of: Any, work: Work
) -> None:
    id = agent.ask("access:categories", **ALICE)["request_id"]
    work()
    work(seconds=31)
    answer = proven_again(client_of(alice)).post(path(agent.status(id), "results_url") + "copy/")
    text = answer.content.decode()
    assert answer.status_code == 200 and "Your ID" in text and "Protecting your ID" in text
    assert (
        "Alice Lambert" not in text.partition("<main")[2]
        and "alice@example.com" not in text.partition("<main")[2]
    )


def test_the_desk_lists_what_came_and_whose_it_is(unsure: Any, dana: Any, bob: Any, client_of: Any) -> None:
    listed = client_of(dana).get("/desk/agents/").content.decode()
    assert "Permission Please" in listed and "Second Thoughts" in listed and "LOCALHOST" in listed
    shown = client_of(dana).get(f"/desk/agents/{unsure['request_id']}/").content.decode()
    assert (
        "tech@agent.example.org" in shown
        and "need_user_verification" in shown
        and Request.objects.get().reference in shown
    )
    assert client_of(bob).get("/desk/agents/").status_code == 403


def test_a_code_ends_with_the_address_it_went_to(
    alice: Any, ready: Any, visitor: Client, letters: Any
) -> None:
    page = path(ready, "results_url")
    visitor.post(page + "code/")
    code = code_in(letters)
    with gate.purpose("own-data", reader=reader_of(alice), about=alice.person):
        alice.person.correct("email", "alice.new@example.com")
    assert visitor.post(page + "code/", {"code": code}).status_code == 422
