"""Opening a case on the site: with an ID and without one, twice by mistake, wrongly typed, with files."""

from __future__ import annotations

import re
import struct
import zlib
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from kept.core.vault import gate
from kept.core.vault.readers import Job
from kept.core.vault.sealed_files.files import SealedFile
from kept.outbox.models import Message as Mailed
from kept.rights.asking.guards import bot_guard
from kept.testing import reader_of
from kept.touchpoints.support.cases import flows
from kept.touchpoints.support.models import Attachment, Case, Draft, Message
from kept.touchpoints.support.tests.conftest import TEXT, mails, said

pytestmark = pytest.mark.django_db
NEW = "/support/new/"
TYPED = {
    "machine": "another",
    "serial": "",
    "firmware": "4.2.1",
    "severity": "unprotected",
    "topic": "fault",
    "title": "Alarm 214",
    "text": TEXT,
}
DESCRIBE = "Describe what happens, for example 'alarm 214 after start'"


def page(answer: Any) -> str:
    return unescape(answer.content.decode())


def open_case(client: Client, **typed: Any) -> Case:
    answer = client.post(NEW, {**TYPED, **typed})
    assert answer.status_code == 302, page(answer)
    return Case.objects.latest("opened_at")


def test_it_is_opened_confirmed_and_stands_on_its_page(hers: Client, alice: Any) -> None:
    case = open_case(hers)
    assert case.person == alice.person and case.code == "" and case.severity == "unprotected"
    assert said(alice, case) == [TEXT] and case.reference in mails(alice)
    shown = page(hers.get(f"/support/cases/{case.reference}/"))
    assert "Alarm 214" in shown and TEXT in shown and "4.2.1" in shown
    assert case.reference in page(hers.get("/support/"))


def test_the_meaning_of_each_severity_and_the_limits_are_said_before(hers: Client) -> None:
    shown = page(hers.get(NEW))
    assert "What it feeds is without power, or would be at the next cut." in shown
    assert "At most 5 files of at most 10 MB each" in shown and "No programs: put logs in a .zip." in shown


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"text": "  "}, DESCRIBE),
        ({"topic": ""}, "Choose a topic"),
        ({"severity": "huge"}, "Choose how bad it is from the list"),
        ({"title": ""}, "Write in a few words what it is about"),
        ({"serial": "1204-88-3"}, "This serial number has a typing error"),
        ({"machine": "00000000-0000-0000-0000-000000000000"}, "Choose a product from the list"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    hers: Client, typed: dict[str, str], sentence: str
) -> None:
    answer = hers.post(NEW, {**TYPED, **typed})
    assert answer.status_code == 422 and sentence in page(answer)
    assert "Alarm 214" in page(answer) or "title" in typed
    assert not Case.objects.exists() and "no-store" in answer["Cache-Control"]
    assert "From your draft of" in page(hers.get(NEW)), "and it is kept as a draft"


def test_sent_twice_it_is_one(hers: Client) -> None:
    for _time in range(2):
        assert hers.post(NEW, {**TYPED, "token": "the same"}).status_code == 302
    assert Case.objects.count() == 1


def test_a_draft_survives_signing_out_and_goes_with_the_case(
    hers: Client, alice: Any, client_of: Any
) -> None:
    hers.post(NEW, {**TYPED, "text": "Half a sent", "draft": "1"})
    hers.logout()
    again = client_of(alice)
    assert "Half a sent" in page(again.get(NEW)) and "From your draft of" in page(again.get(NEW))
    open_case(again)
    assert not Draft.objects.exists()


def test_a_draft_holds_no_card_number(hers: Client, alice: Any) -> None:
    hers.post(NEW, {**TYPED, "text": "Card 4111111111111111", "draft": "1"})
    assert "•••• 1111" in page(hers.get(NEW))


