"""``kept receive``: a mail server's pipe. In time, once, and believing nobody's From."""

from __future__ import annotations

import io
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError
from django.utils import timezone

from kept.__main__ import main
from kept.core.vault import gate
from kept.core.vault.readers import Job, StaffReader, SystemReader
from kept.core.vault.sealed_files.files import SealedFile
from kept.rights.asking.guards import limits
from kept.rights.asking.mail import intake
from kept.rights.asking.models import Arrival
from kept.rights.asking.tests.conftest import letters, words
from kept.rights.requests import flows as requests
from kept.rights.requests.models import Request

pytestmark = pytest.mark.django_db


def mail(
    body: str = "Please tell me.",
    *,
    sender: str = "eve@example.org",
    subject: str = "Who has my address?",
    number: int = 1,
    more: str = "",
) -> bytes:
    head = (
        f"From: Eve <{sender}>\r\nTo: privacy@example.com\r\nSubject: {subject}\r\nMessage-ID:"
        f" <{number}@example.org>\r\n{more}"
    )
    return f"{head}\r\n{body}\r\n".encode()


def receive(raw: bytes, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw)))
    return main(["receive"])


def test_it_works(monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    yesterday = timezone.now() - timedelta(days=1)
    raw = f"Received: by mx.example.com; {yesterday:%a, %d %b %Y %H:%M:%S} +0000\r\n".encode() + mail()
    assert receive(raw, monkeypatch) == 0
    request = Request.objects.get()
    assert capsys.readouterr().out == f"Taken in: {request.reference}\n"
    assert (request.kind, request.channel, request.person) == ("question", "email", None)
    assert abs(request.received_at - yesterday) < timedelta(seconds=2)
    assert (
        words(request) == "Who has my address?\n\nPlease tell me."
        and words(request, "email") == "eve@example.org"
    )
    [(to, body)] = letters()
    assert to == "eve@example.org" and request.reference in body and "Please tell me" not in body


def test_it_reads_a_file(tmp_path: Path, capsys: Any) -> None:
    (tmp_path / "one.eml").write_bytes(mail())
    assert main(["receive", str(tmp_path / "one.eml")]) == 0 and Request.objects.count() == 1
    assert main(["receive", str(tmp_path / "no.eml")]) == 2 and "cannot be read" in capsys.readouterr().err


def test_the_same_mail_is_the_same_request(monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    for _ in range(2):
        assert receive(mail(), monkeypatch) == 0
    bare = b"From: eve@example.org\r\n\r\nNo Message-ID"
    for _ in range(2):
        assert receive(bare, monkeypatch) == 0
    assert Request.objects.count() == Arrival.objects.count() == len(letters()) == 2
    assert "Taken in before" in capsys.readouterr().out


def test_somebody_elses_message_id_stops_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    receive(mail(sender="mallory@example.org"), monkeypatch)
    receive(mail(), monkeypatch)
    assert Request.objects.count() == 2


def test_of_two_at_the_same_moment_one_is_taken_in(monkeypatch: pytest.MonkeyPatch) -> None:
    receive(mail(), monkeypatch)
    seen = iter([None])
    real = intake.flows.arrived
    monkeypatch.setattr(intake.flows, "arrived", lambda mark: next(seen, real(mark)))
    assert intake.take_in(mail()).what == intake.BEFORE and Request.objects.count() == 1


def test_a_reply_is_added_to_what_it_answers(monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    receive(mail(), monkeypatch)
    request = Request.objects.get()
    due = request.due
    assert (
        receive(
            mail("I also moved.", subject=f"Re: {request.reference}", number=2, sender="other@example.org"),
            monkeypatch,
        )
        == 0
    )
    assert (
        receive(
            mail("I also moved.", subject=f"Re: {request.reference}", number=2, sender="other@example.org"),
            monkeypatch,
        )
        == 0
    )
    assert Request.objects.count() == 1 and f"Added: {request.reference}" in capsys.readouterr().out
    steps = request.steps.filter(kind="added")
    with gate.purpose("requests", reader=SystemReader(job="a test"), about=Job("a test")):
        [step] = list(steps.select_related("request"))
        assert "I also moved." in step.reason and "From: other@example.org" in step.reason
    assert "not proven" in step.what
    request.refresh_from_db()
    assert request.due == due and words(request, "email") == "eve@example.org", (
        "what is answered goes where it went before"
    )


def test_a_reply_to_what_is_closed_is_a_question_of_its_own(
    monkeypatch: pytest.MonkeyPatch, dana: Any
) -> None:
    receive(mail(), monkeypatch)
    request = Request.objects.get()
    requests.answer(
        request=request,
        by=StaffReader(role="controller", entity="cet-power", actor=dana.subject),
        text="The carrier.",
    )
    receive(mail("And who else?", subject=f"Re: {request.reference}", number=2), monkeypatch)
    assert Request.objects.count() == 2


def test_a_from_address_proves_nothing(monkeypatch: pytest.MonkeyPatch, alice: Any) -> None:
    receive(mail("Send me all you have.", sender="alice@example.com"), monkeypatch)
    request = Request.objects.get()
    assert request.person is None and request.keeper != alice.person.pk


def test_a_forged_sender_is_not_flooded(monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(limits.MAILS.most + 3):
        receive(mail(number=number), monkeypatch)
    assert Request.objects.count() == limits.MAILS.most + 3 and len(letters()) == limits.MAILS.most


@pytest.mark.parametrize(
    "more", ["Auto-Submitted: auto-replied\r\n", "List-Id: <x.example.org>\r\n", "Return-Path: <>\r\n"]
)
def test_a_machine_is_answered_by_nobody(monkeypatch: pytest.MonkeyPatch, capsys: Any, more: str) -> None:
    assert receive(mail(more=more), monkeypatch) == 0
    assert "Not taken in: it is" in capsys.readouterr().out and not Request.objects.exists() and not letters()


def test_our_own_mail_is_an_echo(monkeypatch: pytest.MonkeyPatch) -> None:
    assert receive(mail(sender="privacy@example.com"), monkeypatch) == 0
    assert not Request.objects.exists()


@pytest.mark.parametrize("raw", [b"", b"Subject: x\r\n\r\nNobody", b"From: eve@example.org\r\n\r\n"])
def test_bad_data_goes_back(monkeypatch: pytest.MonkeyPatch, capsys: Any, raw: bytes) -> None:
    assert receive(raw, monkeypatch) == 65
    assert capsys.readouterr().err.startswith("Not taken in. The mail ")


@pytest.mark.parametrize(
    "trouble", [OperationalError("eve@example.org is locked"), RuntimeError("eve@example.org")]
)
def test_a_database_that_is_down_makes_the_server_come_again(
    monkeypatch: pytest.MonkeyPatch, capsys: Any, trouble: Exception
) -> None:
    def down(**_: Any) -> None:
        raise trouble

    monkeypatch.setattr(requests, "receive", down)
    assert receive(mail(), monkeypatch) == 75
    said = capsys.readouterr().err
    assert "send it again later" in said and "eve@" not in said
    monkeypatch.undo()
    assert not Request.objects.exists() and intake.take_in(mail()).what == intake.NEW


@pytest.mark.parametrize(
    ("to", "region"),
    [
        ("privacy.northamerica@example.com", "north-america"),
        ("privacy@example.com", "europe"),
        ("x@example.net", "europe"),
    ],
)
def test_where_it_was_sent_says_who_answers(monkeypatch: pytest.MonkeyPatch, to: str, region: str) -> None:
    receive(mail().replace(b"privacy@example.com", to.encode()), monkeypatch)
    assert Request.objects.get().region == region


def test_it_is_answered_in_its_language_where_somebody_speaks_it(monkeypatch: pytest.MonkeyPatch) -> None:
    receive(mail(more="Content-Language: tlh, fr-BE\r\n"), monkeypatch)
    assert Request.objects.get().language == "fr"


def test_a_long_mail_is_kept_whole_and_what_is_left_out_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    body = "word " * 4000
    more = 'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"\r\n'
    parts = f'--b\r\n\r\n{body}\r\n--b\r\nContent-Type: application/pdf; name="x.pdf"\r\n\r\nMZ\r\n--b--'
    receive(mail(parts, more=more), monkeypatch)
    request = Request.objects.get()
    assert "[All of it is in the file whole-mail.txt]" in words(
        request
    ) and "[Left out: x.pdf: no PDF, JPG, PNG or WebP]" in words(request)
    with gate.purpose("requests", reader=SystemReader(job="a test"), about=Job(request.matter_ref)):
        [one] = request.attachments.all()
        assert b"".join(SealedFile.open(one.file)).decode() == body.strip()
