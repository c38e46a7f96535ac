"""A right without an ID: the same answer to every address, a code that comes back, and a person where that is
not enough.
"""

from __future__ import annotations

import re
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kept.accounts.second_factors import capabilities
from kept.core.register.destroying import erasing
from kept.core.register.hooks.stalled_jobs import standing_still
from kept.core.register.proving import proofs
from kept.core.vault.subject_keys import keys
from kept.rights.asking import flows
from kept.rights.asking.following import opened_status, status_views
from kept.rights.asking.guards import limits
from kept.rights.asking.models import LIVES, TRIES, Arrival, Check
from kept.rights.asking.tests.conftest import RIGHT, letters, mailed_code, right, words, work
from kept.rights.asking.views import WRONG_CODE
from kept.rights.requests import flows as requests
from kept.rights.requests.models import Request
from kept.rights.requests.request_kinds import KINDS

pytestmark = pytest.mark.django_db
PROOF = "asking.clock_stands_for_a_code"


def text(answer: Any) -> str:
    return str(answer.content.decode())


def plain(answer: Any) -> str:
    """A page without what differs by itself: tokens, references, codes, receipts."""
    return re.sub(
        r'value="[^"]{40,}"|(?:Q|R)(?:-\w{4})+|\b\w{4}-\w{4}-\w{4}\b|datetime="[^"]+"|\d\d:\d\d',
        "",
        text(answer),
    )


def sent(client: Client, **more: Any) -> Request:
    answer = client.post(RIGHT, right(client, **more))
    assert answer.status_code == 302, text(answer)
    return Request.objects.get(reference=answer["Location"].split("/")[-2])


def confirm(client: Client, request: Request, code: str, **more: str) -> Any:
    return client.post(f"{RIGHT}{request.reference}/", {"code": code, **more})