def test_a_card_number_is_masked_and_the_sender_told(hers: Client, alice: Any) -> None:
    case = open_case(hers, text="Pay with 4111 1111 1111 1111 please")
    assert said(alice, case) == ["Pay with •••• 1111 please"]
    assert "only its last four figures stand there" in page(hers.get(f"/support/cases/{case.reference}/"))


@pytest.mark.parametrize(
    ("name", "content"),
    [("tool.exe", b"anything"), ("log.txt", b"MZ\x90\0 a program"), ("run.sh", b"#!/bin/sh\n")],
)
def test_a_program_is_refused_with_what_to_do_instead(hers: Client, name: str, content: bytes) -> None:
    answer = hers.post(NEW, {**TYPED, "attachments": SimpleUploadedFile(name, content)})
    assert answer.status_code == 422 and "We cannot take program files. Put logs in a .zip." in page(answer)
    assert TEXT in page(answer) and not Case.objects.exists()


def test_what_is_too_large_says_how_large(hers: Client, settings: Any) -> None:
    settings.KEPT_UPLOAD_LIMIT = 1_000_000
    video = SimpleUploadedFile("site.mp4", b"\0" * 1_200_000)
    answer = hers.post(NEW, {**TYPED, "attachments": video})
    assert answer.status_code == 422 and "1.2 MB" in page(answer) and "1 MB" in page(answer)


def jpeg(*segments: bytes) -> bytes:
    return b"\xff\xd8" + b"".join(segments) + b"\xff\xda\0\x02picture\xff\xd9"


def exif(way_up: int = 6) -> bytes:
    tiff = b"II*\0\x08\0\0\0" + struct.pack("<HHHIHHI", 1, 0x0112, 3, 1, way_up, 0, 0) + b"GPS 50.64 N"
    return b"\xff\xe1" + struct.pack(">H", len(tiff) + 8) + b"Exif\0\0" + tiff


def stored(user: Any) -> bytes:
    with gate.purpose("support", reader=reader_of(user), about=user.person):
        return b"".join(SealedFile.open(Attachment.objects.get().file))


def test_a_picture_loses_where_it_was_taken_and_stays_the_right_way_up(hers: Client, alice: Any) -> None:
    open_case(hers, attachments=SimpleUploadedFile("rack.jpg", jpeg(exif(), b"\xff\xfe\0\x09by Bob!")))
    kept = stored(alice)
    assert b"GPS" not in kept and b"by Bob" not in kept and kept.endswith(b"picture\xff\xd9")
    assert struct.pack(">HHIHH", 0x0112, 3, 1, 6, 0) in kept


def segment(marker: int, data: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(data) + 2) + data


def test_what_a_telephone_hides_in_a_picture_goes(hers: Client, alice: Any) -> None:
    """A second picture with a place of its own, a film, previews, remarks between two scans."""
    preview = b"JFIF\0\1\2\0\0\1\0\1\1\1" + b"RGB"
    scans = b"one\xff\0\xff\xd0more" + segment(0xFE, b"a remark") + b"\xff\xda\0\x02two\xff\xd9"
    hidden = jpeg(exif()) + b"a film of the place"
    profile = segment(0xE2, b"ICC_PROFILE\0colours")
    head = segment(0xE0, preview) + segment(0xE0, b"JFXX\0preview") + segment(0xE2, b"MPF\0second") + profile
    content = b"\xff\xd8" + head + b"\xff\xda\0\x02" + scans + hidden
    open_case(hers, attachments=SimpleUploadedFile("rack.jpg", content))
    assert stored(alice) == (
        b"\xff\xd8"
        + segment(0xE0, b"JFIF\0\1\2\0\0\1\0\1\0\0")
        + profile
        + b"\xff\xda\0\x02one\xff\0\xff\xd0more\xff\xda\0\x02two\xff\xd9"
    )


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def test_a_png_loses_its_comments(hers: Client, alice: Any) -> None:
    whole = (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", b"\0" * 13)
        + chunk(b"tEXt", b"Author\0Bob")
        + chunk(b"IEND", b"")
    )
    open_case(hers, attachments=SimpleUploadedFile("rack.png", whole))
    assert b"Author" not in stored(alice) and b"IHDR" in stored(alice)


