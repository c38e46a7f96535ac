"""What is kept of a request is on its page: every message, file, reason and answer, at the desk and for
whoever asked.
"""

from __future__ import annotations

from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.test import Client

from kept.accounts.models import User
from kept.core.vault import gate
from kept.core.vault.readers import Job, SystemReader
from kept.core.vault.sealed_files.files import SealedFile
from kept.rights.asking.following import status
from kept.rights.requests import flows
from kept.rights.requests.models import Attachment, Request, Step
from kept.rights.requests.tests.conftest import hers, unknown
from kept.testing import reader_of

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4 a bill"


def upload(name: str) -> flows.Upload:
    return flows.Upload(name, "application/pdf", iter([PDF]))


def page(answer: Any) -> str:
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def talk(request: Request, desk: Any, by: Any) -> None:
    flows.add(
        request=request,
        by=by,
        text="It is about the blue one.",
        what="An e-mail was added",
        files=[upload("second.pdf")],
    )
    flows.extend(request=request, by=desk, reason="Three archives must be searched.")
    flows.add(
        request=request,
        by=by,
        text="And the red one.",
        what="A letter was added",
        files=[upload("third.pdf")],
    )


def kept_of(request: Request) -> set[str]:
    """Every sealed value of it and of its steps, and the name of every file, as the database has them: no
    page is asked.
    """
    reader = SystemReader(job="requests.identify")
    with gate.purpose("requests", reader=reader, about=Job(request.matter_ref), source="test"):
        rows = [
            Request.objects.get(pk=request.pk),
            *Step.objects.filter(request=request).select_related("request"),
        ]
        found = {getattr(row, field.name) for row in rows for field in row.sealed_fields()}
        files = {SealedFile.describe(one.file).name for one in Attachment.objects.filter(request=request)}
    steps = {step.what for step in request.steps.exclude(kind=Step.Kind.RECEIVED)}
    return {str(one) for one in found if one} | files | steps


def test_the_desk_shows_what_is_kept(dana: User, desk: Any, client_of: Callable[[User], Client]) -> None:
    request = unknown(files=[upload("first.pdf")]).request
    talk(request, desk, SystemReader(job="asking.intake"))
    said = page(client_of(dana).get(f"/desk/requests/{request.pk}/"))
    assert [one for one in sorted(kept_of(request)) if one not in said] == []
    order = [said.index(one) for one in ("first.pdf", "blue one", "second.pdf", "red one", "third.pdf")]
    assert order == sorted(order)
    for one in Attachment.objects.filter(request=request):
        answer = client_of(dana).get(f"/desk/requests/{request.pk}/files/{one.file}/")
        assert answer.status_code == 200 and answer.content == PDF


def test_an_answer_that_waits_for_the_post_is_shown(
    dana: User, desk: Any, client_of: Callable[[User], Client]
) -> None:
    request = unknown(
        answer_by="post", address={"street": "Rue Haute 1", "city": "Liège", "country": "BE"}
    ).request
    flows.answer(request=request, by=desk, text="Nobody but us.")
    assert "Nobody but us." in page(client_of(dana).get(f"/desk/requests/{request.pk}/"))


def test_her_own_page_shows_what_is_kept(alice: User, desk: Any, client_of: Callable[[User], Client]) -> None:
    request = hers(alice, files=[upload("first.pdf")]).request
    talk(request, desk, reader_of(alice))
    flows.answer(request=request, by=desk, text="Here it is.")
    browser = client_of(alice)
    said = page(browser.get(f"/me/requests/{request.pk}/"))
    assert [one for one in sorted(kept_of(request)) if one not in said] == []
    for one in Attachment.objects.filter(request=request):
        assert browser.get(f"/me/requests/{request.pk}/files/{one.file}/").content == PDF


def test_anothers_file_does_not_exist(
    alice: User, charlie: User, client_of: Callable[[User], Client]
) -> None:
    request = hers(alice, files=[upload("first.pdf")]).request
    file = request.attachments.get().file
    assert client_of(charlie).get(f"/me/requests/{request.pk}/files/{file}/").status_code == 404


def test_the_status_page_shows_later_messages_to_nobody_with_a_mere_status_code(policy: Any) -> None:
    received = unknown()
    flows.add(
        request=received.request,
        by=SystemReader(job="asking.intake"),
        text="I never asked that.",
        what="An e-mail was added",
    )
    browser = Client()
    address = f"/privacy/status/{received.request.reference}/"
    said = page(browser.post(address, {"code": received.code}, follow=True))
    assert "I never asked that." not in said and "2 messages are kept" in said


def test_the_status_page_shows_every_message_to_whoever_proved_the_address(policy: Any) -> None:
    request = unknown().request
    flows.add(
        request=request,
        by=SystemReader(job="asking.intake"),
        text="It is about the blue one.",
        what="An e-mail was added",
    )
    standing = status.of(Request.objects.get(pk=request.pk), reader=None, sure=True)
    assert [one.text for one in standing.messages] == ["Who gets my address?", "It is about the blue one."]
