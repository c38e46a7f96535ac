"""Somebody says it to support: one button, and the data controller has it on the clock of that day."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from kept.accounts.signing_in.session_proof import staff_reader
from kept.desk import flows as desk
from kept.desk.models import Matter
from kept.people.models import Person
from kept.rights.requests.models import Request
from kept.rights.tests.conftest import said

pytestmark = pytest.mark.django_db(transaction=True)
WORDS = "Wants everything we know of her taken away."


@pytest.fixture
def matter(alice: Any, bob: Any) -> Matter:
    reader = staff_reader(bob, bob.post())
    opened = desk.open_matter(reader=reader, purpose="support", channel="phone", text=WORDS)
    desk.find(reader=reader, matter=opened, text=alice.email)
    desk.concern(reader=reader, matter=opened, person=Person.objects.get(pk=alice.person_id))
    return Matter.objects.get(pk=opened.pk)


def press(client: Any, matter: Any, kind: str = "erasure") -> Any:
    return client.post(f"/desk/requests/from/{matter}/", {"kind": kind}, follow=True)


def test_one_button_and_dana_has_it(matter: Matter, bob: Any, dana: Any, alice: Any, client_of: Any) -> None:
    support = client_of(bob)
    assert "Make it a request" in said(support.get(f"/desk/matters/{matter.pk}/"))
    answer = press(support, matter.pk)
    request = Request.objects.get()
    assert f"{request.reference} is with the data controller" in said(answer)
    assert (request.kind, request.channel, request.received_at) == ("erasure", "phone", matter.opened_at)
    assert request.person_id == request.keeper == alice.person_id
    assert WORDS in said(client_of(dana).get(f"/desk/requests/{request.pk}/"))
    assert request.reference in said(client_of(alice).get("/me/requests/"))


def test_pressed_twice_it_is_one(matter: Matter, bob: Any, client_of: Any) -> None:
    support = client_of(bob)
    press(support, matter.pk)
    press(support, matter.pk)
    assert Request.objects.count() == 1


def test_it_requires_somebody_and_a_kind(matter: Matter, bob: Any, client_of: Any) -> None:
    support = client_of(bob)
    assert "Choose what they ask for" in said(press(support, matter.pk, "everything"))
    alone = desk.open_matter(
        reader=staff_reader(bob, bob.post()), purpose="support", channel="mail", text="Who is it?"
    )
    assert "Say first who it is" in said(press(support, alone.pk))
    matter.close()
    press(support, matter.pk)
    assert not Request.objects.exists()


def test_it_is_for_those_who_help(matter: Matter, bob: Any, dana: Any, alice: Any, client_of: Any) -> None:
    assert press(client_of(dana), matter.pk).status_code == 403
    assert press(client_of(alice), matter.pk).status_code == 403
    assert press(client_of(bob), uuid4()).status_code == 404
    assert client_of(bob).get(f"/desk/requests/from/{matter.pk}/").status_code == 405
    assert not Request.objects.exists()
