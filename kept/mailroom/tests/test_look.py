"""A mail that waits: whoever works in the room it is for looks at it, lets it in or sets it aside."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from kept.mailroom import distribution
from kept.mailroom.models import ReceivedMail
from kept.mailroom.receiving import spool
from kept.mailroom.tests.letters import mail
from kept.mailroom.tests.test_distribution import arrives
from kept.rights.requests.models import Request

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("policy")]


@pytest.fixture
def row() -> ReceivedMail:
    """It came round and round, and is a question all the same."""
    id = arrives(b"Received: by x\r\n" * 80 + mail("Is <b>this</b> mine?"))
    distribution.distribute()
    return ReceivedMail.objects.get(pk=id)


def address(row: ReceivedMail) -> str:
    return reverse("desk-mail-look", args=[row.pk])


def test_it_works(dana: Any, client_of: Any, row: ReceivedMail) -> None:
    client = client_of(dana)
    page = client.get(reverse("desk-mail")).content.decode()
    assert address(row) in page and "circles" in page and "eve@" not in page, "the list opens nothing"
    shown = client.get(address(row)).content.decode()
    assert "eve@mail.example" in shown and "Is &lt;b&gt;this&lt;/b&gt; mine?" in shown


def test_let_in_it_is_a_request(dana: Any, client_of: Any, row: ReceivedMail) -> None:
    client = client_of(dana)
    assert client.post(address(row), {"outcome": "take"}).status_code == 302
    row.refresh_from_db()
    assert (row.outcome, row.role) == ("taken", "controller") and Request.objects.count() == 1
    assert client.get(address(row)).status_code == 404


def test_set_aside_nothing_of_it_is_kept(dana: Any, client_of: Any, row: ReceivedMail) -> None:
    assert client_of(dana).post(address(row), {"outcome": "aside"}).status_code == 302
    row.refresh_from_db()
    assert row.outcome == "aside" and spool.there() == [] and Request.objects.count() == 0


def test_nothing_chosen_is_asked_again(dana: Any, client_of: Any, row: ReceivedMail) -> None:
    answer = client_of(dana).post(address(row), {})
    assert answer.status_code == 422 and "Choose what becomes of it" in answer.content.decode()


def test_what_nobody_can_read_is_only_set_aside(dana: Any, client_of: Any) -> None:
    id = arrives(mail(From=""))
    distribution.distribute()
    answer = client_of(dana).post(reverse("desk-mail-look", args=[id]), {"outcome": "take"})
    assert answer.status_code == 422 and "cannot be read" in answer.content.decode()


@pytest.mark.parametrize("who", ["bob", "alice", "nobody"])
def test_others_see_none_of_it(
    request: Any, client: Any, client_of: Any, row: ReceivedMail, who: str
) -> None:
    browser = client if who == "nobody" else client_of(request.getfixturevalue(who))
    answer = browser.get(address(row))
    assert answer.status_code in {302, 403, 404} and b"eve@" not in answer.content
