"""A serial number that cannot be registered at once: the same for unknown, taken and scrapped, so that none
can be probed.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kept.core.vault import gate
from kept.core.vault.sealed_files.files import SealedFile
from kept.equipment.models import Unit, UnitEvent
from kept.outbox.models import Message
from kept.testing import reader_of
from kept.touchpoints.registrations import flows
from kept.touchpoints.registrations.flows import TRIES
from kept.touchpoints.registrations.models import Claim, Draft
from kept.touchpoints.registrations.tests.conftest import (
    ADDRESS,
    FREE,
    MACHINE,
    OTHER,
    UNKNOWN,
    YOU,
    register,
    started,
)

pytestmark = pytest.mark.django_db
SENTENCE = (
    "We could not register this serial number right away. Send a proof of purchase and we will look into it."
)
PDF = b"%PDF-1.4 a receipt"


def file(content: bytes = PDF, name: str = "receipt.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def send(client: Any, address: str, **more: Any) -> Any:
    return client.post(
        address, {"holder": "myself", "note": "From a dealer in Namur", "proof": file(), **more}
    )


def plain(content: bytes) -> str:
    """A page without what differs by itself: its token, its clock and its serial number."""
    text = re.sub(r'value="[A-Za-z0-9]{64}"|[0-9a-f]{8}-[0-9a-f-]{27}', "", content.decode())
    return re.sub(r"\d{4}-\d{2}-\d", "", text)


@pytest.fixture
def taken(his: Any) -> str:
    register(his, machine={"serial": OTHER})
    return OTHER


def test_unknown_taken_and_scrapped_cannot_be_told_apart(hers: Any, taken: str) -> None:
    UnitEvent.objects.create(unit=Unit.objects.get(serial=FREE), state=UnitEvent.State.SCRAPPED)
    seen = set()
    hers.get(ADDRESS)
    for serial in (UNKNOWN, taken, FREE):
        with CaptureQueriesContext(connection) as asked:
            first = hers.post(ADDRESS, {**MACHINE, "serial": serial})
        page = hers.get(first["Location"])
        assert SENTENCE in page.content.decode()
        seen.add(
            (
                first.status_code,
                first["Location"].split("/")[-2],
                page.status_code,
                len(asked),
                plain(page.content),
            )
        )
    assert len(seen) == 1


def test_nothing_is_said_about_a_date_before_somebody_elses_unit_was_made(hers: Any, taken: str) -> None:
    early = {**MACHINE, "purchased_year": "2020"}
    assert (
        hers.post(ADDRESS, {**early, "serial": taken}).status_code
        == hers.post(ADDRESS, {**early, "serial": UNKNOWN}).status_code
        == 302
    )


def test_a_proof_puts_it_into_the_queue(hers: Any, alice: Any, taken: str) -> None:
    answer = send(hers, started(hers, taken))
    claim = Claim.objects.get()
    assert answer["Location"] == f"/me/products/claims/{claim.reference}/"
    page = hers.get(answer["Location"]).content.decode()
    assert claim.reference in page and f"{claim.answer_by:%-d %B %Y}" in page
    assert claim.matter_open and claim.answer_by == timezone.localdate() + timedelta(days=10)
    with gate.purpose("registration", reader=reader_of(alice), about=alice.person):
        assert (claim.serial, claim.note) == (taken, "From a dealer in Namur")
        assert b"".join(SealedFile.open(claim.proof)) == PDF
        assert SealedFile.describe(claim.proof).media_type == "application/pdf"
    assert Message.objects.filter(
        subject=alice.person.pk, template="registrations/mail/claim_received.txt"
    ).exists()


def test_the_draft_of_a_claim_keeps_nothing(hers: Any, taken: str) -> None:
    send(hers, started(hers, taken))
    draft = Draft.objects.get(person__registrations=None)
    assert draft.ended_at and not any(draft.__dict__[field.attname] for field in draft.sealed_fields())


def test_sent_twice_it_is_one_claim(hers: Any) -> None:
    address = started(hers, UNKNOWN)
    assert send(hers, address)["Location"] == send(hers, address)["Location"]
    assert Claim.objects.count() == 1


@pytest.mark.parametrize(
    "content", [b"\xff\xd8\xff\xe0 jpg", b"\x89PNG\r\n\x1a\n png", b"RIFF\x00\x00\x00\x00WEBP"]
)
def test_pictures_are_taken_by_their_first_bytes(hers: Any, content: bytes) -> None:
    assert send(hers, started(hers, UNKNOWN), proof=file(content, "x.exe")).status_code == 302


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"MZ not a picture", "This file is not a PDF, JPG, PNG or WebP. Choose one of those"),
        (b"", "This file is empty. Choose another one"),
        (b"<svg onload=alert(1)>", "This file is not a PDF, JPG, PNG or WebP. Choose one of those"),
    ],
)
def test_other_files_are_refused_and_the_note_stays(hers: Any, content: bytes, sentence: str) -> None:
    answer = send(hers, started(hers, UNKNOWN), proof=file(content))
    page = answer.content.decode()
    assert answer.status_code == 422 and sentence in page and "From a dealer in Namur" in page
    assert not Claim.objects.exists()


def test_a_file_is_needed(hers: Any) -> None:
    answer = hers.post(started(hers, UNKNOWN), {"holder": "myself", "note": ""})
    assert answer.status_code == 422 and "Choose a file" in answer.content.decode()


def test_one_that_is_too_large_is_refused_by_its_size(hers: Any, settings: Any) -> None:
    settings.KEPT_UPLOAD_LIMIT = settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 10_000_000
    address = started(hers, UNKNOWN)
    assert "at most 10 MB" in hers.get(address).content.decode()
    answer = send(hers, address, proof=file(PDF + b"0" * 11_950_000))
    page = answer.content.decode()
    assert (
        answer.status_code == 422
        and "The file is 12 MB; the limit is 10 MB. Try a photo instead of a scan." in page
    )
    assert "From a dealer in Namur" in page and not Claim.objects.exists()


def test_a_search_for_serial_numbers_is_stopped(hers: Any) -> None:
    for _ in range(TRIES):
        started(hers, UNKNOWN)
    answer = hers.post(ADDRESS, {**MACHINE, "serial": FREE})
    page = answer.content.decode()
    assert answer.status_code == 429 and "Wait an hour" in page and f'value="{FREE}"' in page
    Draft.objects.update(started_at=timezone.now() - timedelta(minutes=61))
    assert hers.post(ADDRESS, {**MACHINE, "serial": FREE}).status_code == 302


def test_a_claim_is_its_authors_alone(hers: Any, his: Any) -> None:
    address = send(hers, started(hers, UNKNOWN))["Location"]
    assert his.get(address).status_code == 404


def test_who_is_faster_has_it_and_the_other_is_asked_for_a_proof(hers: Any, his: Any) -> None:
    from_here = started(hers, FREE)
    check = hers.post(from_here, YOU)["Location"]
    register(his)
    assert hers.post(check)["Location"].endswith("/proof/")


def test_a_date_that_does_not_fit_tells_something_so_it_counts_as_a_try(hers: Any) -> None:
    early = {**MACHINE, "purchased_year": "2020"}
    answers = [hers.post(ADDRESS, early) for _ in range(TRIES + 1)]
    assert "made in March 2024" in answers[TRIES - 1].content.decode()
    assert answers[TRIES].status_code == 429 and "made in" not in answers[TRIES].content.decode()


def test_a_proof_sent_twice_in_the_same_moment_is_one_claim(
    hers: Any, taken: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = started(hers, taken)
    claimed, first = flows.claim, []

    def meanwhile(**given: Any) -> Claim:
        if not first:
            first.append(given)
            send(hers, address)
        return claimed(**given)

    monkeypatch.setattr(flows, "claim", meanwhile)
    second = hers.get(send(hers, address)["Location"])
    claim = Claim.objects.get()
    assert second["Location"] == f"/me/products/claims/{claim.reference}/"
    assert SealedFile.of(claim.person_id) == [claim.proof]
    assert Message.objects.filter(template="registrations/mail/claim_received.txt").count() == 1
