"""Asked by letter: the controller's one button puts the erasure down; she can still undo it; and what was
asked ends with it, leading to nobody.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from kept.accounts.models import User
from kept.core.consent.consent_state import standing
from kept.core.ledger import versions
from kept.core.register.destroying import erasing
from kept.core.vault import gate
from kept.core.vault.readers import Job, StaffReader, SystemReader
from kept.outbox.delivery import deliver
from kept.people.models import Person
from kept.rights.choices import flows as choices
from kept.rights.choices import options
from kept.rights.choices.recorded import compare
from kept.rights.erasure import flows, steps
from kept.rights.erasure.models import Erasure
from kept.rights.requests import flows as requests
from kept.rights.requests.course import fulfilment_registry
from kept.rights.requests.models import Request

pytestmark = pytest.mark.django_db


@pytest.fixture
def by(dana: User) -> StaffReader:
    return StaffReader(role="controller", entity="cet-power", actor=dana.subject)


@pytest.fixture
def letters() -> Callable[[], list[Any]]:
    """Every mail that left."""
    return lambda: [deliver(), mail.outbox][1]


@pytest.fixture
def letter(alice: User, by: StaffReader) -> Request:
    """By post, two days ago."""
    received = requests.receive(
        kind="erasure",
        text="Please erase me.",
        channel="letter",
        country="BE",
        reader=by,
        person=alice.person,
        received_at=timezone.now() - timedelta(days=2),
    )
    return received.request


def test_one_button_puts_it_down(letter: Request, by: StaffReader, alice: User) -> None:
    said = fulfilment_registry.carry_out(letter, by=by)
    erasure = Erasure.objects.get()
    assert (
        erasure.subject == alice.person.pk
        and erasure.source == "controller"
        and erasure.about == letter.matter_ref
    )
    assert f"{timezone.localtime(erasure.falls_at):%-d %B %Y}" in said
    assert timezone.localdate(erasure.falls_at) <= letter.due and Request.objects.get().closed_at is None
    with pytest.raises(fulfilment_registry.CannotCarryOut, match="asked for already"):
        fulfilment_registry.carry_out(letter, by=by)


def test_it_is_never_later_than_the_answer_is_due(letter: Request, by: StaffReader) -> None:
    Request.objects.update(
        due=timezone.localdate() + timedelta(days=3), first_due=timezone.localdate() + timedelta(days=3)
    )
    fulfilment_registry.carry_out(Request.objects.get(), by=by)
    assert timezone.localdate(Erasure.objects.get().falls_at) == timezone.localdate() + timedelta(days=2)


def test_the_request_ends_with_it_and_leads_to_nobody(letter: Request, by: StaffReader, alice: User) -> None:
    fulfilment_registry.carry_out(letter, by=by)
    Erasure.objects.update(falls_at=timezone.now(), due_at=timezone.now())
    flows.work_due()
    done = Request.objects.get()
    assert (done.person_id, done.keeper, done.text, done.outcome) == (
        None,
        None,
        None,
        "fulfilled",
    ) and done.closed_at
    assert (done.kind, done.region) == (letter.kind, letter.region) and erasing.left_of(
        alice.person.pk
    ) == {}, "the meter counts on"


def test_undone_it_takes_the_request_back(letter: Request, by: StaffReader, alice: User) -> None:
    fulfilment_registry.carry_out(letter, by=by)
    flows.undo(erasure=Erasure.objects.get(), reader=steps.ERASER, source="the link in our mail")
    assert Request.objects.get().outcome == "revoked" and Erasure.objects.get().state == "undone"


def test_staff_who_leave_are_erased_and_what_they_did_stays_under_their_role(
    letter: Request, by: StaffReader, dana: User, bob: User
) -> None:
    hers = dana.person.pk
    bob.employ(role="controller", entity="cet-power")
    flows.ask(
        subject=hers,
        controller="cet-power",
        reader=steps.ERASER,
        matter=flows.Job("leaving"),
        wait=timedelta(0),
    )
    flows.work_due()
    assert erasing.left_of(hers) == {} and not User.objects.filter(pk=dana.pk).exists()
    assert letter.steps.filter(role="controller").exists() and User.objects.filter(pk=bob.pk).exists()


def due_in(days: int) -> Request:
    """The letter again, to be answered so many days from now."""
    Request.objects.update(
        due=timezone.localdate() + timedelta(days=days), first_due=timezone.localdate() + timedelta(days=days)
    )
    return Request.objects.get()


@pytest.mark.parametrize("days", [2, 1, 0, -3])
def test_on_the_last_day_they_have_a_week_and_the_answer_says_so_in_time(
    days: int, letter: Request, by: StaffReader, alice: User, letters: Any
) -> None:
    said = fulfilment_registry.carry_out(due_in(days), by=by)
    erasure, request = Erasure.objects.get(), Request.objects.get()
    day = f"{timezone.localtime(erasure.falls_at):%-d %B %Y}"
    assert timedelta(days=6) < erasure.falls_at - timezone.now() <= timedelta(days=7) and day in said
    assert request.answered_at and request.outcome == "answered" and (request.late() == (days < 0))
    sent = {one.subject: one.body for one in letters()}
    assert (
        day in sent["You asked to be erased"]
        and "We were asked in your name" in sent["You asked to be erased"]
    )
    assert (
        day in sent[f"Our answer to {letter.reference}"]
        and "we use nothing of it" in sent[f"Our answer to {letter.reference}"]
    )


def test_until_then_nothing_is_used_and_the_link_undoes_all_of_it(
    letter: Request, by: StaffReader, alice: User, letters: Any
) -> None:
    subject = alice.person.pk
    choices.say_for(
        subject=subject,
        purpose="registration",
        verb="restrict",
        controller="cet-power",
        language="en",
        by=by,
        matter=letter.matter_ref + " of hers",
    )
    fulfilment_registry.carry_out(due_in(0), by=by)
    every = {
        one.purpose.id
        for one in options.options(versions.current().policy, standing(subject))
        if one.restricted
    }
    assert {"registration", "support"} <= every
    assert fulfilment_registry.standing(Request.objects.get()) is fulfilment_registry.Standing.RUNNING
    (told,) = [one for one in letters() if one.subject == "You asked to be erased"]
    page = told.body.partition("http://localhost:8000")[2].split()[0]
    assert Client().get(page).status_code == 200 and Erasure.objects.get().state == "waiting", (
        "a scanner that follows links changes nothing"
    )
    assert Client().post(page).status_code == 302 and Erasure.objects.get().state == "undone"
    assert standing(subject).restrictions == {"registration"}, "what she restricted herself stays restricted"
    assert fulfilment_registry.standing(Request.objects.get()) is fulfilment_registry.Standing.TAKEN_BACK
    assert compare().differences == ()


def test_whoever_has_no_mail_is_told_by_the_answer_and_undoes_it_at_the_desk(
    policy: Any, by: StaffReader, dana: User, client_of: Any
) -> None:
    with gate.purpose("registration", reader=SystemReader(job="import"), about=Job("import")):
        erin = Person.objects.enrol(id=uuid4(), name="Erin", email="", controller="cet-power")
    row = requests.receive(
        kind="erasure",
        text="Please.",
        channel="letter",
        country="BE",
        reader=by,
        person=erin,
        received_at=timezone.now(),
    ).request
    assert "print the letter" in fulfilment_registry.carry_out(row, by=by)
    row.refresh_from_db()
    assert row.state == "to-post" and Erasure.objects.get().falls_at > timezone.now() + timedelta(days=6)
    requests.posted(request=row, by=by)
    desk, page = client_of(dana), f"/desk/requests/{row.pk}/"
    assert "Undo what was begun" in desk.get(page).content.decode()
    assert desk.post(page + "taking-back/").status_code == 302 and Erasure.objects.get().state == "undone"
    assert (
        "Undo what was begun" not in desk.get(page).content.decode()
        and desk.get(page + "taking-back/").status_code == 405
    )


def test_killed_half_way_the_button_does_what_is_left(
    letter: Request, by: StaffReader, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = due_in(0)
    with monkeypatch.context() as broken:
        broken.setattr(requests, "answer", lambda **_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            fulfilment_registry.carry_out(row, by=by)
    fulfilment_registry.carry_out(Request.objects.get(), by=by)
    assert Request.objects.get().answered_at and Erasure.objects.count() == 1
    with pytest.raises(fulfilment_registry.CannotCarryOut):
        fulfilment_registry.carry_out(Request.objects.get(), by=by)