def test_a_kind_whose_touchpoint_is_gone_goes_on_and_opens_nothing_by_an_address_alone(
    visitor: Client, alice: Any, machine: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = sent(visitor, kind="restriction", proof="")
    code = mailed_code()
    monkeypatch.delitem(KINDS, "restriction")
    answer = confirm(visitor, request, code)
    assert answer.status_code in {200, 302, 422}, text(answer)
    request.refresh_from_db()
    assert request.person is None, "an address alone says who it is only where the kind says so"
    assert visitor.get(f"/privacy/status/{request.reference}/").status_code == 200


def test_it_works(visitor: Client, alice: Any, machine: Any) -> None:
    request = sent(visitor)
    before = request.keeper
    assert request.waiting_since and request.person is None
    page = text(visitor.get(f"/privacy/status/{request.reference}/"))
    assert "Confirm that you asked" in page and "/privacy/receipts/R-" in page
    [(to, body)] = letters()
    assert to == "alice@example.com" and request.reference in body
    code = mailed_code()
    assert f"{code[:4]} {code[4:]}" not in page
    answer = confirm(visitor, request, f"{code[:4]} {code[4:]}")
    assert answer["Location"] == f"/privacy/status/{request.reference}/"
    request.refresh_from_db()
    assert request.person == alice.person and request.waiting_since is None and keys.erased(before)
    assert "Named to confirm who asks: 1204-88-2" in words(request)
    assert "Confirmed" in text(visitor.get(answer["Location"]))


def test_an_unknown_address_is_answered_as_a_known_one(alice: Any, machine: Any) -> None:
    seen = set()
    for email in ("alice@example.com", "nobody@example.com"):
        visitor = Client()
        typed = right(visitor, email=email)
        with CaptureQueriesContext(connection) as asked:
            answer = visitor.post(RIGHT, typed)
        shapes = tuple(
            re.sub(r"'[^']*'|X'[0-9A-F]*'|\d+", "", query["sql"]) for query in asked.captured_queries
        )
        seen.add((answer.status_code, len(shapes), plain(visitor.get(answer["Location"]))))
    assert len(seen) == 1
    bodies = {re.sub(r"Q-\w{4}-\w{4}|Code: \d+", "", body) for _, body in letters()}
    assert len(bodies) == 1 and {to for to, _ in letters()} == {"alice@example.com", "nobody@example.com"}


def test_a_wrong_code_costs_what_an_unknown_reference_costs(visitor: Client, alice: Any) -> None:
    request = sent(visitor)
    made = [
        work(lambda where=where: confirm(visitor, where, "0000 0000"))
        for where in (request, Request(reference="Q-0000-0000"))
    ]
    assert made[0] == made[1]


def test_who_types_the_right_code_and_is_nobody_known_comes_to_a_person(visitor: Client) -> None:
    request = sent(visitor, email="nobody@example.com")
    confirm(visitor, request, mailed_code())
    request.refresh_from_db()
    assert request.matter_open and not request.known and request.waiting_since is None
    assert "a person decides" in text(visitor.get(f"/privacy/status/{request.reference}/"))
    assert Check.objects.get().outcome == Check.Outcome.UNMATCHED


@pytest.mark.parametrize("named", ["", "1204-89-0", "Q-0000-0000"])
def test_an_address_without_the_right_number_is_not_enough(
    visitor: Client, alice: Any, machine: Any, named: str
) -> None:
    request = sent(visitor, proof=named)
    confirm(visitor, request, mailed_code())
    request.refresh_from_db()
    assert not request.known and request.matter_open


def test_the_number_can_be_named_with_the_code(visitor: Client, alice: Any, machine: Any) -> None:
    request = sent(visitor, proof="")
    confirm(visitor, request, mailed_code(), proof="s/n 1204 88 2")
    request.refresh_from_db()
    assert request.known


def test_a_number_of_somebody_else_is_not_hers(visitor: Client, charlie: Any, machine: Any) -> None:
    request = sent(visitor, email="charlie@example.com")
    confirm(visitor, request, mailed_code())
    request.refresh_from_db()
    assert not request.known


def test_a_machine_given_back_proves_nothing(visitor: Client, alice: Any, machine: Any) -> None:
    machine.holdings.update(until=timezone.now() + timedelta(seconds=1))
    request = sent(visitor)
    confirm(visitor, request, mailed_code())
    request.refresh_from_db()
    assert not request.known


@pytest.mark.parametrize("kind", ["restriction", "objection", "opt-out"])
def test_what_shows_and_destroys_nothing_needs_the_code_alone(visitor: Client, alice: Any, kind: str) -> None:
    request = sent(visitor, kind=kind, proof="")
    assert bool(request.waiting_since) is (kind != "opt-out"), "California's opt-out waits for nobody"
    confirm(visitor, request, mailed_code())
    request.refresh_from_db()
    assert request.person == alice.person


def test_a_wrong_code_an_unknown_reference_and_one_used_up_are_answered_alike(
    visitor: Client, alice: Any
) -> None:
    request, stranger = sent(visitor), Client()
    code = mailed_code()
    wrong = f"{(int(code) + 1) % 10**8:08d}"
    stranger.get(RIGHT)  # the cookie of the form is counted at the foot of the page
    answers = [confirm(stranger, request, wrong) for _ in range(TRIES + 1)]
    answers += [stranger.post(f"{RIGHT}Q-0000-0000/", {"code": wrong}), confirm(stranger, request, code)]
    assert {
        (one.status_code, re.sub(r"Q-\w{4}-\w{4}|value=\"[^\"]+\"", "", text(one))) for one in answers
    } == {(422, re.sub(r"Q-\w{4}-\w{4}|value=\"[^\"]+\"", "", text(answers[0])))}
    assert str(WRONG_CODE) in text(answers[0])
    request.refresh_from_db()
    assert not request.known and request.waiting_since is None, (
        "five wrong codes are a matter for a person, and hold up no clock"
    )
    assert Check.objects.get().tries == TRIES


def test_a_code_works_once_and_for_its_own_request(visitor: Client, alice: Any, machine: Any) -> None:
    first, code = sent(visitor), mailed_code()
    second = sent(visitor)
    assert confirm(visitor, second, code).status_code == 422, "a duplicate is verified like the first"
    assert confirm(visitor, first, code).status_code == 302
    assert confirm(Client(), first, code).status_code == 422


def test_codes_are_typed_thirty_times_on_one_machine(visitor: Client) -> None:
    for _ in range(limits.CODES.most):
        limits.CODES.spend("192.0.2.1")
    answer = visitor.post(f"{RIGHT}Q-0000-0000/", {"code": "12345678"}, REMOTE_ADDR="192.0.2.1")
    assert answer.status_code == 429 and "Wait 15 minutes" in text(answer)


def test_nobodys_letter_box_is_filled_and_the_limit_tells_nothing(alice: Any) -> None:
    for number, email in enumerate(("alice@example.com", "nobody@example.com")):
        for _ in range(limits.MAILS.most):
            sent(Client(REMOTE_ADDR=f"192.0.2.{number}"), email=email)
        more = Client(REMOTE_ADDR="192.0.2.8")
        answer = more.post(RIGHT, right(more, email=email.upper()))
        assert answer.status_code == 429 and "Five mails went to this address today" in text(answer)
    assert len(letters()) == 2 * limits.MAILS.most


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"kind": ""}, "Choose what we shall do"),
        ({"kind": "withdrawal"}, "Choose what we shall do from the list"),
        ({"email": ""}, "Enter the e-mail address you gave us before"),
        (
            {"email": "a\r\nBcc: b@c.de"},
            "Enter an e-mail address in the correct format, like name@example.com",
        ),
        ({"kind": "correction"}, "Write what is wrong, and what is right"),
        ({"proof": "9" * 61}, "A serial number or a reference has 60 characters or fewer"),
        ({"country": ""}, "Choose your country"),
    ],
)
def test_bad_input_gets_a_sentence_and_loses_nothing(
    visitor: Client, wrong: dict[str, str], sentence: str
) -> None:
    answer = visitor.post(RIGHT, right(visitor, **{"details": "", **wrong}))
    assert (
        answer.status_code == 422
        and sentence in text(answer)
        and not Request.objects.exists()
        and not letters()
    )