def test_a_webp_loses_its_exif_and_says_so_in_its_head(hers: Client, alice: Any) -> None:
    def piece(name: bytes, data: bytes) -> bytes:
        return name + struct.pack("<I", len(data)) + data

    body = b"WEBP" + piece(b"VP8X", b"\x0c" + b"\0" * 9) + piece(b"VP8 ", b"xx") + piece(b"EXIF", b"GPS!")
    open_case(
        hers, attachments=SimpleUploadedFile("rack.webp", b"RIFF" + struct.pack("<I", len(body)) + body)
    )
    kept = stored(alice)
    assert b"EXIF" not in kept and kept[20] == 0 and struct.unpack_from("<I", kept, 4)[0] == len(kept) - 8


def test_a_picture_that_ends_in_the_middle_is_refused(hers: Client) -> None:
    answer = hers.post(
        NEW, {**TYPED, "attachments": SimpleUploadedFile("rack.jpg", b"\xff\xd8" + exif()[:20])}
    )
    assert answer.status_code == 422 and "cannot be read to its end" in page(answer)


def follows(case: Case, code: str) -> None:
    """The code opens it while something happens in it, and for 90 days after; an answer wakes it."""
    typed = {"reference": case.reference, "code": code}
    for days, opens in ((89, True), (91, False), (1, True)):
        Case.objects.update(worked_at=timezone.now() - timedelta(days=days))
        browser = Client()
        assert (browser.post("/support/", typed).status_code == 302) is opens, days
        assert (browser.get(f"/support/cases/{case.reference}/").status_code == 200) is opens, days
    browser.post("/support/", typed)
    Case.objects.update(worked_at=timezone.now() - timedelta(days=91))
    assert browser.get(f"/support/cases/{case.reference}/").status_code == 404, "and this browser forgets it"


def test_a_draft_of_each_kind_stands_beside_the_other(hers: Client) -> None:
    hers.post(NEW, {**TYPED, "text": "It hums", "draft": "1"})
    offer = {"topic": "quote", "title": "Ten shelves", "text": "How much", "token": "x", "draft": "1"}
    hers.post(f"{NEW}offer/", offer)
    assert Draft.objects.count() == 2
    assert "It hums" in page(hers.get(NEW)) and "Ten shelves" in page(hers.get(f"{NEW}offer/"))
    open_case(hers)
    assert Draft.objects.get().kind == "sales"


def test_without_an_id_a_reference_and_a_code_come_by_mail(catalogue: None, client: Client) -> None:
    typed = {**TYPED, "name": "Frank", "email": "frank@example.org", "country": "BE", "website": ""}
    token = bot_guard.token()
    answer = client.post(NEW, {**typed, "token": token})
    assert answer.status_code == 422 and "This came faster than people type" in page(answer)
    bot_guard_quick, bot_guard.QUICKEST = bot_guard.QUICKEST, -1
    try:
        answer = client.post(NEW, {**typed, "token": token})
    finally:
        bot_guard.QUICKEST = bot_guard_quick
    case = Case.objects.get()
    assert answer.status_code == 302 and case.code and case.entity == "cet-power"
    assert TEXT in page(client.get(answer["Location"])), "this browser need not type the code"
    with gate.purpose("support", reader=flows.CLERK, about=Job("a test")):
        (told,) = Mailed.objects.filter(subject=case.person_id)
        assert case.reference in told.body and TYPED["title"] not in told.heading + told.body, (
            "nobody proved it"
        )
        code = re.search(r"(?:[0-9A-Z]{4}-){2}[0-9A-Z]{4}", told.body)
    assert code is not None
    follows(case, code[0])
    assert Message.objects.get().keeper == case.person_id
