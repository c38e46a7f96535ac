"""What a person sees of her own requests, the copy that answers one, and a small look at what the address of
another's does.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from kept.accounts.models import User
from kept.core.vault import gate
from kept.core.vault.history import timeline
from kept.core.vault.sealed_files.files import SealedFile
from kept.rights import flows as copies
from kept.rights.models import Copy
from kept.rights.requests import flows, fulfilment
from kept.rights.requests.course import fulfilment_registry
from kept.rights.requests.models import Request
from kept.rights.requests.tests.conftest import hers
from kept.testing import reader_of

pytestmark = pytest.mark.django_db
MINE = "/me/requests/"


@pytest.fixture
def browser(alice: User, client_of: Callable[[User], Client]) -> Client:
    return client_of(alice)


def page(answer: Any) -> str:
    return str(answer.content.decode())


def test_it_works(browser: Client, alice: User, desk: Any) -> None:
    request = hers(alice).request
    assert request.reference in page(browser.get(MINE)) and MINE in page(browser.get("/me/"))
    said = page(browser.get(f"{MINE}{request.pk}/"))
    assert "All of it, please." in said and "comes first" in said
    flows.extend(request=request, by=desk, reason="Three archives must be searched.")
    said = page(browser.get(f"{MINE}{request.pk}/"))
    assert "Three archives must be searched." in said and "of 30 days no longer bounds it" in said
    flows.answer(request=request, by=desk, text="It is all yours.")
    assert "It is all yours." in page(browser.get(f"{MINE}{request.pk}/"))


def test_nothing_asked_says_what_belongs_there(browser: Client) -> None:
    assert "have not asked us anything yet" in page(browser.get(MINE))


def test_the_list_asks_as_often_for_one_as_for_many(
    browser: Client, alice: User, django_assert_max_num_queries: Any
) -> None:
    hers(alice)
    with django_assert_max_num_queries(40) as few:
        browser.get(MINE)
    for _ in range(8):
        hers(alice)
    with django_assert_max_num_queries(len(few)):
        browser.get(MINE)


def test_anothers_does_not_exist(charlie: User, alice: User, client_of: Any) -> None:
    request = hers(alice).request
    assert client_of(charlie).get(f"{MINE}{request.pk}/").status_code == 404
    assert client_of(charlie).post(f"{MINE}{request.pk}/closing/").status_code == 404
    assert Client().get(MINE).status_code == 302
    assert Request.objects.get().closed_at is None


def test_she_takes_it_back(browser: Client, alice: User) -> None:
    request = hers(alice).request
    assert "Nothing was done" in page(browser.post(f"{MINE}{request.pk}/closing/", follow=True))
    assert Request.objects.get().outcome == "revoked"
    assert "is closed" in page(browser.post(f"{MINE}{request.pk}/closing/", follow=True))


def test_it_rejects_get(browser: Client, alice: User) -> None:
    assert browser.get(f"{MINE}{hers(alice).request.pk}/closing/").status_code == 405


def test_an_access_request_is_answered_with_her_copy(alice: User, desk: Any) -> None:
    request = hers(alice).request
    assert "being made" in fulfilment_registry.carry_out(request, by=desk)
    assert "being made" in fulfilment_registry.carry_out(request, by=desk) and Copy.objects.count() == 1, (
        "twice is once"
    )
    assert fulfilment.answer_made() == 0, "it is not there yet"
    assert copies.make_due() == 1
    assert fulfilment.answer_made() == 1 and fulfilment.answer_made() == 0
    request.refresh_from_db()
    assert request.outcome == "fulfilled"
    copy = Copy.objects.get()
    assert copy.file and copy.subject == alice.subject
    with gate.purpose("own-data", reader=reader_of(alice), about=alice.subject):
        assert b"".join(SealedFile.open(copy.file)).startswith(b"PK")
        said = [str(one.detail.get("what")) for one in timeline(alice.subject)]
    assert f"A copy of your data was made, to answer {request.reference}" in said
    with gate.purpose("requests", reader=reader_of(alice), about=alice.subject):
        assert "/me/copy/" in Request.objects.get().answer


def test_a_copy_nobody_proved_for_and_no_request_asked_for_is_not_made(alice: User) -> None:
    Copy.objects.create(subject=alice.subject, due_at=alice.confirmed_at)
    copies.make_due()
    assert Copy.objects.get().file is None and Copy.objects.get().trouble


def test_without_an_id_and_an_address_there_is_no_way_to_a_copy(alice: User, desk: Any) -> None:
    request = hers(alice).request
    with gate.purpose("account", reader=reader_of(alice), about=alice.person):
        alice.person.correct("email", "")
    User.objects.filter(pk=alice.pk).update(person=None)
    with pytest.raises(fulfilment_registry.CannotCarryOut, match="no ID, and no e-mail address"):
        fulfilment_registry.carry_out(Request.objects.get(pk=request.pk), by=desk)
    assert not Copy.objects.exists()