def test_sent_twice_it_is_one_request_with_one_code(visitor: Client) -> None:
    typed = right(visitor)
    assert visitor.post(RIGHT, typed)["Location"] == visitor.post(RIGHT, typed)["Location"]
    assert Request.objects.count() == Check.objects.count() == len(letters()) == 1


def test_whoever_is_signed_in_needs_no_code(alice: Any, client_of: Any) -> None:
    hers = client_of(alice)
    assert "Serial number or reference" not in text(hers.get(RIGHT))
    answer = hers.post(RIGHT, right(hers), follow=True)
    request = Request.objects.get()
    assert request.person == alice.person and request.waiting_since is None and not Check.objects.exists()
    assert "You, signed in" in text(answer)


def test_a_check_the_desk_asks_for_carries_a_code_of_its_own(
    visitor: Client, alice: Any, machine: Any
) -> None:
    """The status code was shown to whoever sent the form, so it proves nothing."""
    made = requests.receive(
        kind="access", text="All of it", channel="letter", country="BE", email="alice@example.com"
    )
    requests.ask_identity(request=made.request, by=flows.CLERK)
    assert made.code not in letters("identity")[-1][1]
    confirm(visitor, made.request, mailed_code(), proof="1204-88-2")
    made.request.refresh_from_db()
    assert made.request.known


def test_nobody_typed_it_in_for_fourteen_days(visitor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    request = sent(visitor)
    later = timezone.now() + LIVES + timedelta(minutes=1)
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert flows.settle_due() == 1 and flows.settle_due() == 0
    request.refresh_from_db()
    assert request.outcome == Request.Outcome.EXPIRED and Check.objects.get().outcome == Check.Outcome.LAPSED


def test_an_optout_nobody_confirmed_stays_with_a_person(visitor: Client) -> None:
    request = sent(visitor, kind="opt-out")
    Check.objects.update(ends_at=timezone.now())
    flows.settle_due()
    request.refresh_from_db()
    assert request.matter_open and Check.objects.get().outcome == Check.Outcome.LAPSED


@pytest.mark.parametrize("cut", ["ask_identity", "identified", "give_up_identity"])
def test_killed_in_between_it_goes_on(
    visitor: Client, alice: Any, machine: Any, monkeypatch: pytest.MonkeyPatch, cut: str
) -> None:
    class Killed(BaseException):
        """As the power is switched off: nothing after it runs."""

    def killed(**_: Any) -> None:
        raise Killed

    typed = right(visitor, proof="" if cut == "give_up_identity" else "1204-88-2")
    with monkeypatch.context() as patch:
        if cut == "ask_identity":
            patch.setattr(requests, cut, killed)
            with pytest.raises(Killed):
                visitor.post(RIGHT, typed)
    request = Request.objects.first() or sent(visitor, proof=typed["proof"])
    if cut == "ask_identity":
        Check.objects.update(sent_at=timezone.now() - timedelta(minutes=2))
        assert flows.settle_due() == 1
    else:
        with monkeypatch.context() as patch:
            patch.setattr(requests, cut, killed)
            with pytest.raises(Killed):
                confirm(visitor, request, mailed_code())
        assert flows.settle_due() == 1
    request.refresh_from_db()
    assert {
        "ask_identity": bool(request.waiting_since),
        "identified": request.known,
        "give_up_identity": request.waiting_since is None,
    }[cut]
    assert flows.settle_due() == 0


def test_a_clock_that_stands_for_nothing_breaks_the_promise(visitor: Client) -> None:
    request = sent(visitor)
    assert proofs.run(PROOF).state == "kept"
    hours = timezone.now() - timedelta(hours=2)
    Request.objects.update(waiting_since=hours)
    assert proofs.run(PROOF).state == "kept"
    Check.objects.update(sent_at=hours, ends_at=hours)
    assert proofs.run(PROOF).state == "broken"
    assert "Codes that were answered or are over, and have had no consequence" in standing_still(
        timezone.now()
    )
    flows.settle_due()
    assert proofs.run(PROOF).state == "kept" and not standing_still(timezone.now())
    assert request.reference


def test_an_erasure_takes_the_codes_with_it(visitor: Client, alice: Any, machine: Any) -> None:
    """The mark of a serial number is hers too, and goes before the request forgets whose it was."""
    request = sent(visitor)
    confirm(visitor, request, mailed_code())
    assert Check.objects.exclude(proof="").exists() and Arrival.objects.exists()
    with transaction.atomic():
        erasing.destroy_rows(alice.person.pk)
    assert not Check.objects.exists() and not Arrival.objects.exists()


def test_what_a_code_opened_closes_when_the_address_is_taken_back(
    visitor: Client, alice: Any, machine: Any, dana: Any
) -> None:
    """Whoever typed the code in at a thief's address reads no answer any more; the status stays."""
    request = sent(visitor)
    confirm(visitor, request, mailed_code())
    request.refresh_from_db()
    state = status_views.allowed(bare(visitor), request.reference)
    assert state[0] == request and state[2] == opened_status.SURE
    capabilities.end_everything(alice)
    assert status_views.allowed(bare(visitor), request.reference)[2] == opened_status.CODE


def bare(visitor: Client) -> Any:
    return SimpleNamespace(session=visitor.session, reader=None)
