"""How long a value lives: the last purpose that holds it, by the shortest of today's term and its own."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import example, given
from hypothesis import strategies as st

from kept.accounts.models import SecurityEvent
from kept.core.ledger import versions
from kept.core.policy.duration import Duration, parse
from kept.core.policy.loader import from_files
from kept.core.register.checking.check import findings
from kept.core.register.declarations import DECLARED, Ends
from kept.core.register.inventory import Table, table_name, tables
from kept.core.register.terms.deletion_days import death, moments_of
from kept.core.register.terms.lifetimes import Clock, cutoff, dead
from kept.core.vault import gate
from kept.desk.models import Matter
from kept.people.models import Person
from kept.testing import default_policy, reader_of

YEAR = timedelta(days=366)


def table(model: Any) -> Table:
    return next(one for one in tables() if one.model is model)


def later(**span: int) -> Clock:
    return Clock(now=timezone.now() + timedelta(**span))


def dies(clock: Clock, model: Any) -> Any:
    """The rows whose every value has lived out its time."""
    whole = dead(clock, table(model), [column for column in table(model).columns if column.personal])
    assert whole is not None
    return model._base_manager.filter(whole)


def note(user: Any, **at: Any) -> SecurityEvent:
    with gate.purpose("security", reader=reader_of(user), about=user.person):
        return SecurityEvent.objects.create(subject=user.person_id, what="Passkey added", **at)


def publish(purpose: str, keep: str) -> None:
    files = dict(default_policy().files)
    files["purposes.toml"] = re.sub(
        rf'(\[{purpose}\].*?keep = ")[^"]+', rf"\g<1>{keep}", files["purposes.toml"], count=1, flags=re.DOTALL
    )
    versions.publish(from_files(files), effective=timezone.localdate(), by="Dana")


spans = st.builds(
    Duration,
    years=st.integers(0, 30),
    months=st.integers(0, 30),
    days=st.integers(0, 400),
    hours=st.integers(0, 50),
)


@example(Duration(), datetime(2004, 2, 1, 0, 0, 0, 6183))
@given(spans, st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2080, 1, 1)))
def test_what_is_over_and_what_is_not_is_told_apart_to_the_microsecond(
    span: Duration, moment: datetime
) -> None:
    now = moment.replace(tzinfo=UTC)
    limit = cutoff(span, now)
    assert span.after(limit.moment) <= now < span.after(limit.moment + timedelta(microseconds=1))
    today = timezone.localdate(now)
    assert span.after(limit.day) <= today < span.after(limit.day + timedelta(days=1))


def test_a_month_after_the_end_of_january_is_the_end_of_february() -> None:
    assert cutoff(parse("P1M"), datetime(2027, 2, 28, 12, tzinfo=UTC)).day == date(2027, 1, 31)
    assert cutoff(parse("P1Y"), datetime(2029, 2, 28, 12, tzinfo=UTC)).day == date(2028, 2, 29)


def test_a_line_of_the_security_log_lives_90_days(alice: Any) -> None:
    event = note(alice)
    assert event not in dies(later(days=89), SecurityEvent)
    assert event in dies(later(days=91), SecurityEvent)


def test_a_person_lives_as_long_as_anything_holds_them(alice: Any) -> None:
    assert not dies(later(days=20_000), Person).exists()
    alice.closed_at = timezone.now()
    alice.save()
    assert not dies(later(days=29), Person).exists()
    assert dies(later(days=31), Person).get().pk == alice.person_id
    Matter.objects.create(
        number=1001,
        purpose="support",
        channel="phone",
        keeper=alice.person_id,
        person=alice.person,
        role="support",
        entity="",
        opener=alice.person_id,
    )
    assert not dies(later(days=3 * 365), Person).exists(), (
        "a matter closes itself, and is kept for three years"
    )
    assert dies(later(days=3 * 366 + 1), Person).exists()


def test_a_sign_up_that_nobody_confirmed_dies_after_its_term(alice: Any) -> None:
    alice.confirmed_at = None
    alice.save()
    assert dies(later(days=31), type(alice)).get() == alice


def test_nobody_who_called_once_lives_for_ever(policy: Any) -> None:
    """A purpose that was never about somebody is no reason to keep them."""
    with gate.purpose("staff", reader=gate.SystemReader(job="test"), about=gate.Job("test")):
        called = Person.objects.enrol(name="Ida", email="", controller="cet-power")
    assert dies(later(minutes=1), Person).get() == called


def test_a_shorter_term_acts_at_once(alice: Any) -> None:
    event = note(alice)
    publish("security", "P30D")
    assert event in dies(later(days=31), SecurityEvent)


def test_a_longer_term_is_for_what_is_collected_under_it(alice: Any) -> None:
    """Old values keep their old limits, told apart by their headers."""
    old = note(alice)
    publish("security", "P1Y")
    new = note(alice)
    found = set(dies(later(days=91), SecurityEvent))
    assert old in found and new not in found
    assert set(dies(Clock(now=timezone.now() + YEAR), SecurityEvent)) >= {old, new}


def test_the_page_and_the_sweep_say_the_same_day(alice: Any) -> None:
    note(alice)
    publish("security", "P1Y")
    note(alice)
    events, clock = table(SecurityEvent), Clock()
    what = next(column for column in events.columns if column.attribute == "what")
    days = set()
    [moments] = moments_of([events], alice.person_id, clock)
    for row in SecurityEvent.objects.all():
        happened = moments[row.pk]
        version = int.from_bytes(row.__dict__["what"].raw[1:5], "big")
        found = death(clock, events, what, happened, version)
        assert found is not None and found.day is not None
        days.add((found.day - timezone.localdate()).days)
        evening = datetime.combine(found.day, datetime.max.time(), tzinfo=timezone.get_current_timezone())
        assert row in dies(Clock(now=evening), SecurityEvent)
        assert row not in dies(Clock(now=evening - timedelta(days=1)), SecurityEvent)
    assert days == {90, 365}


def test_while_an_event_has_not_happened_the_page_says_what_it_waits_for(alice: Any) -> None:
    persons, clock = table(Person), Clock()
    happened = moments_of([persons], alice.person_id, clock)[0][alice.person_id]
    name = next(column for column in persons.columns if column.attribute == "name")
    found = death(clock, persons, name, happened, 1)
    assert found is not None and found.day is None and found.words == "30 days after you close your ID"


def test_a_purpose_whose_event_nobody_declares_is_a_finding(
    policy: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        DECLARED, "ends", [said for said in DECLARED.ends if said.target is not SecurityEvent]
    )
    found = [finding for finding in findings() if finding.id == "kept.E019"]
    assert len(found) == 1 and "accounts.SecurityEvent" in found[0].message
    assert 'register.ends(SecurityEvent, "event.happened", at=…) in accounts/personal.py' in found[0].hint
    personal = [column for column in table(SecurityEvent).columns if column.personal]
    assert dead(later(days=9999), table(SecurityEvent), personal) is None, (
        "what has no end is never deleted by guessing"
    )


def test_a_value_that_cannot_go_before_its_row_is_a_finding(
    policy: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    holds = [
        (
            replace(said, purposes_of={**said.purposes_of, "name": ("account",)})
            if said.target is Person
            else said
        )
        for said in DECLARED.holds
    ]
    monkeypatch.setattr(DECLARED, "holds", holds)
    assert [finding.message.partition(" ")[0] for finding in findings() if finding.id == "kept.E020"] == [
        "people.Person.name"
    ]


def test_an_end_that_leads_nowhere_is_a_finding(policy: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        DECLARED,
        "ends",
        [
            *DECLARED.ends,
            Ends(SecurityEvent, "case.closed", "nowhere", None, "a.py"),
            Ends("no_table", "case.closed", "at", None, "b.py"),
        ],
    )
    assert {
        finding.message.partition(":")[0].partition(" says")[0]
        for finding in findings()
        if finding.id == "kept.E003"
    } == {"a.py", "b.py"}


def test_every_table_about_people_has_an_end_or_says_why_not(policy: Any) -> None:
    endless = {
        one.name
        for one in tables()
        if one.holds
        and one.model
        and any(column.personal for column in one.columns)
        and dead(Clock(), one, [column for column in one.columns if column.personal]) is None
    }
    assert endless == {"consent_standingrow"}
    assert {table_name(said.target) for said in DECLARED.ends} >= {
        "people_person",
        "accounts_user",
        "outbox_message",
    }
