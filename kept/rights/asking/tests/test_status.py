"""Where it stands, by reference and code: to whoever has both, and the words to nobody but whoever is
sure.
"""

from __future__ import annotations

import re
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kept.core.vault.readers import StaffReader
from kept.rights.asking.following.status_views import WRONG
from kept.rights.asking.guards import limits
from kept.rights.asking.tests.conftest import ASK, RIGHT, mailed_code, question, right, work
from kept.rights.requests import flows as requests
from kept.rights.requests.models import Request
from kept.testing import reader_of

pytestmark = pytest.mark.django_db
STATUS = "/privacy/status/"
WORDS = "We hold your name and your address."
REASON = "Three companies must be asked, and one is closed until spring."


@pytest.fixture
def desk(dana: Any) -> StaffReader:
    return StaffReader(role="controller", entity="cet-power", actor=dana.subject)


def text(answer: Any) -> str:
    return str(answer.content.decode())


def received(**more: Any) -> requests.Received:
    given = {
        "kind": "question",
        "text": "Who has it?",
        "channel": "site",
        "country": "BE",
        "email": "eve@example.com",
    }
    return requests.receive(**{**given, **more})


def opened(made: requests.Received) -> Client:
    client = Client()
    answer = client.post(f"{STATUS}{made.request.reference}/", {"code": made.code.lower()})
    assert answer.status_code == 302
    return client


def page(client: Client, made: requests.Received) -> str:
    return text(client.get(f"{STATUS}{made.request.reference}/"))


def test_it_works(policy: Any) -> None:
    made = received()
    shown = page(opened(made), made)
    for said in (
        made.request.reference,
        f"{made.request.due:%-d %B %Y}",
        "The data controller for Europe",
        "Belgian Data Protection Authority",
    ):
        assert said in shown
    assert made.code not in shown and "Who has it?" not in shown, (
        "the page says where it stands, not what was said"
    )


def test_it_requires_the_code(policy: Any) -> None:
    made = received()
    shown = page(Client(), made)
    assert "opens with the code" in shown and f"{made.request.due:%-d %B %Y}" not in shown


def test_the_code_of_another_opens_nothing(policy: Any) -> None:
    one, other = received(), received()
    answer = opened(other).post(f"{STATUS}{one.request.reference}/", {"code": other.code})
    assert answer.status_code == 422 and str(WRONG) in text(answer)


def test_reference_and_code_open_it_from_one_page(policy: Any) -> None:
    made = received()
    answer = Client().post(STATUS, {"reference": f" {made.request.reference.lower()} ", "code": made.code})
    assert answer["Location"] == f"{STATUS}{made.request.reference}/"


def test_a_wrong_code_and_an_unknown_reference_look_and_cost_the_same(policy: Any) -> None:
    made, client = received(), Client()
    client.get(STATUS)
    answers: list[Any] = []
    costs = []
    for reference in (made.request.reference, "Q-0000-0000"):
        send = partial(client.post, f"{STATUS}{reference}/", {"code": "0000-0000-0000"})
        costs.append(work(lambda send=send: answers.append(send())))
    assert costs[0] == costs[1]
    assert len({re.sub(r'Q-\w{4}-\w{4}|value="[^"]{60,}"', "", text(one)) for one in answers}) == 1
    assert {one.status_code for one in answers} == {422}


@pytest.mark.parametrize("code", ["", "x" * 41, "a\x00b", "ß" * 12])
def test_bad_codes_get_a_sentence(policy: Any, code: str) -> None:
    answer = Client().post(f"{STATUS}{received().request.reference}/", {"code": code})
    assert answer.status_code == 422 and "There is a problem" in text(answer)


@pytest.mark.parametrize("reference", ["Q-OOOO-0000", "q-0000-0000", "Q-0000-00000", "x"])
def test_what_is_no_reference_has_no_page(policy: Any, reference: str) -> None:
    assert Client().get(f"{STATUS}{reference}/").status_code == 404


def test_thirty_codes_on_one_machine(policy: Any) -> None:
    made = received()
    for _ in range(limits.CODES.most):
        limits.CODES.spend("192.0.2.1")
    answer = Client().post(f"{STATUS}{made.request.reference}/", {"code": made.code}, REMOTE_ADDR="192.0.2.1")
    assert answer.status_code == 429 and "Wait 15 minutes" in text(answer)


