"""The verbs of a request: received, confirmed, extended, passed on, answered, closed.

What each does to the clock, the words and the person.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from kept.accounts.models import User
from kept.core.vault import gate
from kept.core.vault.errors import KeyErased, MatterRequired, PurposeRequired
from kept.core.vault.history import timeline
from kept.core.vault.readers import StaffReader
from kept.core.vault.sealed_files.files import SealedFile
from kept.core.vault.subject_keys import keys
from kept.outbox.delivery import deliver
from kept.outbox.models import Message
from kept.rights.requests import flows
from kept.rights.requests.course import fulfilment_registry
from kept.rights.requests.flows import NotYet, Upload
from kept.rights.requests.models import Request
from kept.rights.requests.tests.conftest import hers, unknown
from kept.testing import reader_of

pytestmark = pytest.mark.django_db
JANUARY = datetime(2030, 1, 31, 12, tzinfo=UTC)


def the_clock_at(monkeypatch: Any, moment: datetime) -> None:
    monkeypatch.setattr(timezone, "now", lambda: moment)


def mails(subject: UUID) -> list[str]:
    return list(
        Message.objects.filter(subject=subject).order_by("queued_at").values_list("template", flat=True)
    )


def sentences(user: User) -> list[str]:
    with gate.purpose("own-data", reader=reader_of(user), about=user.subject):
        return [str(one.detail.get("what", "")) for one in timeline(user.subject)]


def read(request: Request, by: Any, name: str = "text") -> Any:
    with gate.purpose("requests", reader=by, about=request):
        return getattr(Request.objects.get(pk=request.pk), name)


def test_an_unknown_asker_has_a_key_of_their_own(policy: Any, desk: StaffReader) -> None:
    got = unknown()
    assert got.request.person is None and got.request.keeper and not keys.erased(got.request.keeper)
    assert read(got.request, desk) == "Who gets my address?"
    assert got.request.opens_with(got.code.lower()) and not got.request.opens_with("0000-0000-0000")
    assert got.code not in str(got.request.__dict__)
    assert mails(got.request.keeper) == ["requests/mail/received.txt"]
    assert got.request.reference in got.receipt.text and "Eve" not in got.receipt.text


def test_hers_is_under_her_key_and_on_her_timeline(alice: User) -> None:
    got = hers(alice)
    assert got.request.person == alice.person and got.request.keeper == alice.subject
    assert any(got.request.reference in line for line in sentences(alice))
    assert mails(alice.subject) == ["requests/mail/received.txt"]


@pytest.mark.parametrize(
    ("country", "received", "region", "due"),
    [
        ("BE", JANUARY, "europe", date(2030, 2, 28)),  # the last day of February; the promise ends on 2 March
        (
            "US-CA",
            JANUARY,
            "north-america",
            date(2030, 3, 2),
        ),  # forty-five days would be later than the promise
        ("BR", JANUARY, "world", date(2030, 3, 2)),
        ("BE", datetime(2030, 2, 10, 12, tzinfo=UTC), "europe", date(2030, 3, 11)),  # the tenth is a Sunday
        (
            "BE",
            datetime(2030, 3, 31, 22, 30, tzinfo=UTC),
            "europe",
            date(2030, 5, 1),
        ),  # already 1 April in Liège: the promise ends on 1 May, the law the day after that holiday
    ],
)
def test_who_answers_and_until_when(
    policy: Any, country: str, received: datetime, region: str, due: date, monkeypatch: Any
) -> None:
    the_clock_at(monkeypatch, received + timedelta(days=3))
    request = unknown(country=country, received_at=received).request
    assert (request.region, request.due) == (region, due)


def test_nothing_is_received_in_the_future(policy: Any) -> None:
    with pytest.raises(NotYet, match="future"):
        unknown(received_at=timezone.now() + timedelta(hours=1))
    assert not Request.objects.exists()


def test_once_it_is_sure_who_asks_the_words_are_theirs(alice: User, desk: StaffReader) -> None:
    file = Upload("letter.pdf", "application/pdf", SimpleUploadedFile("letter.pdf", b"%PDF-1.4 hers"))
    got = unknown(kind="access", files=[file])
    before = got.request.keeper
    flows.ask_identity(request=got.request, by=desk)
    assert alice.person
    flows.identified(request=got.request, person=alice.person)
    request = Request.objects.get()
    assert (
        before and keys.erased(before) and request.person == alice.person and request.keeper == alice.subject
    )
    assert read(request, desk) == "Who gets my address?"
    (attached,) = request.attachments.all()
    with gate.purpose("requests", reader=desk, about=request):
        assert b"".join(SealedFile.open(attached.file)) == b"%PDF-1.4 hers"
    assert SealedFile.of(before) == [] and SealedFile.of(alice.subject) == [attached.file]
    assert deliver() == 2, "mail that was waiting is not lost with the old key"


def test_the_clock_stands_while_identity_is_unanswered(
    alice: User, desk: StaffReader, monkeypatch: Any
) -> None:
    the_clock_at(monkeypatch, datetime(2030, 2, 2, 12, tzinfo=UTC))
    request = unknown(kind="erasure").request
    due = request.due
    the_clock_at(monkeypatch, datetime(2030, 2, 5, 12, tzinfo=UTC))
    flows.ask_identity(request=request, by=desk)
    the_clock_at(monkeypatch, datetime(2030, 2, 12, 12, tzinfo=UTC))
    assert request.state == "identity" and request.days_left() == (due - date(2030, 2, 5)).days
    assert alice.person
    flows.identified(request=request, person=alice.person)
    assert (
        request.due == due + timedelta(days=7) and request.paused_days == 7 and request.waiting_since is None
    )
    kinds = [(step.kind, step.until) for step in request.steps.all()]
    assert kinds == [("received", due), ("identity-asked", None), ("identified", due + timedelta(days=7))]


def test_an_identity_check_can_be_given_up(desk: StaffReader, policy: Any, monkeypatch: Any) -> None:
    the_clock_at(monkeypatch, datetime(2030, 2, 2, 12, tzinfo=UTC))
    request = unknown().request
    flows.ask_identity(request=request, by=desk)
    the_clock_at(monkeypatch, datetime(2030, 2, 4, 12, tzinfo=UTC))
    flows.give_up_identity(request=request, by=desk)
    assert request.paused_days == 2
    with pytest.raises(NotYet):
        flows.give_up_identity(request=request, by=desk)


def test_nobody_is_asked_who_is_known(alice: User, desk: StaffReader) -> None:
    with pytest.raises(NotYet, match="known already"):
        flows.ask_identity(request=hers(alice).request, by=desk)


def test_it_is_extended_once_before_the_first_date_and_told(
    alice: User, desk: StaffReader, monkeypatch: Any
) -> None:
    the_clock_at(monkeypatch, JANUARY)
    request = hers(alice, country="BE").request
    with pytest.raises(NotYet, match="reasons"):
        flows.extend(request=request, by=desk, reason=" ")
    flows.extend(request=request, by=desk, reason="Three archives must be searched.")
    assert request.due == date(2030, 4, 30) == request.term.extended and request.first_due == date(
        2030, 2, 28
    )
    assert mails(alice.subject)[-1] == "requests/mail/extended.txt"
    assert any("longer" in line for line in sentences(alice))
    with pytest.raises(NotYet, match="once"):
        flows.extend(request=request, by=desk, reason="Again.")


def test_it_is_not_extended_after_the_first_date(policy: Any, desk: StaffReader, monkeypatch: Any) -> None:
    the_clock_at(monkeypatch, JANUARY)
    request = unknown().request
    the_clock_at(monkeypatch, datetime(2030, 3, 3, 12, tzinfo=UTC))
    with pytest.raises(NotYet, match="is over"):
        flows.extend(request=request, by=desk, reason="Late thoughts.")


def test_it_is_not_extended_where_no_law_says_so(policy: Any, desk: StaffReader) -> None:
    with pytest.raises(NotYet, match="No law"):
        flows.extend(request=unknown(country="BR").request, by=desk, reason="It is hard.")


def test_another_controller_answers_and_no_day_moves(policy: Any, desk: StaffReader) -> None:
    request = unknown(country="BE").request
    before = (request.due, request.first_due, request.received_at, request.jurisdiction)
    flows.reroute(request=request, by=desk, region="north-america")
    assert (
        request.region == "north-america"
        and (request.due, request.first_due, request.received_at, request.jurisdiction) == before
    )
    with pytest.raises(NotYet):
        flows.reroute(request=request, by=desk, region="atlantis")


def test_the_answer_is_sealed_mailed_and_on_the_timeline(alice: User, desk: StaffReader) -> None:
    request = hers(alice).request
    flows.answer(request=request, by=desk, text="Nobody does.")
    assert request.outcome == "answered" and request.closed_at
    assert mails(alice.subject)[-1] == "requests/mail/answer.txt"
    assert any("was answered" in line for line in sentences(alice))
    with pytest.raises(MatterRequired):
        read(request, desk)
    with gate.purpose("requests", reader=reader_of(alice), about=alice.subject):
        assert Request.objects.get().answer == "Nobody does."


def test_a_letter_is_closed_when_it_is_posted(policy: Any, desk: StaffReader) -> None:
    request = unknown(answer_by="post").request
    with pytest.raises(NotYet, match="answer first"):
        flows.posted(request=request, by=desk)
    flows.answer(request=request, by=desk, text="Nobody does.")
    assert request.state == "to-post" and not request.closed_at
    flows.posted(request=request, by=desk)
    assert request.state == "closed" and request.outcome == "answered"


def test_a_refusal_says_why(policy: Any, desk: StaffReader) -> None:
    request = unknown().request
    with pytest.raises(NotYet, match="reasons"):
        flows.close(request=request, by=desk, outcome="denied")
    flows.close(request=request, by=desk, outcome="denied", reason="It is about somebody else.")
    assert request.outcome == "denied" and request.keeper
    assert mails(request.keeper)[-1] == "requests/mail/closed.txt"
    with pytest.raises((NotYet, MatterRequired)):
        flows.close(request=request, by=desk, outcome="denied", reason="Again.")


def test_she_takes_it_back_herself(alice: User, charlie: User) -> None:
    request = hers(alice).request
    with pytest.raises(PurposeRequired):
        flows.close(request=request, by=reader_of(charlie), outcome="revoked")
    flows.close(request=request, by=reader_of(alice), outcome="revoked")
    assert request.outcome == "revoked"


def test_a_message_becomes_a_request(alice: User, bob: User) -> None:
    class Matter:
        matter_ref, matter_open = "matter 1001", True

    by = StaffReader(role="support", entity="cet-power", actor=bob.subject)
    assert alice.person
    heard = timezone.now() - timedelta(days=2)
    given = {
        "person": alice.person,
        "kind": "erasure",
        "text": "Delete me.",
        "channel": "touchpoint",
        "received_at": heard,
        "source": "support",
    }
    request = flows.recognise(by=by, about=Matter(), **given)
    assert request.keeper == alice.subject and request.received_at == heard
    Matter.matter_open = False
    with pytest.raises(MatterRequired):
        flows.recognise(by=by, about=Matter(), **given)


def test_forgotten_leaves_kind_region_and_dates(alice: User, desk: StaffReader) -> None:
    file = Upload("a.pdf", "application/pdf", SimpleUploadedFile("a.pdf", b"%PDF-1.4"))
    request = hers(alice, files=[file]).request
    Request.objects.get().forget()
    row = Request.objects.get()
    assert (row.kind, row.region, row.due) == (request.kind, request.region, request.due)
    assert row.keeper is None and row.person is None and row.closed_at and not row.attachments.exists()
    assert all(row.__dict__[field.attname] is None for field in row.sealed_fields())
    with pytest.raises((KeyErased, NotYet, MatterRequired)):
        flows.answer(request=row, by=desk, text="Too late.")


def test_what_carries_it_out(alice: User, desk: StaffReader, policy: Any) -> None:
    with pytest.raises(fulfilment_registry.CannotCarryOut, match="by itself"):
        fulfilment_registry.carry_out(unknown().request, by=desk)
    kept = dict(fulfilment_registry.FULFILS)
    try:
        fulfilment_registry.fulfils("question")(lambda request, *, by: f"{request.reference} done")
        assert "done" in fulfilment_registry.carry_out(hers(alice, kind="question").request, by=desk)
        with pytest.raises(fulfilment_registry.CannotCarryOut, match="who asks"):
            fulfilment_registry.carry_out(unknown().request, by=desk)
    finally:
        fulfilment_registry.FULFILS.clear()
        fulfilment_registry.FULFILS.update(kept)
