"""The controllers' desk: the board, one request with its steps, a letter taken in, and who may see what."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from kept.accounts.models import User
from kept.core.register.hooks.desk import QUEUES
from kept.core.vault import gate
from kept.core.vault.history import timeline
from kept.core.vault.readers import StaffReader
from kept.outbox.models import Message
from kept.rights.requests import flows
from kept.rights.requests.models import Request
from kept.rights.requests.tests.conftest import hers, unknown
from kept.testing import reader_of, staff

pytestmark = pytest.mark.django_db
BOARD = "/desk/requests/"


@pytest.fixture
def hers_at_desk(dana: User, client_of: Callable[[User], Client]) -> Client:
    return client_of(dana)


def page(answer: Any) -> str:
    return str(answer.content.decode())


def letter(**more: Any) -> dict[str, Any]:
    day = timezone.localdate() - timedelta(days=5)
    arrived = {"day_day": day.day, "day_month": day.month, "day_year": day.year}
    return {
        "channel": "letter",
        "kind": "question",
        "text": "Who are you?",
        "country": "BE",
        "name": "Eve",
        "street": "Rue Haute 1",
        "postcode": "4000",
        "city": "Liège",
        "language": "fr",
        "answer_by": "post",
        **arrived,
        **more,
    }


def test_the_board_shows_days_and_nothing_personal(hers_at_desk: Client, alice: User) -> None:
    request = hers(alice).request
    said = page(hers_at_desk.get(BOARD))
    assert request.reference in said and "days left" in said and "Access" in said
    assert "Alice" not in said and "All of it" not in said


def test_the_board_asks_as_often_for_one_as_for_many(
    hers_at_desk: Client, django_assert_max_num_queries: Any
) -> None:
    for _ in range(3):
        unknown()
    with django_assert_max_num_queries(40) as few:
        hers_at_desk.get(BOARD)
    for _ in range(12):
        unknown()
    with django_assert_max_num_queries(len(few)):
        hers_at_desk.get(BOARD)


def test_the_board_is_narrowed_by_controller_and_state(hers_at_desk: Client, desk: Any) -> None:
    europe, world = unknown().request, unknown(country="BR").request
    flows.ask_identity(request=world, by=desk)
    said = page(hers_at_desk.get(f"{BOARD}?controller=world"))
    assert world.reference in said and europe.reference not in said
    said = page(hers_at_desk.get(f"{BOARD}?state=identity"))
    assert world.reference in said and europe.reference not in said and "standing still" in said
    assert "Nothing of the kind" in page(hers_at_desk.get(f"{BOARD}?state=late"))


def test_another_companys_requests_do_not_exist_here(hers_at_desk: Client) -> None:
    theirs = unknown(country="US").request
    assert theirs.region == "north-america" and theirs.reference not in page(hers_at_desk.get(BOARD))
    assert hers_at_desk.get(f"{BOARD}{theirs.pk}/").status_code == 404
    assert hers_at_desk.post(f"{BOARD}{theirs.pk}/answer/", {}).status_code == 404


def test_it_is_the_controllers_alone(bob: User, charlie: User, client_of: Any) -> None:
    request = unknown().request
    for user in (bob, charlie):
        for address in (BOARD, f"{BOARD}new/", f"{BOARD}{request.pk}/"):
            assert client_of(user).get(address).status_code == 403


def test_the_officer_sees_the_days_and_no_words(policy: Any, client_of: Any) -> None:
    request = unknown(country="US").request
    officer = client_of(staff("Otto Officer", "otto@example.com", "officer"))
    said = page(officer.get(f"{BOARD}{request.pk}/"))
    assert request.reference in said and "Who gets my address" not in said and "eve@example.com" not in said
    assert (
        officer.post(
            f"{BOARD}{request.pk}/answer/", {"answer-text": "x", "answer-outcome": "answered"}
        ).status_code
        == 403
    )
    assert officer.get(f"{BOARD}new/").status_code == 403


def test_one_request_is_opened_under_its_own_purpose_and_she_reads_of_it(
    hers_at_desk: Client, alice: User
) -> None:
    request = hers(alice).request
    said = page(hers_at_desk.get(f"{BOARD}{request.pk}/"))
    assert "All of it, please." in said and "Alice Lambert" in said and "alice@example.com" in said
    with gate.purpose("own-data", reader=reader_of(alice), about=alice.subject):
        looks = [one for one in timeline(alice.subject) if one.role == "controller" and one.kind == "read"]
    assert looks and request.reference in looks[0].detail["what"]


def test_it_is_answered(hers_at_desk: Client, alice: User) -> None:
    request = hers(alice).request
    answer = hers_at_desk.post(
        f"{BOARD}{request.pk}/answer/", {"answer-text": "Nobody.", "answer-outcome": "answered"}, follow=True
    )
    assert "is answered" in page(answer)
    assert Request.objects.get().outcome == "answered"
    said = page(hers_at_desk.get(f"{BOARD}{request.pk}/"))
    assert "All of it, please." not in said and "closed" in said


def test_what_was_typed_is_kept_and_the_sentence_says_why(hers_at_desk: Client, policy: Any) -> None:
    request = unknown(country="BR").request
    where = f"{BOARD}{request.pk}/"
    no = hers_at_desk.post(f"{where}extension/", {"extension-reason": "It is a lot of work."})
    assert no.status_code == 422 and "No law on file" in page(no)
    no = hers_at_desk.post(
        f"{where}answer/", {"answer-text": "Because [write the reason]", "answer-outcome": "denied"}
    )
    assert (
        no.status_code == 422 and "Finish the answer" in page(no) and "Because [write the reason]" in page(no)
    )
    no = hers_at_desk.post(f"{where}closing/", {"closing-outcome": "denied", "closing-reason": ""})
    assert no.status_code == 422 and "whoever is refused is told why" in page(no)
    assert Request.objects.get().closed_at is None


def test_a_template_cites_its_clause(hers_at_desk: Client, policy: Any) -> None:
    request = unknown(language="fr").request
    said = page(hers_at_desk.get(f"{BOARD}{request.pk}/"))
    assert "Qui reçoit mes données" in said and "La copie est prête" not in said
    said = page(hers_at_desk.get(f"{BOARD}{request.pk}/?template=who-receives-it"))
    assert (
        "Jamais vendu" in said
        and "/privacy/#c5-1" in said
        and "{" not in said.partition("<textarea")[2].partition("</textarea>")[0]
    )


def test_every_step_works_over_http(hers_at_desk: Client, policy: Any) -> None:
    request = unknown(country="BE", kind="erasure").request
    where = f"{BOARD}{request.pk}/"
    for address, given, sentence in (
        ("identity/", {}, "the clock stands"),
        ("identity/", {}, "The clock runs again"),
        ("extension/", {"extension-reason": "Three archives."}, "is due on"),
        ("controller/", {"controller-region": "world"}, "as before"),
        ("carrying-out/", {}, ""),
        ("controller/", {"controller-region": "north-america"}, "as before"),
    ):
        answer = hers_at_desk.post(where + address, given, follow=True)
        assert answer.status_code == 200 and sentence in page(answer), address
    assert hers_at_desk.get(where).status_code == 404, "it is with another company now"


def test_a_letter_is_taken_in_with_its_real_day(hers_at_desk: Client, policy: Any) -> None:
    scan = SimpleUploadedFile("scan.pdf", b"%PDF-1.4 a letter", "application/pdf")
    answer = hers_at_desk.post(f"{BOARD}new/", {**letter(), "attached": [scan]}, follow=True)
    request = Request.objects.get()
    assert "is taken in" in page(answer) and "scan.pdf" in page(answer)
    assert (timezone.now() - request.received_at).days == 5 or (
        timezone.now() - request.received_at
    ).days == 4
    (attached,) = request.attachments.all()
    sent = hers_at_desk.get(f"{BOARD}{request.pk}/files/{attached.file}/")
    assert sent.content == b"%PDF-1.4 a letter" and "attachment" in sent["Content-Disposition"]
    assert not Message.objects.exists(), "no address, no mail"


def test_who_has_no_address_for_mail_is_told_by_letter_and_the_clock_runs_on(
    hers_at_desk: Client, policy: Any
) -> None:
    hers_at_desk.post(f"{BOARD}new/", letter())
    request = Request.objects.get()
    where = f"{BOARD}{request.pk}/"
    said = page(hers_at_desk.post(f"{where}identity/", follow=True))
    assert "nobody can be asked that way" in said and Request.objects.get().waiting_since is None
    said = page(hers_at_desk.post(f"{where}extension/", {"extension-reason": "Three archives."}, follow=True))
    assert "Print the letter that says why" in said and f"{where}letter/" in said
    printed = page(hers_at_desk.get(f"{where}letter/"))
    assert "Three archives." in printed and "Les raisons" in printed, "they asked for an answer in French"


def test_a_letter_is_answered_by_a_letter(hers_at_desk: Client, policy: Any) -> None:
    hers_at_desk.post(f"{BOARD}new/", letter())
    request = Request.objects.get()
    where = f"{BOARD}{request.pk}/"
    assert hers_at_desk.get(f"{where}letter/").status_code == 404
    hers_at_desk.post(f"{where}answer/", {"answer-text": "Nobody does.", "answer-outcome": "answered"})
    printed = page(hers_at_desk.get(f"{where}letter/"))
    assert "Nobody does." in printed and "4000 Liège" in printed and "Eve" in printed
    hers_at_desk.post(f"{where}posting/")
    assert Request.objects.get().closed_at


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"text": ""}, "Write what they say"),
        ({"day_year": "2999"}, "must be today or in the past"),
        ({"answer_by": "email"}, "Enter their e-mail address, or choose an answer by post"),
        ({"street": ""}, "Enter the street and the town"),
        ({"kind": "revenge"}, "Choose what is asked"),
    ],
)
def test_it_says_what_to_mend_in_a_letter(
    hers_at_desk: Client, policy: Any, wrong: dict[str, str], sentence: str
) -> None:
    no = hers_at_desk.post(f"{BOARD}new/", letter(**wrong))
    assert no.status_code == 422 and sentence in page(no) and "4000" in page(no)
    assert not Request.objects.exists()


def test_a_file_that_is_none_is_refused(hers_at_desk: Client, policy: Any) -> None:
    no = hers_at_desk.post(
        f"{BOARD}new/", {**letter(), "attached": [SimpleUploadedFile("scan.pdf", b"MZ a program")]}
    )
    assert no.status_code == 422 and "not a PDF" in page(no)


def test_a_stolen_file_address_opens_nothing(hers_at_desk: Client, alice: User, policy: Any) -> None:
    scan = SimpleUploadedFile("scan.pdf", b"%PDF-1.4 a letter", "application/pdf")
    hers_at_desk.post(f"{BOARD}new/", {**letter(), "attached": [scan]})
    other, file = hers(alice).request, Request.objects.get(channel="letter").attachments.get().file
    assert hers_at_desk.get(f"{BOARD}{other.pk}/files/{file}/").status_code == 404


def test_the_queue_counts_at_the_desk(hers_at_desk: Client, policy: Any) -> None:
    unknown()
    unknown(country="US")
    assert QUEUES["requests"].waiting(StaffReader(role="controller", entity="cet-power")) == 1
    assert QUEUES["requests"].waiting(StaffReader(role="officer", entity="cet-power")) == 2


def test_a_stale_tab_passes_nothing_back_to_where_it_was(
    alice: User, dana: User, client_of: Any, desk: Any
) -> None:
    request, client = unknown().request, client_of(dana)
    address = f"/desk/requests/{request.pk}/"
    old = client.get(address).context["controller_form"].seen_now
    assert (
        client.post(
            f"{address}controller/", {"controller-region": "world", "controller-seen": old}
        ).status_code
        == 302
    )
    answer = client.post(f"{address}controller/", {"controller-region": "europe", "controller-seen": old})
    request.refresh_from_db()
    assert (
        answer.status_code == 422
        and "was changed to" in answer.content.decode()
        and request.region == "world"
    )
