"""Somebody without an ID fetches her copy: a code to the address we know, each time anew, and nobody else
gets a byte.
"""

from __future__ import annotations

import re
from datetime import timedelta
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from django.test import Client
from django.utils import timezone

from kept.accounts.models import User
from kept.core.vault import gate
from kept.core.vault.history import timeline
from kept.core.vault.readers import Job, StaffReader, SystemReader
from kept.people.models import Person
from kept.rights import flows as copies
from kept.rights.asking.tests.conftest import letters
from kept.rights.models import Copy
from kept.rights.requests import flows, fulfilment
from kept.rights.requests.course import fulfilment_registry
from kept.rights.requests.models import Request
from kept.rights.tests.conftest import said

pytestmark = pytest.mark.django_db(transaction=True)
ADDRESS = "noor.vale@example.org"


@pytest.fixture
def asked(policy: Any, dana: User) -> tuple[Request, str]:
    """A caller we know and who has no ID.

    The controller had her copy made, and the worker answered. The request, and its status code.
    """
    with gate.purpose("account", reader=SystemReader(job="a test"), about=Job("a test"), source="phone call"):
        noor = Person.objects.enrol(name="Noor Vale", email=ADDRESS, controller="cet-power")
    desk = StaffReader(role="controller", entity="cet-power", actor=dana.subject)
    received = flows.receive(
        kind="access", text="All of it.", channel="letter", reader=desk, person=noor, email=ADDRESS
    )
    fulfilment_registry.carry_out(received.request, by=desk)
    assert copies.make_due() == 1 and fulfilment.answer_made() == 1
    return Request.objects.get(), received.code


def opened(asked: tuple[Request, str]) -> tuple[Client, str]:
    """A browser that opened the status page with its code, and the address of the copy."""
    request, code = asked
    client, status = Client(), f"/privacy/status/{request.reference}/"
    assert client.post(status, {"code": code}).status_code == 302
    assert "Your copy waits" in said(client.get(status))
    return client, f"{status}copy/"


def mail_me(client: Client, address: str) -> Any:
    return client.post(address, {"code": "", "mail": "1"})


def code() -> str:
    found = re.search(r"Code: (\d{8})", letters("copy_code")[-1][1])
    assert found
    return found[1]


def test_she_is_told_where_it_waits_and_fetches_it(asked: tuple[Request, str]) -> None:
    request, _ = asked
    to, body = letters("mail/answer")[-1]
    assert to == ADDRESS and f"/privacy/status/{request.reference}/" in body and "/me/copy/" not in body
    client, address = opened(asked)
    assert mail_me(client, address).status_code == 302
    assert letters("copy_code")[-1][0] == ADDRESS
    answer = client.post(address, {"code": f"{code()[:4]} {code()[4:]}"})
    with ZipFile(BytesIO(b"".join(answer))) as archive:  # type: ignore[arg-type]
        inside = b"".join(archive.read(name) for name in archive.namelist()).decode("utf-8", "replace")
    assert "Noor Vale" in inside and ADDRESS in inside
    answer.close()
    with gate.purpose("own-data", reader=SystemReader(job="a test"), about=Job("a test")):
        assert f"You fetched the copy you asked for, {request.reference}" in [
            one.detail.get("what") for one in timeline(request.person_id, limit=5)
        ]


def test_a_code_works_once_and_a_newer_one_ends_it(asked: tuple[Request, str]) -> None:
    client, address = opened(asked)
    mail_me(client, address)
    first = code()
    mail_me(client, address)
    assert client.post(address, {"code": first}).status_code == 422
    second = code()
    answer = client.post(address, {"code": second})
    assert answer["Content-Type"] == "application/zip"
    answer.close()
    assert client.post(address, {"code": second}).status_code == 422


def test_an_empty_code_is_asked_for(asked: tuple[Request, str]) -> None:
    client, address = opened(asked)
    mail_me(client, address)
    answer = client.post(address, {"code": " "})
    assert answer.status_code == 422 and "Enter the code from our mail" in said(answer)


def test_after_five_wrong_ones_the_right_one_is_wrong(asked: tuple[Request, str]) -> None:
    client, address = opened(asked)
    mail_me(client, address)
    wrong = f"{(int(code()) + 1) % 10**8:08d}"
    for _ in range(5):
        answer = client.post(address, {"code": wrong})
        assert answer.status_code == 422 and "This is not the code of our newest mail" in said(answer)
    assert client.post(address, {"code": code()}).status_code == 422


def test_a_code_is_over_after_a_quarter_of_an_hour(
    asked: tuple[Request, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    client, address = opened(asked)
    mail_me(client, address)
    later = timezone.now() + timedelta(minutes=16)
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert client.post(address, {"code": code()}).status_code == 422


def test_five_codes_a_day_go_to_an_address_and_it_says_so(asked: tuple[Request, str]) -> None:
    client, address = opened(asked)
    for _ in range(5):
        assert mail_me(client, address).status_code == 302
    refused = mail_me(client, address)
    assert refused.status_code == 429 and "come back tomorrow" in said(refused)
    assert len(letters("copy_code")) == 5


def test_who_opened_nothing_gets_nothing(asked: tuple[Request, str]) -> None:
    request, _ = asked
    opened(asked)
    stranger, address = Client(), f"/privacy/status/{request.reference}/copy/"
    for answer in (
        stranger.get(address),
        mail_me(stranger, address),
        stranger.post(address, {"code": "12345678"}),
    ):
        assert answer.status_code == 302 and answer["Location"] == f"/privacy/status/{request.reference}/"
    assert letters("copy_code") == []


def test_another_browser_s_code_is_not_this_one_s(asked: tuple[Request, str]) -> None:
    hers, address = opened(asked)
    other, _ = opened(asked)
    mail_me(hers, address)
    assert other.post(address, {"code": code()}).status_code == 422


def test_it_ends_with_the_copy_and_whoever_has_an_id_signs_in(asked: tuple[Request, str]) -> None:
    client, address = opened(asked)
    made = Copy.objects.get()
    Copy.objects.update(dies_at=timezone.now() - timedelta(seconds=1))
    assert client.get(address).status_code == 302
    Copy.objects.update(dies_at=made.dies_at)
    assert client.get(address).status_code == 200
    User.objects.create_user(ADDRESS, person_id=made.subject)
    assert client.get(address).status_code == 302


def test_a_code_ends_with_the_address_it_went_to(asked: tuple[Request, str]) -> None:
    client, address = opened(asked)
    mail_me(client, address)
    with gate.purpose("own-data", reader=SystemReader(job="a test"), about=Job("a test")):
        Person.objects.get(pk=asked[0].person_id).correct("email", "noor.new@example.org")
    assert client.post(address, {"code": code()}).status_code == 422
