"""Asked by letter: the controller's one button puts the erasure down; she can still undo it; and what was asked ends with it, leading to nobody."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from kept.accounts.models import User
from kept.core.register import erasing
from kept.core.vault.readers import StaffReader
from kept.rights.erasure import flows, steps
from kept.rights.erasure.models import Erasure
from kept.rights.requests import flows as requests
from kept.rights.requests import fulfil
from kept.rights.requests.models import Request

pytestmark = pytest.mark.django_db


@pytest.fixture
def by(dana: User) -> StaffReader:
    return StaffReader(role="controller", entity="cet-power", actor=dana.subject)


@pytest.fixture
def letter(alice: User, by: StaffReader) -> Request:
    """By post, two days ago."""
    received = requests.receive(
        kind="erasure", text="Please erase me.", channel="letter", country="BE", reader=by, person=alice.person,
        received_at=timezone.now() - timedelta(days=2),
    )  # fmt: skip
    return received.request


def test_one_button_puts_it_down(letter: Request, by: StaffReader, alice: User) -> None:
    said = fulfil.carry_out(letter, by=by)
    erasure = Erasure.objects.get()
    assert erasure.subject == alice.person.pk and erasure.source == "controller" and erasure.about == letter.matter_ref
    assert f"{timezone.localtime(erasure.falls_at):%-d %B %Y}" in said
    assert timezone.localdate(erasure.falls_at) <= letter.due and Request.objects.get().closed_at is None
    with pytest.raises(fulfil.CannotCarryOut, match="asked for already"):
        fulfil.carry_out(letter, by=by)


def test_it_is_never_later_than_the_answer_is_due(letter: Request, by: StaffReader) -> None:
    Request.objects.update(due=timezone.localdate() + timedelta(days=3), first_due=timezone.localdate() + timedelta(days=3))
    fulfil.carry_out(Request.objects.get(), by=by)
    assert timezone.localdate(Erasure.objects.get().falls_at) == timezone.localdate() + timedelta(days=2)


def test_the_request_ends_with_it_and_leads_to_nobody(letter: Request, by: StaffReader, alice: User) -> None:
    fulfil.carry_out(letter, by=by)
    Erasure.objects.update(falls_at=timezone.now(), due_at=timezone.now())
    flows.work_due()
    done = Request.objects.get()
    assert (done.person_id, done.keeper, done.text, done.outcome) == (None, None, None, "fulfilled") and done.closed_at
    assert (done.kind, done.region) == (letter.kind, letter.region) and erasing.left_of(alice.person.pk) == {}, "the meter counts on"


def test_undone_it_takes_the_request_back(letter: Request, by: StaffReader, alice: User) -> None:
    fulfil.carry_out(letter, by=by)
    flows.undo(erasure=Erasure.objects.get(), reader=steps.ERASER, source="the link in our mail")
    assert Request.objects.get().outcome == "revoked" and Erasure.objects.get().state == "undone"


def test_staff_who_leave_are_erased_and_what_they_did_stays_under_their_role(letter: Request, by: StaffReader, dana: User, bob: User) -> None:
    hers = dana.person.pk
    flows.ask(subject=hers, controller="cet-power", reader=steps.ERASER, matter=flows.Job("leaving"), wait=timedelta(0))
    flows.work_due()
    assert erasing.left_of(hers) == {} and not User.objects.filter(pk=dana.pk).exists()
    assert letter.steps.filter(role="controller").exists() and User.objects.filter(pk=bob.pk).exists()
