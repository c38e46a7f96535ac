"""What no machine takes in waits for a person: nobody is answered, nothing is dropped, and it ends in one of
four ways.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from kept.accounts.models import User
from kept.core.register.hooks.desk import QUEUES
from kept.core.vault.readers import StaffReader
from kept.mailroom.reading import mail_parser
from kept.rights.asking.mail import intake
from kept.rights.asking.models import Unsorted
from kept.rights.asking.tests.conftest import letters as outgoing
from kept.rights.asking.tests.conftest import words
from kept.rights.asking.tests.test_receive import mail
from kept.rights.requests import flows
from kept.rights.requests.models import Request
from kept.rights.requests.tests.conftest import hers, unknown

pytestmark = pytest.mark.django_db
QUEUE = "/desk/requests/unsorted/"
LIST = "List-Id: <news.example.org>\r\n"


@pytest.fixture
def browser(dana: User, client_of: Callable[[User], Client]) -> Client:
    return client_of(dana)


@pytest.fixture
def waiting(policy: Any) -> Unsorted:
    intake.take_in(mail("Erase me, please.", more=LIST))
    row: Unsorted = Unsorted.objects.get()
    return row


def page(answer: Any) -> str:
    return unescape(answer.content.decode())


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (mail(more="Auto-Submitted: auto-generated\r\n"), "an automatic reply"),
        (mail(more=LIST), "mail of a list"),
        (mail(more="Precedence: bulk\r\n"), "mail of a list"),
        (mail(sender="no-reply@shop.example"), "mail nobody reads the answer to"),
        (mail(sender="privacy@example.com", subject="Fwd: erase me"), "a mail of our own"),
    ],
)
def test_it_waits_with_its_reason_and_nobody_is_answered(browser: Client, raw: bytes, why: str) -> None:
    for _ in range(2):
        assert intake.take_in(raw).why == why
    row = Unsorted.objects.get()
    assert (
        b"Please tell me" not in bytes(row.letter or b"") and not outgoing() and not Request.objects.exists()
    )
    said = page(browser.get(QUEUE))
    assert why in said.lower() and "Please tell me" not in said
    said = page(browser.get(f"{QUEUE}{row.pk}/"))
    assert "Please tell me." in said and why in said
    assert "Mail to be sorted" in page(browser.get("/desk/")) and QUEUES


def test_it_becomes_a_request_on_the_clock_of_its_arrival(browser: Client, waiting: Unsorted) -> None:
    moment = timezone.now() - timedelta(days=3)
    Unsorted.objects.update(received_at=moment)
    given = {"outcome": "request", "kind": "erasure", "name": "Eve", "email": "eve@example.org"}
    assert "Nobody was written to" in page(browser.post(f"{QUEUE}{waiting.pk}/", given, follow=True))
    request = Request.objects.get()
    assert (request.kind, request.channel, request.person) == ("erasure", "email", None)
    assert (
        "Erase me, please." in words(request)
        and words(request, "email") == "eve@example.org"
        and not outgoing()
    )
    waiting.refresh_from_db()
    assert (waiting.outcome, waiting.letter, waiting.request) == ("request", None, request)
    assert intake.take_in(mail("Erase me, please.", more=LIST)).what == intake.BEFORE
    assert request.reference in page(browser.get(f"{QUEUE}{waiting.pk}/"))


def test_it_joins_a_request(browser: Client, waiting: Unsorted) -> None:
    request = unknown().request
    before = len(outgoing())
    browser.post(f"{QUEUE}{waiting.pk}/", {"outcome": "joined", "reference": request.reference})
    said = page(browser.get(f"/desk/requests/{request.pk}/"))
    assert "Erase me, please." in said and "added by hand" in said and len(outgoing()) == before


@pytest.mark.parametrize("outcome", ["spam", "duplicate"])
def test_it_is_closed_and_nothing_of_it_stays(browser: Client, waiting: Unsorted, outcome: str) -> None:
    other = unknown().request
    browser.post(f"{QUEUE}{waiting.pk}/", {"outcome": outcome, "reference": other.reference})
    waiting.refresh_from_db()
    assert (waiting.outcome, waiting.letter) == (outcome, None) and waiting.request == (
        other if outcome == "duplicate" else None
    )
    again = browser.post(f"{QUEUE}{waiting.pk}/", {"outcome": "request", "kind": "question"})
    assert again.status_code == 422 and Request.objects.count() == 1


@pytest.mark.parametrize(
    "given", [{}, {"outcome": "joined"}, {"outcome": "duplicate", "reference": "Q-0000-0000"}]
)
def test_what_is_missing_is_said(browser: Client, waiting: Unsorted, given: dict[str, str]) -> None:
    assert browser.post(f"{QUEUE}{waiting.pk}/", given).status_code == 422
    assert Unsorted.objects.get().sorted_at is None


def test_another_company_and_other_roles_see_nothing(waiting: Unsorted, bob: User, client_of: Any) -> None:
    assert client_of(bob).get(QUEUE).status_code in {302, 403, 404}
    assert client_of(bob).get(f"{QUEUE}{waiting.pk}/").status_code in {302, 403, 404}
    Unsorted.objects.update(region="north-america")
    assert Client().get(QUEUE).status_code == 302


def test_a_request_is_closed_as_spam_and_nobody_is_mailed(browser: Client, policy: Any) -> None:
    request = unknown().request
    before = len(outgoing())
    browser.post(f"/desk/requests/{request.pk}/closing/", {"closing-outcome": "spam"})
    request.refresh_from_db()
    assert request.outcome == "spam" and request.closed_at and len(outgoing()) == before


def test_whoever_is_known_is_no_spam(alice: User, browser: Client) -> None:
    request = hers(alice).request
    answer = browser.post(f"/desk/requests/{request.pk}/closing/", {"closing-outcome": "spam"})
    assert answer.status_code == 422 and "Refuse it with reasons" in page(answer)


def test_a_request_is_closed_as_a_duplicate_of_which(browser: Client, dana: User) -> None:
    first, second = unknown().request, unknown().request
    address = f"/desk/requests/{second.pk}/closing/"
    assert browser.post(address, {"closing-outcome": "duplicate"}).status_code == 422
    browser.post(address, {"closing-outcome": "duplicate", "closing-other": first.reference.lower()})
    second.refresh_from_db()
    assert second.duplicate_of == first and any(first.reference in body for _, body in outgoing())
    with pytest.raises(flows.NotYet, match="Answer this one"):
        desk = StaffReader(role="controller", entity="cet-power", actor=dana.subject)
        flows.close(request=first, by=desk, outcome="duplicate", other=second.reference)


NOW = datetime(2026, 11, 25, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    "stamp",
    ["Thu, 1 Jan 1970 00:00:00 +0000", "Fri, 1 Jan 2038 08:00:00 +0000", "Mon, 20 Jul 2026 10:00:00 +0000"],
)
def test_a_clock_that_is_wrong_makes_nothing_late(stamp: str) -> None:
    one = mail_parser.read(f"Received: by mx; {stamp}\r\n".encode() + mail(), now=NOW)
    assert one.received_at == NOW and "cannot be right" in intake.text_of(one)
    near = mail_parser.read(b"Received: by mx; Wed, 25 Nov 2026 10:05:00 +0000\r\n" + mail(), now=NOW)
    assert near.received_at == NOW and not near.doubt
    month = mail_parser.read(b"Received: by mx; Wed, 28 Oct 2026 10:00:00 +0000\r\n" + mail(), now=NOW)
    assert month.received_at == datetime(2026, 10, 28, 10, tzinfo=UTC) and not month.doubt
