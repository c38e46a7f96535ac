"""The site's forms for a lawyer, a mother, an heir: who asks apart from whom it is about, and nothing typed
is lost.
"""

from __future__ import annotations

from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from kept.core.vault import gate
from kept.core.vault.readers import Job, SystemReader
from kept.portal.form_parts import uploads
from kept.rights import flows as copies
from kept.rights.asking.models import Check
from kept.rights.asking.tests.conftest import ASK, RIGHT, letters, question, right, words
from kept.rights.requests import fulfilment
from kept.rights.requests.at_the_desk import by_hand
from kept.rights.requests.course import fulfilment_registry
from kept.rights.requests.models import Authority, Representative, Request

pytestmark = pytest.mark.django_db
FOR = {
    "asks_for": "other",
    "relation": "heir",
    "subject_name": "Alice Example",
    "subject_email": "alice@example.com",
    "claim": "Certificate of inheritance",
    "email": "eve@example.com",
    "proof": "",
    "name": "Eve Example",
}
PDF = b"%PDF-1.4 a power of attorney"


def text(answer: Any) -> str:
    return unescape(answer.content.decode())


def sent(client: Client, address: str = RIGHT, **more: Any) -> Request:
    given = (
        right(client, **{**FOR, **more})
        if address == RIGHT
        else question(client, **{**FOR, "email": "eve@example.com", **more})
    )
    answer = client.post(address, given)
    assert answer.status_code == 302, text(answer)
    return Request.objects.get(reference=answer["Location"].split("/")[-2])


@pytest.mark.parametrize("address", [RIGHT, ASK])
def test_it_works_without_javascript(visitor: Client, alice: Any, address: str) -> None:
    page = text(visitor.get(address))
    assert (
        "I ask for somebody else" in page
        and "PDF, JPG, PNG or WebP" in page
        and uploads.megabytes(uploads.limit()) in page
    )
    file = "authority_files" if address == RIGHT else "attachments"
    request = sent(visitor, address, **{file: SimpleUploadedFile("power.pdf", PDF)})
    assert (words(request, "name"), words(request, "email")) == ("Alice Example", "alice@example.com")
    assert Authority.objects.get(request=request).relation == "heir" and request.attachments.count() == 1
    with gate.purpose("requests", reader=SystemReader(job="a test"), about=Job("a test")):
        assert Representative.objects.get(request=request).name == "Eve Example"
    assert not Check.objects.exists(), "a code says nothing of an authority"
    assert {to for to, _ in letters()} == {"eve@example.com"}


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"relation": ""}, "Choose who you are to them"),
        ({"subject_name": ""}, "Enter the name of whom it is about"),
        ({"name": ""}, "the person is told who asks for them"),
        ({"claim": ""}, "Attach what shows that you may ask"),
        ({"asks_for": "self"}, "Choose that you ask for somebody else, or empty it"),
        ({"asks_for": "nobody"}, "Choose whom it is about"),
        ({"subject_email": "alice@"}, "e-mail address"),
        ({"authority_files": SimpleUploadedFile("power.exe", b"MZ")}, "is not a PDF, JPG, PNG or WebP"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_lost(
    visitor: Client, alice: Any, more: dict[str, Any], said: str
) -> None:
    answer = visitor.post(RIGHT, right(visitor, **{**FOR, **more, "details": "Her machine in Liège"}))
    page = text(answer)
    assert (
        answer.status_code == 422
        and said in page
        and "Her machine in Liège" in page
        and not Request.objects.exists()
    )
    assert "<details open>" in page
    for name in ("claim", "subject_name"):
        assert name in more or str(FOR[name]) in page


def test_looking_who_answers_keeps_what_was_typed(visitor: Client, policy: Any) -> None:
    page = text(visitor.post(RIGHT, {**right(visitor, **FOR), "show": "1"}))
    assert (
        "Certificate of inheritance" in page
        and "Alice Example" in page
        and "<details open>" in page
        and not Request.objects.exists()
    )


def test_whoever_is_signed_in_asks_for_another_and_stays_themselves(charlie: Any, client_of: Any) -> None:
    client = client_of(charlie)
    request = sent(client, email="charlie@example.com")
    assert request.person is None and Representative.objects.get(request=request).keeper == charlie.subject
    assert request.reference in text(client.get("/me/requests/"))
    page = text(client.get(f"/privacy/status/{request.reference}/"))
    assert "Where it stands" in page
    assert (
        Client().get(f"/privacy/status/{request.reference}/").content.decode().count("Where it stands") == 0
    )


def test_whoever_asked_for_another_takes_it_back(
    charlie: Any, dana: Any, alice: Any, desk: Any, client_of: Any
) -> None:
    client = client_of(charlie)
    request = sent(client)
    by_hand.confirm(
        request=request,
        by=desk,
        email="alice@example.com",
        asker="heir",
        check="authority",
        note="The certificate",
        telling="dead",
    )
    address = f"/privacy/status/{request.reference}/"
    assert client_of(dana).post(f"{address}closing/").status_code == 404
    assert "Take it back" in text(client.get(address))
    assert "You took" in text(client.post(f"{address}closing/", follow=True))
    request.refresh_from_db()
    assert request.closed_at and request.outcome == Request.Outcome.REVOKED


def test_the_copy_goes_to_the_asker_once_it_stands(visitor: Client, alice: Any, desk: Any) -> None:
    request = sent(visitor)
    by_hand.confirm(
        request=request,
        by=desk,
        email="alice@example.com",
        asker="heir",
        check="authority",
        note="The certificate",
        telling="dead",
    )
    fulfilment_registry.carry_out(request, by=desk)
    assert copies.make_due() == 1 and fulfilment.answer_made() == 1
    assert [to for to, _ in letters("answer")] == ["eve@example.com"]
    page = text(visitor.get(f"/privacy/status/{request.reference}/"))
    assert "Your copy waits" in page
    visitor.post(f"/privacy/status/{request.reference}/copy/", {"mail": "1"})
    [(to, body)] = letters("copy_code")
    assert to == "eve@example.com"
    code = body.split("Code: ")[1].split("\n")[0]
    fetched = visitor.post(f"/privacy/status/{request.reference}/copy/", {"code": code})
    assert b"".join(fetched.streaming_content).startswith(b"PK")


def test_a_file_that_shows_it_is_named(visitor: Client, alice: Any, desk: Any) -> None:
    request = sent(visitor, authority_files=SimpleUploadedFile("power.pdf", PDF), claim="")
    by_hand.confirm(
        request=request,
        by=desk,
        email="alice@example.com",
        asker="heir",
        check="authority",
        note="Of 3 May",
        telling="dead",
        proof="1",
    )
    proof = Authority.objects.get(request=request).proof
    assert proof == request.attachments.get().file
    with gate.purpose("requests", reader=SystemReader(job="a test"), about=Job("a test")):
        assert Authority.objects.select_related("request").get(request=request).seen == "Of 3 May"
