"""A call: logged in any notation, its caller found, verified before anything is read out, put into a case."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from kept.core.vault import gate
from kept.testing import reader_of
from kept.touchpoints.support.calls.models import Call
from kept.touchpoints.support.models import Case
from kept.touchpoints.support.tests.conftest import mails, said

pytestmark = pytest.mark.django_db
CALLS = "/desk/calls/"
TYPED = {
    "direction": "in",
    "number": "04/345.00.17",
    "name": "Alice Lambert",
    "text": "She says 48 V, the shelf hums.",
    "outcome": "spoken",
    "minutes": "4",
    "next_step": "none",
}


def page(answer: Any) -> str:
    return unescape(answer.content.decode())


@pytest.fixture
def with_phone(alice: Any) -> Any:
    with gate.purpose("account", reader=reader_of(alice), about=alice.person):
        alice.person.correct("phone", "+32 4 345 00 17")
    return alice


def log(desk: Client, **typed: Any) -> Call:
    answer = desk.post(CALLS, {**TYPED, **typed})
    assert answer.status_code == 302, page(answer)
    return Call.objects.latest("at")


def at(call: Call, more: str = "") -> str:
    return f"{CALLS}{call.pk}/{more}"


def known(desk: Client, alice: Any, **typed: Any) -> Call:
    call = log(desk, **typed)
    desk.post(at(call, "person/"), {"person": alice.person.pk})
    call.refresh_from_db()
    return call


def test_a_number_in_any_notation_finds_who_has_it(desk: Client, with_phone: Any) -> None:
    call = log(desk)
    shown = page(desk.get(at(call)))
    assert "+3243450017" in shown and "Nothing more." in shown and "alice@example.com" not in shown
    assert "A match" in page(desk.post(at(call, "search/"), {"number": "1"}))


def test_an_unknown_and_a_hidden_number(desk: Client, with_phone: Any) -> None:
    unknown = log(desk, number="+32 2 555 99 99", name="")
    assert "Unknown." in page(desk.post(at(unknown, "search/"), {"number": "1"}))
    hidden = log(desk, number="", name="")
    assert "Hidden" in page(desk.get(at(hidden))) and "Not said" in page(desk.get(at(hidden)))


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"number": "call me"}, "Enter a phone number"),
        ({"text": ""}, "Write what was said, in a sentence"),
        ({"direction": ""}, "Choose who called"),
        ({"minutes": "-1"}, "Write the minutes in figures, like 4"),
        ({"next_step": "call"}, "Choose the day of the next step"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    desk: Client, typed: dict[str, str], sentence: str
) -> None:
    answer = desk.post(CALLS, {**TYPED, **typed})
    assert answer.status_code == 422 and sentence in page(answer) and not Call.objects.exists()
    assert "Alice Lambert" in page(answer)


def test_a_caller_is_verified_by_the_code_before_anything_is_read_out(desk: Client, with_phone: Any) -> None:
    call = known(desk, with_phone)
    assert "Not verified" in page(desk.get(at(call))) and call.keeper == with_phone.subject
    desk.post(at(call, "verifying/"), {"send": "1"})
    found = re.search(r"Your code for the phone: (\d{6})", mails(with_phone))
    assert found is not None
    wrong = f"{(int(found[1]) + 1) % 1_000_000:06d}"
    refused = desk.post(at(call, "verifying/"), {"code": wrong})
    assert refused.status_code == 422 and "This is not the code, or its time is over." in page(refused)
    desk.post(at(call, "verifying/"), {"code": f"{found[1][:3]} {found[1][3:]}"})
    assert "Verified" in page(desk.get(at(call))) and "Read nothing out yet" not in page(desk.get(at(call)))


def test_five_wrong_codes_are_enough_and_an_old_one_counts_no_more(desk: Client, with_phone: Any) -> None:
    call = known(desk, with_phone)
    desk.post(at(call, "verifying/"), {"send": "1"})
    right = re.findall(r"phone: (\d{6})", mails(with_phone))[-1]
    for _time in range(5):
        desk.post(at(call, "verifying/"), {"code": "0000000"})
    assert desk.post(at(call, "verifying/"), {"code": right}).status_code == 422
    desk.post(at(call, "verifying/"), {"send": "1"})
    Call.objects.update(code_until=timezone.now() - timedelta(seconds=1))
    fresh = re.findall(r"phone: (\d{6})", mails(with_phone))
    assert all(desk.post(at(call, "verifying/"), {"code": one}).status_code == 422 for one in fresh)


def test_its_note_goes_into_a_case_and_she_reads_it(
    desk: Client, alice: Any, case: Case, hers: Client
) -> None:
    call = known(desk, alice)
    assert case.reference in page(desk.get(at(call)))
    desk.post(at(call, "case/"), {"case": case.reference})
    assert "She says 48 V, the shelf hums." in page(hers.get(f"/support/cases/{case.reference}/"))
    assert [step.kind for step in case.steps.all()] == ["opened", "called"]


def test_a_call_becomes_a_case_of_its_own(desk: Client, alice: Any) -> None:
    call = known(desk, alice)
    desk.post(at(call, "case/"), {"case": "new"})
    made = Case.objects.get()
    assert made.channel == "phone" and made.person == alice.person
    assert said(alice, made) == ["She says 48 V, the shelf hums."] and made.reference in mails(alice)


def test_a_strangers_case_cannot_be_chosen(desk: Client, charlie: Any, case: Case) -> None:
    call = known(desk, charlie)
    desk.post(at(call, "case/"), {"case": case.reference})
    call.refresh_from_db()
    assert call.case is None


def test_what_comes_next_stands_in_the_list_until_it_is_done(desk: Client) -> None:
    day = timezone.localdate()
    call = log(desk, next_step="call", next_at_day=day.day, next_at_month=day.month, next_at_year=day.year)
    assert "Call back" in page(desk.get(CALLS)) and "Alice" not in page(desk.get(CALLS))
    desk.post(at(call, "done/"))
    assert "Nobody waits for a call." in page(desk.get(CALLS))


def test_calls_are_for_those_who_help(dana: Any, client_of: Any, charlie: Any) -> None:
    for user in (dana, charlie):
        assert client_of(user).get(CALLS).status_code == 403
