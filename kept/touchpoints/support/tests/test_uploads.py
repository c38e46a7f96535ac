"""Files sent piece by piece: the server knows where they end, and they belong to one person and one form."""

from __future__ import annotations

import base64
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from kept.accounts.models import User
from kept.core.register.destroying import erasing
from kept.core.vault import gate
from kept.core.vault.sealed_files.filerow import SealedFileRow
from kept.core.vault.sealed_files.files import SealedFile
from kept.testing import reader_of
from kept.touchpoints.support import jobs
from kept.touchpoints.support.cases import topics
from kept.touchpoints.support.models import Attachment, Case, CaseUpload, UploadPart
from kept.touchpoints.support.tests.test_new_case import TYPED
from kept.touchpoints.support.uploading import flows

pytestmark = pytest.mark.django_db
LOG = b"12:01 alarm 214\n" * 100
PATCHED = "application/offset+octet-stream"


def begun(browser: Client, name: str = "alarm.log", size: int = len(LOG), at: str = "support-uploads") -> Any:
    said = base64.b64encode(name.encode()).decode()
    headers = {"Upload-Length": str(size), "Upload-Metadata": f"filename {said}"}
    return browser.post(reverse(at), headers=headers, content_type="application/x-none")


def sent(browser: Client, where: str, piece: bytes, at: int) -> Any:
    return browser.patch(where, piece, content_type=PATCHED, headers={"Upload-Offset": str(at)})


def whole(browser: Client, content: bytes = LOG, name: str = "alarm.log", step: int = 700) -> str:
    """The id of a file that was sent in pieces."""
    where = begun(browser, name, len(content))["Location"]
    for at in range(0, len(content), step):
        assert sent(browser, where, content[at : at + step], at).status_code == 204
    return str(where.rstrip("/").rpartition("/")[2])


def kept(user: User, case: Case) -> list[tuple[str, bytes]]:
    with gate.purpose("support", reader=reader_of(user), about=user.person):
        rows = Attachment.objects.filter(message__case=case)
        return [(SealedFile.describe(one.file).name, b"".join(SealedFile.open(one.file))) for one in rows]


def test_the_server_says_where_it_ends_and_goes_on_there(hers: Client) -> None:
    made = begun(hers)
    assert (made.status_code, made["Tus-Resumable"], made["Upload-Offset"]) == (201, "1.0.0", "0")
    assert sent(hers, made["Location"], LOG[:1000], 0)["Upload-Offset"] == "1000"
    told = hers.head(made["Location"])
    assert (told["Upload-Offset"], told["Upload-Length"]) == ("1000", str(len(LOG)))
    assert "no-store" in told["Cache-Control"]
    assert sent(hers, made["Location"], LOG[1000:], 1000)["Upload-Offset"] == str(len(LOG))
    assert CaseUpload.objects.get().done


def test_it_goes_with_the_form_and_is_gone_from_the_waiting(
    hers: Client, alice: User, django_capture_on_commit_callbacks: Any
) -> None:
    id = whole(hers)
    page = hers.get(reverse("support-new"))
    assert b"alarm.log" in page.content and id.encode() in page.content
    with django_capture_on_commit_callbacks(execute=True):
        answer = hers.post(reverse("support-new"), {**TYPED, "uploads": [id]})
    assert answer.status_code == 302, answer.content
    case = Case.objects.get()
    assert kept(alice, case) == [("alarm.log", LOG)]
    assert not CaseUpload.objects.exists() and SealedFileRow.objects.count() == 1
    assert len(list((Path(settings.KEPT_HOME) / "files").glob("*/*"))) == 1


def test_it_goes_with_a_reply_too(hers: Client, alice: User, case: Case) -> None:
    id = whole(hers)
    hers.post(reverse("support-case-reply", args=[case.reference]), {"text": "The log.", "uploads": [id]})
    assert kept(alice, case) == [("alarm.log", LOG)]


def test_a_form_that_is_wrong_loses_no_file(hers: Client) -> None:
    id = whole(hers)
    answer = hers.post(reverse("support-new"), {**TYPED, "text": "", "uploads": [id]})
    assert answer.status_code == 422 and id.encode() in answer.content and CaseUpload.objects.get().done


@pytest.mark.parametrize(
    ("name", "size", "why"),
    [
        ("virus.exe", 10, "We cannot take program files. Put logs in a .zip."),
        ("film.mp4", 60_000_000, "the limit is"),
        ("empty.log", 0, "empty.log is empty. Choose another file"),
    ],
)
def test_what_name_and_size_tell_is_said_before_a_byte_is_sent(
    hers: Client, name: str, size: int, why: str
) -> None:
    answer = begun(hers, name, size)
    assert answer.status_code == 422 and why in answer.json()["why"] and not CaseUpload.objects.exists()


@pytest.mark.parametrize(
    ("first", "name"), [(b"MZ\x90\0", "a.log"), (b"\0\1\2\3", "a.bin"), (b"GIF89a", "a.png")]
)
@pytest.mark.parametrize("step", [3, 600])
def test_what_the_bytes_tell_is_said_too_and_nothing_stays(
    hers: Client, first: bytes, name: str, step: int
) -> None:
    content = first + b"x" * 700
    where = begun(hers, name, len(content))["Location"]
    for at in range(0, len(content), step):
        answer = sent(hers, where, content[at : at + step], at)
        if answer.status_code != 204:
            break
    assert answer.status_code == 422 and answer.json()["why"]
    assert not CaseUpload.objects.exists() and not SealedFileRow.objects.exists()