def test_an_answer_to_somebody_nobody_knows_is_read_with_the_code(desk: StaffReader) -> None:
    made = received()
    requests.extend(request=made.request, by=desk, reason=REASON)
    assert REASON in page(opened(made), made)
    requests.answer(request=made.request, by=desk, text=WORDS)
    shown = page(opened(made), made)
    assert WORDS in shown and "Answered" in shown


def test_who_sent_a_form_in_her_name_reads_nothing_of_hers(
    desk: StaffReader, alice: Any, machine: Any, client_of: Any
) -> None:
    """The stranger has the status code.

    Alice confirms by mistake. What is said goes to her, and to her alone.
    """
    stranger, her_browser = Client(), Client()
    reference = stranger.post(RIGHT, right(stranger))["Location"].split("/")[-2]
    her_browser.post(f"{RIGHT}{reference}/", {"code": mailed_code()})
    request = Request.objects.get()
    requests.extend(request=request, by=desk, reason=REASON)
    requests.answer(request=request, by=desk, text=WORDS)
    address = f"{STATUS}{reference}/"
    theirs = text(stranger.get(address))
    assert (
        WORDS not in theirs
        and REASON not in theirs
        and "Extended under" not in theirs
        and "to nobody who merely has this code" in theirs
    )
    for hers in (her_browser, client_of(alice)):
        assert WORDS in text(hers.get(address)) and REASON in text(hers.get(address))


def test_the_owner_who_is_signed_in_needs_no_code(alice: Any, charlie: Any, client_of: Any) -> None:
    made = received(kind="access", reader=reader_of(alice), email="alice@example.com")
    assert "You, signed in" in page(client_of(alice), made)
    assert "opens with the code" in page(client_of(charlie), made)


def closing(client: Client, reference: str) -> int:
    return int(client.post(f"{STATUS}{reference}/closing/").status_code)


def test_what_nobody_confirmed_is_taken_back_with_the_code(policy: Any) -> None:
    made = received()
    client, reference = opened(made), made.request.reference
    assert closing(Client(), reference) == 404
    assert "Take it back" in page(client, made) and closing(client, reference) == 302
    made.request.refresh_from_db()
    assert made.request.closed_at and made.request.outcome == Request.Outcome.REVOKED
    shown = page(client, made)
    assert f"You took {reference} back" in shown and "Take it back" not in shown
    assert closing(client, reference) == 302 and f"{reference} is closed" in page(client, made)


def test_who_sent_a_form_in_her_name_does_not_end_what_she_confirmed(machine: Any) -> None:
    stranger, her_browser = Client(), Client()
    reference = stranger.post(RIGHT, right(stranger))["Location"].split("/")[-2]
    her_browser.post(f"{RIGHT}{reference}/", {"code": mailed_code()})
    address = f"{STATUS}{reference}/"
    assert "Take it back" not in text(stranger.get(address)) and closing(stranger, reference) == 404
    assert Request.objects.get().closed_at is None
    assert "Take it back" in text(her_browser.get(address)) and closing(her_browser, reference) == 302
    assert Request.objects.get().outcome == Request.Outcome.REVOKED


def test_what_was_forgotten_opens_no_more(policy: Any) -> None:
    made = received()
    client = opened(made)
    made.request.forget()
    assert "opens with the code" in page(client, made)
    assert Client().post(f"{STATUS}{made.request.reference}/", {"code": made.code}).status_code == 422


def test_the_page_costs_the_same_whatever_was_done(desk: StaffReader) -> None:
    made = received()
    client = opened(made)
    page(client, made)
    with CaptureQueriesContext(connection) as few:
        page(client, made)
    for number in range(8):
        requests.add(request=made.request, by=desk, text=f"More {number}", what="On the phone")
    with CaptureQueriesContext(connection) as many:
        page(client, made)
    assert len(many) == len(few) <= 12


def test_the_foot_and_the_form_lead_here(visitor: Client, policy: Any) -> None:
    assert f'href="{ASK}"' in text(visitor.get("/privacy/"))
    assert f'href="{ASK}"' in text(visitor.get("/privacy/controllers/"))
    assert question(visitor)["token"]
