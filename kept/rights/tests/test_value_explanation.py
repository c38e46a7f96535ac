"""Each value says where it came from, why, who reads it, where it goes, and the day of its deletion.

Each line of the timeline is found by its filter.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from django.utils.html import strip_tags

from kept.accounts.models import SecurityEvent
from kept.core.ledger.record import KINDS, Part, record
from kept.core.vault import gate
from kept.core.vault.subject_keys import keys
from kept.portal.marks import durations
from kept.retention import sweep
from kept.rights.access import person_timeline
from kept.rights.tests.conftest import everything, in_words
from kept.testing import reader_of

pytestmark = pytest.mark.django_db
# They are about nobody, or stand under no filter but "everything".
UNFILTERED = {"published", "withdrawn", "pruned", "receipt", "signed-in", "continued", "rotated"}


def said(answer: Any) -> str:
    return " ".join(strip_tags(answer.content.decode().replace("<", " <")).split())


def note(user: Any, *, ago: timedelta = timedelta()) -> None:
    with gate.purpose("security", reader=reader_of(user), about=user.person, source="sign-in"):
        SecurityEvent.objects.create(subject=user.person_id, what="Passkey added", at=timezone.now() - ago)


def write(user: Any, kind: str, *, ago: timedelta = timedelta(), **detail: Any) -> None:
    part = Part(
        keys.alias(user.person_id),
        b"s" * 32,
        {"what": f"{kind} once", "fields": {}, "categories": [], **detail},
    )
    record(kind, purpose="account", role="system", entity="", policy=1, parts=[part], at=timezone.now() - ago)


def test_a_value_names_the_day_of_its_deletion(alice: Any, client_of: Any) -> None:
    note(alice)
    page = in_words(everything(client_of(alice)))
    day = durations.written(timezone.localdate() + timedelta(days=90))
    assert f"Until when Deleted on {day}" in page
    assert "From sign-in" in page and "under version 1 of the policy" in page
    assert "Why Protecting your ID ( clause 3.4 )" in page


def test_while_nobody_can_know_the_day_it_says_what_it_waits_for(alice: Any, client_of: Any) -> None:
    assert "Until when 30 days after you close your ID" in in_words(everything(client_of(alice)))


def test_what_time_took_away_stands_on_her_timeline(alice: Any, client_of: Any) -> None:
    note(alice, ago=timedelta(days=91))
    sweep.sweep()
    page = said(client_of(alice).get("/me/timeline/?show=gone"))
    assert (
        "1 record of “Your security log” was deleted, as the term was over, 90 days after it happened."
        in page
    )
    assert "Term: 90 days after it happened." in page and "Clause 3.4" in page


def test_every_kind_of_act_has_a_filter() -> None:
    assert KINDS - set().union(*person_timeline._OF_FILTER.values()) == UNFILTERED
    assert set(person_timeline._OF_FILTER) == set(person_timeline.FILTERS) - {"all", "own"}


@pytest.mark.parametrize("only", [only for only in person_timeline.FILTERS if only not in {"all", "own"}])
def test_each_filter_finds_what_lies_far_back(only: str, alice: Any, client_of: Any) -> None:
    kind = min(person_timeline._OF_FILTER[only])
    other = "sent" if only != "sent" else "changed"
    write(alice, kind, ago=timedelta(days=300), refused={"contact.email": "4.1"} if kind == "refused" else {})
    for hours in range(150):
        write(alice, other, ago=timedelta(hours=hours))
    page = said(client_of(alice).get(f"/me/timeline/?show={only}"))
    assert durations.written(timezone.localdate(timezone.now() - timedelta(days=300))) in page


def test_the_timeline_of_some_days(alice: Any, client_of: Any) -> None:
    for days in (1, 10, 20):
        write(alice, "changed", ago=timedelta(days=days), what=f"changed {days} days ago")
    day = timezone.localdate() - timedelta(days=10)
    client = client_of(alice)
    page = said(client.get("/me/timeline/", {"first": day.isoformat(), "last": day.isoformat()}))
    assert (
        "Changed 10 days ago" in page
        and "Changed 1 days ago" not in page
        and "Changed 20 days ago" not in page
    )
    assert "Changed 20 days ago" in said(client.get("/me/timeline/", {"last": day.isoformat()}))
    assert "Nothing of this kind happened in these days." in said(
        client.get("/me/timeline/", {"first": "2001-01-01", "last": "2001-01-02"})
    )


@pytest.mark.parametrize(
    ("first", "last", "wrong"),
    [
        ("2026-05-02", "2026-05-01", "must not be before"),
        ("yesterday", "", "Enter a day like"),
        ("", "9999-12-31", ""),
    ],
)
def test_days_that_make_no_sense_are_said(
    first: str, last: str, wrong: str, alice: Any, client_of: Any
) -> None:
    answer = client_of(alice).get("/me/timeline/", {"first": first, "last": last})
    assert answer.status_code == (422 if wrong else 200)
    assert wrong in said(answer) and (not first or first in answer.content.decode())


def test_ten_thousand_entries(alice: Any, client_of: Any) -> None:
    for hours in range(10_000):
        write(alice, "sent", ago=timedelta(hours=hours))
    write(alice, "refused", ago=timedelta(days=500), refused={"contact.email": "4.1"})
    client = client_of(alice)
    first = client.get("/me/timeline/")
    assert first.status_code == 200 and first.content.decode().count("<details") < 120
    assert "refused (clause 4.1)" in said(client.get("/me/timeline/?show=refused"))
