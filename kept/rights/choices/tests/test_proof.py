"""What people chose is broken here in the tables; the acts in the ledger tell it otherwise."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from kept.core.consent.models import Choice, Limit, StandingRow
from kept.core.register.proving import proofs
from kept.rights.choices import flows
from kept.testing import reader_of

pytestmark = pytest.mark.django_db
AS_SAID = "choices.as_said"


def say(user: Any, purpose: str, verb: str, **more: Any) -> None:
    flows.say(
        reader=reader_of(user), purpose=purpose, verb=verb, controller="cet-power", language="en", **more
    )


@pytest.fixture
def said(alice: Any, charlie: Any) -> None:
    """Alice wants news and restricted a use; Charlie does not want any, and took back one restriction."""
    say(alice, "news", "yes")
    say(alice, "registration", "restrict")
    say(charlie, "news", "yes")
    say(charlie, "news", "no")
    say(charlie, "registration", "restrict")
    say(charlie, "registration", "lift")
    answer = proofs.run(AS_SAID)
    assert answer.state == proofs.KEPT and answer.figure == "2 of 2 people", answer.text


def test_before_anybody_chose_nothing_is_claimed(alice: Any) -> None:
    assert proofs.run(AS_SAID).state == proofs.WAITING


def everybody_says_yes() -> None:
    StandingRow.objects.update(consents=["news"], objections=[])


def somebody_says_yes_who_was_never_asked() -> None:
    StandingRow.objects.filter(consents=[], objections=[]).update(consents=["news"])
    StandingRow.objects.filter(consents=["news"]).update(consents=["news", "surveys"])


def a_restriction_is_gone() -> None:
    StandingRow.objects.update(restrictions=[])
    Limit.objects.filter(kind="restriction").delete()


def other_words_are_put_under_their_yes() -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE consent_shownnotice SET text = 'We may sell everything.'")


def a_no_is_forgotten() -> None:
    StandingRow.objects.update(objections=[])
    Limit.objects.filter(kind="objection").delete()


def the_record_says_yes() -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE consent_choice SET answer = 'yes'")


def a_yes_is_made_up() -> None:
    row = Choice.objects.filter(answer="yes").first()
    assert row
    row.pk, row.purpose, row.act = None, "surveys", None
    row.save()


def an_objection_is_not_obeyed() -> None:
    StandingRow.objects.update(objections=[])


@pytest.mark.parametrize(
    "breaking",
    [
        everybody_says_yes,
        somebody_says_yes_who_was_never_asked,
        a_restriction_is_gone,
        a_no_is_forgotten,
        the_record_says_yes,
        a_yes_is_made_up,
        an_objection_is_not_obeyed,
        other_words_are_put_under_their_yes,
    ],
)
def test_a_table_that_says_something_else_turns_the_proof(said: None, breaking: Any) -> None:
    breaking()
    assert proofs.run(AS_SAID).state == proofs.BROKEN


def test_acts_from_before_they_named_the_purpose_are_read_by_their_words(
    alice: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As ledgers that exist hold them."""
    touch = flows.gate.Act.touch
    monkeypatch.setattr(
        flows.gate.Act,
        "touch",
        lambda act, subject, what="", chose=None, **more: touch(act, subject, what, **more),
    )
    say(alice, "news", "yes")
    say(alice, "registration", "restrict")
    assert proofs.run(AS_SAID).state == proofs.KEPT, proofs.run(AS_SAID).text
    everybody_says_yes()
    a_restriction_is_gone()
    assert proofs.run(AS_SAID).state == proofs.BROKEN