def test_a_picture_that_ends_in_the_middle_is_refused(hers: Client) -> None:
    content = b"\x89PNG\r\n\x1a\n" + b"\0\0\xff\xffIHDR" + b"\0" * 40
    where = begun(hers, "a.png", len(content))["Location"]
    assert sent(hers, where, content, 0).status_code == 422 and not SealedFileRow.objects.exists()


def test_two_tabs_and_a_piece_sent_twice(hers: Client) -> None:
    where = begun(hers)["Location"]
    assert sent(hers, where, LOG[:800], 0).status_code == 204
    twice = sent(hers, where, LOG[:800], 0)
    assert (twice.status_code, twice["Upload-Offset"]) == (409, "800")
    assert sent(hers, where, LOG + b"more", 800).status_code == 409, "more than was announced"
    assert UploadPart.objects.count() == SealedFileRow.objects.count() == 1


@pytest.mark.parametrize("method", ["head", "patch", "delete"])
def test_somebody_elses_answers_like_one_that_does_not_exist(hers: Client, his: Client, method: str) -> None:
    hers_at = begun(hers)["Location"]
    nothing = reverse("support-upload", args=[uuid4()])
    answers = [getattr(his, method)(at, headers={"Upload-Offset": "0"}) for at in (hers_at, nothing)]
    assert [one.status_code for one in answers] == [404, 404]
    assert answers[0].content == answers[1].content and answers[0].headers == answers[1].headers
    assert CaseUpload.objects.exists()


def test_somebody_elses_does_not_go_with_a_form(hers: Client, his: Client) -> None:
    id = whole(hers)
    answer = his.post(reverse("support-new"), {**TYPED, "uploads": [id]})
    assert answer.status_code == 422 and not Case.objects.exists() and CaseUpload.objects.exists()


def test_half_a_file_and_six_files_do_not_go(hers: Client) -> None:
    half = begun(hers)["Location"].rstrip("/").rpartition("/")[2]
    assert hers.post(reverse("support-new"), {**TYPED, "uploads": [half]}).status_code == 422
    six = [whole(hers, b"log\n") for _ in range(6)]
    answer = hers.post(reverse("support-new"), {**TYPED, "uploads": six})
    assert answer.status_code == 422 and b"You chose 6" in answer.content


@pytest.mark.parametrize("said", ["filename \u00e9", "filename ====", "filename /w==", "filename", ",,,"])
def test_a_name_that_is_none_breaks_nothing(hers: Client, said: str) -> None:
    headers = {"Upload-Length": "5", "Upload-Metadata": said}
    answer = hers.post(reverse("support-uploads"), headers=headers, content_type="application/x-none")
    assert answer.status_code == 201


@pytest.mark.parametrize("length", ["abc", "\u00b2", "99999999999"])
def test_a_length_that_is_none_is_refused(hers: Client, length: str) -> None:
    where = begun(hers)["Location"]
    told = {"Upload-Offset": "0"}
    answer = hers.patch(where, LOG, content_type=PATCHED, headers=told, CONTENT_LENGTH=length)
    assert answer.status_code == 413


def test_nobody_fills_the_disk(hers: Client) -> None:
    for _ in range(flows.WAITING):
        assert begun(hers).status_code == 201
    assert begun(hers).status_code == 422
    assert CaseUpload.objects.count() == flows.WAITING


def test_what_was_typed_for_sales_is_sealed_for_sales(hers: Client) -> None:
    begun(hers, at="support-offer-uploads")
    upload = CaseUpload.objects.get()
    assert upload.kind == topics.SALES and upload.said_in == "enquiry"
    assert b"alarm.log" not in hers.get(reverse("support-new")).content
    assert b"alarm.log" in hers.get(reverse("support-new-offer")).content


def test_without_an_id_there_is_none(client: Client, catalogue: None) -> None:
    assert begun(client).status_code in {302, 401, 403} and not CaseUpload.objects.exists()
    assert b"data-uploads" not in client.get(reverse("support-new")).content


def test_it_is_taken_away_by_its_owner_and_by_the_sweep(hers: Client) -> None:
    first, _second = whole(hers), whole(hers)
    assert hers.delete(reverse("support-upload", args=[first])).status_code == 204
    assert CaseUpload.objects.count() == 1
    CaseUpload.objects.update(touched_at=timezone.now() - timedelta(days=8))
    assert jobs.forget_dead_uploads() == 1
    assert not SealedFileRow.objects.exists()


def test_it_goes_with_its_person(hers: Client, alice: User) -> None:
    whole(hers)
    assert alice.person is not None
    erasing.destroy_rows(alice.person.pk)
    assert (
        not CaseUpload.objects.exists()
        and not UploadPart.objects.exists()
        and not SealedFileRow.objects.exists()
    )


def test_a_death_inside_a_piece_leaves_the_place_before_it(
    hers: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = begun(hers)["Location"]
    sent(hers, where, LOG[:700], 0)

    class Dead(BaseException):
        pass

    def dead(*_said: Any, **_named: Any) -> None:
        raise Dead

    with monkeypatch.context() as patch:
        patch.setattr(UploadPart.objects, "create", dead)
        with pytest.raises(Dead):
            sent(hers, where, LOG[700:], 700)
    assert hers.head(where)["Upload-Offset"] == "700"
    assert sent(hers, where, LOG[700:], 700)["Upload-Offset"] == str(len(LOG))
