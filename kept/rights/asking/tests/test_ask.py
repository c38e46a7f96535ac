"""A question without an ID: who answers is shown first, nothing is lost, and it counts once."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from kept.accounts.models import Session
from kept.core.vault import gate
from kept.core.vault.readers import Job, SystemReader
from kept.core.vault.sealed_files.files import SealedFile
from kept.rights.asking.guards import bot_guard, limits
from kept.rights.asking.tests.conftest import ASK, letters, question, words
from kept.rights.requests.models import Request

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4 a letter"


def text(answer: Any) -> str:
    return str(answer.content.decode())


def test_it_works(visitor: Client) -> None:
    answer = visitor.post(ASK, question(visitor))
    request = Request.objects.get()
    assert answer["Location"] == f"/privacy/status/{request.reference}/"
    page = text(visitor.get(answer["Location"]))
    code = re.search(r'<p class="reference">(\w{4}-\w{4}-\w{4})</p>', page)
    assert code and request.opens_with(code[1])
    assert request.reference in page and f"{request.due:%-d %B %Y}" in page and "/privacy/receipts/R-" in page
    assert (request.kind, request.channel, request.region, request.topic, request.jurisdiction) == (
        "question",
        "site",
        "europe",
        "recipients",
        "EU",
    )
    assert words(request) == "Who has my address?" and words(request, "name") == "Eve"
    [(to, body)] = letters("received")
    assert to == "eve@example.com" and code[1] in body and request.reference in body


def test_the_code_is_shown_once(visitor: Client) -> None:
    address = visitor.post(ASK, question(visitor))["Location"]
    assert "The code is shown this once" in text(visitor.get(address))
    again = visitor.get(address)
    assert again.status_code == 200 and "The code is shown this once" not in text(again)


def test_who_answers_is_shown_before_it_is_sent(visitor: Client) -> None:
    answer = visitor.post(ASK, question(visitor, shown=""))
    assert "Look who answers you, then send it" in text(
        answer
    ) and "Belgian Data Protection Authority" in text(answer)
    assert "Who has my address?" in text(answer) and not Request.objects.exists()
    stale = visitor.post(ASK, question(visitor, country="US"))
    assert "CE+T Energy Solutions" in text(stale) and not Request.objects.exists()


@pytest.mark.parametrize(
    ("country", "entity", "says"),
    [
        ("FR", "CE+T Power", "The data controller for Europe"),
        ("US", "CE+T Energy Solutions", "The data controller for North America"),
        ("US-CA", "CE+T Energy Solutions", "California Privacy Protection Agency"),
        ("JP", "CE+T Power", "No other region of ours serves Japan"),
    ],
)
def test_the_country_says_who_answers_and_what_was_typed_stays(
    visitor: Client, country: str, entity: str, says: str
) -> None:
    typed = question(visitor, country=country, show="1", email="not an address", street="Rue du Pont 1")
    page = text(visitor.post(ASK, typed))
    assert entity in page and says in page
    for kept in ("Who has my address?", "not an address", "Rue du Pont 1", "Eve"):
        assert kept in page
    assert "There is a problem" not in page, "nothing was sent, so nothing is judged"


def test_california_has_its_own_law(visitor: Client) -> None:
    visitor.post(ASK, question(visitor, country="US-CA", shown="north-america"))
    assert Request.objects.get().jurisdiction == "US-CA"


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"question": ""}, "Tell us your question"),
        ({"question": "  \n "}, "Tell us your question"),
        ({"country": ""}, "Choose your country"),
        ({"country": "XX"}, "Choose a country from the list"),
        ({"topic": ""}, "Choose what it is about"),
        (
            {"email": ""},
            (
                "Enter an e-mail address. If you have none, choose an answer by post and give your postal"
                " address"
            ),
        ),
        ({"email": "eve"}, "Enter an e-mail address in the correct format, like name@example.com"),
        ({"answer_by": "post", "street": "Rue du Pont 1", "city": "Namur"}, "Enter a postcode, like 4000"),
        ({"answer_by": "post", "name": ""}, "Enter your name: a letter needs one"),
        ({"question": "x" * 8001}, "Keep it under 8,000 characters, or attach a file"),
        ({"question": "a\x00b"}, "There is a character in it that cannot be seen"),
        ({"language": "tlh"}, "Choose a language from the list"),
        ({"website": "http://spam.example"}, bot_guard.UNSEEN),
        ({"token": ""}, bot_guard.OPEN_TOO_LONG),
        ({"token": "forged"}, bot_guard.OPEN_TOO_LONG),
    ],
)
def test_bad_input_gets_a_sentence_and_loses_nothing(
    visitor: Client, wrong: dict[str, str], sentence: str
) -> None:
    typed = question(visitor, **wrong)
    answer = visitor.post(ASK, typed)
    assert answer.status_code == 422 and "no-store" in answer["Cache-Control"]
    assert str(sentence) in text(answer) and "Error: " in text(answer)
    if "name" not in wrong:
        assert 'value="Eve"' in text(answer)
    assert "spam.example" not in text(answer)
    assert not Request.objects.exists()


def test_an_answer_by_post_needs_no_mail_address(visitor: Client) -> None:
    typed = question(visitor, email="", street="Rue du Pont 1", postcode="5000", city="Namur")
    visitor.post(ASK, typed)
    request = Request.objects.get()
    assert request.answer_by == "post" and not letters()
    assert words(request, "address") == {
        "street": "Rue du Pont 1",
        "postcode": "5000",
        "city": "Namur",
        "country": "BE",
    }


def test_files_come_with_it(visitor: Client) -> None:
    files = [SimpleUploadedFile("letter.pdf", PDF), SimpleUploadedFile("second.pdf", PDF + b"2")]
    visitor.post(ASK, question(visitor, attachments=files))
    request = Request.objects.get()
    with gate.purpose("requests", reader=SystemReader(job="a test"), about=Job(request.matter_ref)):
        found = {
            SealedFile.describe(one.file).name: b"".join(SealedFile.open(one.file))
            for one in request.attachments.all()
        }
    assert found == {"letter.pdf": PDF, "second.pdf": PDF + b"2"}


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ([("a.exe", b"MZ program")], "a.exe is not a PDF, JPG, PNG or WebP. Choose one of those"),
        ([("a.pdf", b"")], "a.pdf is empty. Choose another file"),
        ([(f"{n}.pdf", PDF) for n in range(6)], "Choose at most 5 files. You chose 6"),
    ],
)
def test_files_we_do_not_take_are_named(
    visitor: Client, files: list[tuple[str, bytes]], sentence: str
) -> None:
    answer = visitor.post(ASK, question(visitor, attachments=[SimpleUploadedFile(*one) for one in files]))
    assert answer.status_code == 422 and sentence in text(answer)
    assert "A browser does not keep files over a page" in text(answer)


def test_files_too_large_are_measured(visitor: Client, settings: Any) -> None:
    settings.KEPT_UPLOAD_LIMIT = 1000
    answer = visitor.post(
        ASK, question(visitor, attachments=[SimpleUploadedFile("a.pdf", PDF + b"x" * 2000)])
    )
    assert "The files are 0.1 MB together; the limit is 0.1 MB" in text(answer)


def test_sent_twice_it_is_one_request_and_shows_the_same_code(visitor: Client) -> None:
    typed = question(visitor)
    first = visitor.post(ASK, typed)
    once = text(visitor.get(first["Location"]))
    again = visitor.post(ASK, typed)
    assert first["Location"] == again["Location"] and Request.objects.count() == 1 and len(letters()) == 1
    code = re.compile(r'<p class="reference">(\w{4}-\w{4}-\w{4})</p>')
    assert code.findall(once) == code.findall(text(visitor.get(again["Location"])))


def test_a_form_is_not_sent_by_a_machine(visitor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bot_guard, "QUICKEST", 60)
    answer = visitor.post(ASK, question(visitor))
    assert str(bot_guard.TOO_QUICK) in text(answer) and not Request.objects.exists()


def test_one_machine_sends_ten_an_hour(visitor: Client) -> None:
    typed = question(visitor)
    for _ in range(limits.SENT.most):
        assert limits.SENT.spend("192.0.2.1")
    assert not limits.SENT.spend("192.0.2.1")
    answer = visitor.post(ASK, typed, REMOTE_ADDR="192.0.2.1")
    assert (
        answer.status_code == 429
        and "Wait an hour" in text(answer)
        and "privacy@example.com" in text(answer)
        and "Who has my address?" in text(answer)
    )


@pytest.mark.parametrize(("one", "other"), [("2001:db8::1", "2001:db8::ffff:1"), ("192.0.2.9", "192.0.2.9")])
def test_one_machine_is_one_whatever_its_address(visitor: Client, rf: Any, one: str, other: str) -> None:
    assert limits.machine(rf.get("/", REMOTE_ADDR=one)) == limits.machine(rf.get("/", REMOTE_ADDR=other))


def test_behind_a_proxy_nobody_uses_up_everybodys_right_to_ask(visitor: Client) -> None:
    typed = question(visitor)
    for _ in range(limits.SENT.most * 2):
        assert limits.SENT.spend(limits.SHARED + "127.0.0.1")
    assert visitor.post(ASK, typed).status_code == 302


def test_a_strangers_letter_box_is_not_filled(visitor: Client) -> None:
    """The questions are taken in, each with its reference; the mails stop."""
    for number in range(limits.MAILS.most + 2):
        visitor.post(ASK, question(visitor, email=f"Victim+{number}@Example.com"))
    assert Request.objects.count() == limits.MAILS.most + 2 and len(letters("received")) == limits.MAILS.most


def test_whoever_is_signed_in_is_known(alice: Any, client_of: Any) -> None:
    hers = client_of(alice)
    page = text(hers.get(ASK))
    assert 'value="Alice Lambert"' in page and "alice@example.com" in page and "From sign-up" in page
    answer = hers.post(ASK, question(hers, name="Alice Lambert", email="alice@example.com"), follow=True)
    request = Request.objects.get()
    assert request.person_id == alice.person.pk and request.keeper == alice.person.pk
    assert "You, signed in" in text(answer) and "The code is shown this once" not in text(answer)


def test_what_was_typed_stands_in_no_session_table_and_no_address(visitor: Client) -> None:
    answer = visitor.post(ASK, question(visitor))
    assert "eve" not in answer["Location"].lower()
    assert b"eve@example.com" not in b"".join(bytes(row) for row in _sessions())


def _sessions() -> list[bytes]:
    return [str(row.__dict__).encode() for row in Session.objects.all()]


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_it_rejects_other_methods(visitor: Client, method: str) -> None:
    assert getattr(visitor, method)(ASK).status_code == 405


def test_a_form_from_elsewhere_is_refused(policy: Any) -> None:
    assert Client(enforce_csrf_checks=True).post(ASK, {"question": "x"}).status_code == 403


def test_asking_works_without_any_cookie(policy: Any) -> None:
    def bare() -> Client:
        return Client(enforce_csrf_checks=True)

    given = question(bare())
    answer = bare().post(ASK, given)
    page = text(answer)
    request = Request.objects.get()
    code = re.search(r'<p class="reference">(\w{4}-\w{4}-\w{4})</p>', page)
    assert answer.status_code == 200 and code and request.opens_with(code[1]) and request.reference in page
    known = bare()
    known.get("/privacy/ask/")
    known.cookies["kept_csrf"] = "a" * 32
    assert known.post(ASK, given).status_code == 403
    assert bare().post(ASK, {**given, "token": "made-up"}).status_code == 403 and Request.objects.count() == 1
