"""What is announced keeps its day: drafts and proof are measured by what ruled on each day, never by the last
number.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from kept.core.ledger import versions
from kept.core.policy import loader
from kept.core.policy.model import Policy
from kept.promises import flows, version_history
from kept.promises.proofs import announced
from kept.promises.tests.test_pages import said
from kept.testing import default_policy

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 29)
NOTICE_OVER = date(2026, 12, 29)
LONGER = ("purposes.toml", 'keep = "P3Y"\nfrom = "case.closed"', 'keep = "P4Y"\nfrom = "case.closed"')
LONGEST = ("purposes.toml", 'keep = "P3Y"\nfrom = "case.closed"', 'keep = "P5Y"\nfrom = "case.closed"')
SALES = ("purposes.toml", 'keep = "P1Y"\nfrom = "enquiry.closed"', 'keep = "P2Y"\nfrom = "enquiry.closed"')
SHORTER = ("purposes.toml", 'keep = "P90D"', 'keep = "P60D"')
COMMA = ("text/en.md", "We never sell your data. We never", "We never sell your data; we never")
REWORDED = ("text/en.md", "We never sell your data.", "We do not currently sell your data.")
SHORT_NOTICE = ("clocks.toml", 'before it counts"\nwithin = "P30D"', 'before it counts"\nwithin = "P1D"')
LONG_NOTICE = ("clocks.toml", 'before it counts"\nwithin = "P30D"', 'before it counts"\nwithin = "P60D"')

Go = Callable[..., None]


def draft(*edits: tuple[str, str, str]) -> Policy:
    files = dict(default_policy().files)
    for file, before, after in edits:
        assert before in files[file]
        files[file] = files[file].replace(before, after, 1)
    return loader.from_files(files)


@pytest.fixture
def go(monkeypatch: pytest.MonkeyPatch) -> Go:
    """go(day): it is noon of that day in the portal's own zone; go(day, hour, minute) another time of it."""

    def set_(day: date, hour: int = 12, minute: int = 0) -> None:
        moment = datetime(day.year, day.month, day.day, hour, minute, tzinfo=timezone.get_current_timezone())
        monkeypatch.setattr(timezone, "now", lambda: moment.astimezone(UTC))

    set_(TODAY)
    return set_


@pytest.fixture(autouse=True)
def first(home: Any, db: None, go: Go) -> None:
    go(TODAY - timedelta(days=2))
    versions.publish(default_policy(), effective=TODAY - timedelta(days=2), by="Dana")
    go(TODAY)


def publish(*edits: tuple[str, str, str], effective: date | None = None, corrects: int = 0) -> date:
    return flows.publish(draft=draft(*edits), effective=effective, by="Dana", corrects=corrects).effective


def rules() -> int:
    return versions.current().number


def test_a_comma_published_over_two_widenings_puts_neither_in_force(go: Go) -> None:
    assert publish(LONGER) == NOTICE_OVER
    go(TODAY + timedelta(days=5))
    second = publish(LONGER, SALES)
    assert second == NOTICE_OVER + timedelta(days=5)
    go(TODAY + timedelta(days=6))
    assert publish(LONGER, SALES, COMMA) == second
    assert rules() == 1 and versions.current().policy.purposes["support"].keep == "P3Y"
    go(NOTICE_OVER)
    assert rules() == 2 and announced().kept
    go(second)
    assert rules() == 4 and announced().kept


def test_the_comma_today_is_refused_with_two_ways_on() -> None:
    publish(LONGER)
    with pytest.raises(flows.CannotPublish, match="Leave the date out.*kept policy withdraw 2.*--corrects 2"):
        publish(LONGER, COMMA, effective=TODAY)


def test_a_comma_on_what_rules_does_not_drop_what_is_announced() -> None:
    publish(LONGER)
    with pytest.raises(flows.CannotPublish, match="leaves out what it announces.*withdraw 2"):
        publish(COMMA)
    assert rules() == 1


def test_the_proof_sees_the_comma_that_brought_the_widening(go: Go) -> None:
    publish(LONGER)
    versions.publish(draft(LONGER, COMMA), effective=TODAY, by="Dana")
    proof = announced()
    assert proof.kept is False and "version 3" in proof.text


def test_the_proof_sees_a_narrowing_that_ended_in_silence(go: Go) -> None:
    versions.publish(draft(SHORTER), effective=TODAY + timedelta(days=60), by="Dana")
    go(TODAY + timedelta(days=1))
    versions.publish(draft(COMMA), effective=TODAY + timedelta(days=1), by="Dana")
    assert announced().kept is False


def test_other_words_of_a_promise_wait_like_a_widening() -> None:
    assert publish(REWORDED) == NOTICE_OVER
    assert "never" in str(versions.current().policy.clause("5.1"))


def test_the_proof_sees_other_words_that_did_not_wait() -> None:
    versions.publish(draft(REWORDED), effective=TODAY, by="Dana")
    assert announced().kept is False


def test_an_announced_widening_may_grow_and_shrink_only_in_the_open(go: Go) -> None:
    publish(LONGER)
    go(TODAY + timedelta(days=3))
    assert publish(LONGEST) == NOTICE_OVER + timedelta(days=3)
    go(TODAY + timedelta(days=4))
    with pytest.raises(flows.CannotPublish, match="leaves out"):
        publish(LONGER)
    assert publish(LONGER, corrects=3) == NOTICE_OVER
    go(NOTICE_OVER)
    assert rules() == 4 and announced().kept


def test_a_correction_keeps_the_day_of_what_it_corrects(go: Go) -> None:
    publish(LONGER, SALES)
    go(TODAY + timedelta(days=10))
    assert publish(LONGER, corrects=2) == NOTICE_OVER
    go(TODAY + timedelta(days=11))
    assert publish(LONGER, COMMA) == NOTICE_OVER
    go(NOTICE_OVER)
    assert rules() == 4 and announced().kept
    assert [one.stands.kind for one in version_history.everything()] == [
        "in force",
        "overtaken",
        "withdrawn",
        "past",
    ]


def test_what_was_withdrawn_never_rules(go: Go, client: Any) -> None:
    publish(LONGER)
    flows.withdraw(number=2, by="Dana")
    assert "Version 2 was withdrawn" in said(client.get("/privacy/"))
    page = said(client.get("/privacy/changes/"))
    assert "withdrawn on 29 November 2026, before its day" in page and "Version 2 announced" not in page
    assert publish(COMMA) == TODAY and rules() == 3
    go(NOTICE_OVER)
    assert rules() == 3 and announced().kept
    assert "Version 2 was withdrawn" not in said(client.get("/privacy/"))


def test_the_same_may_be_announced_again_after_a_withdrawal(go: Go) -> None:
    publish(LONGER)
    flows.withdraw(number=2, by="Dana")
    go(TODAY + timedelta(days=20))
    assert publish(LONGER) == NOTICE_OVER + timedelta(days=20)


@pytest.mark.parametrize("number", [1, 3, 7])
def test_only_what_is_announced_can_be_withdrawn(number: int) -> None:
    publish(LONGER)
    if number == 3:
        flows.withdraw(number=2, by="Dana")
        number = 2
    with pytest.raises(flows.CannotPublish, match="Only a version whose day is still to come"):
        flows.withdraw(number=number, by="Dana")


def test_what_a_withdrawn_version_narrowed_is_not_widened_without_notice(go: Go) -> None:
    publish(LONGER, SHORTER)
    assert [policy.purposes["security"].keep for policy in versions.current().policies] == ["P90D", "P60D"]
    row = flows.withdraw(number=2, by="Dana")
    assert row.binds == NOTICE_OVER
    assert [policy.purposes["security"].keep for policy in versions.current().policies] == ["P90D", "P60D"]
    go(NOTICE_OVER - timedelta(days=1))
    assert len(versions.current().policies) == 2
    go(NOTICE_OVER)
    assert rules() == 1 and len(versions.current().policies) == 1 and announced().kept


def test_a_narrowing_that_is_announced_is_not_undone_at_once() -> None:
    assert publish(SHORTER, effective=TODAY + timedelta(days=40)) == TODAY + timedelta(days=40)
    assert publish(COMMA) == TODAY + timedelta(days=40)
    assert versions.current().policies[-1].purposes["security"].keep == "P90D"
    assert any(policy.purposes["security"].keep == "P60D" for policy in versions.current().policies)


def test_a_shorter_notice_does_not_shorten_its_own() -> None:
    assert publish(SHORT_NOTICE, LONGER) == NOTICE_OVER


def test_the_notice_is_the_one_promised_when_it_was_told(go: Go) -> None:
    versions.publish(draft(LONG_NOTICE), effective=TODAY, by="Dana")
    versions.publish(draft(LONG_NOTICE, LONGER), effective=NOTICE_OVER, by="Dana")
    go(NOTICE_OVER)
    assert announced().kept is False


@pytest.mark.parametrize(("hour", "minute"), [(0, 0), (0, 5), (23, 59)])
def test_a_day_is_the_portals_own(go: Go, hour: int, minute: int, settings: Any) -> None:
    """At 00:05 in Liège it is yesterday in Greenwich: the day people read is the one that counts."""
    settings.TIME_ZONE = "Europe/Brussels"
    with timezone.override("Europe/Brussels"):
        go(TODAY, hour, minute)
        versions.publish(
            draft(LONGER), effective=NOTICE_OVER - timedelta(days=1), by="Dana", at=timezone.now()
        )
        go(NOTICE_OVER)
        assert announced().kept is False


def test_two_versions_of_one_day_rule_one_after_the_other(go: Go) -> None:
    go(TODAY, 13)
    publish(COMMA)
    go(TODAY, 14)
    publish(COMMA, SHORTER)
    assert [one.stands.kind for one in version_history.everything()] == [
        "in force",
        "past",
        "past",
    ] and announced().kept


def test_one_status_for_pages_and_command(go: Go, client: Any) -> None:
    publish(LONGER)
    publish(LONGER, COMMA)
    assert {number: one.kind for number, one in versions.standings().items()} == {
        1: "in force",
        2: "overtaken",
        3: "announced",
    }
    page = said(client.get("/privacy/changes/"))
    assert (
        "Version 2 overtaken by version 3 before its day" in page
        and page.count("announced Takes effect") == 1
    )
    assert version_history.coming().number == 3
    assert "Widened." in page.partition("Version 2")[0], (
        "what is announced is compared with what rules, not with the last number"
    )


def test_a_clock_that_went_back_publishes_nothing(go: Go) -> None:
    go(TODAY - timedelta(days=400))
    with pytest.raises(versions.PublishError, match="Set the clock right first"):
        versions.publish(draft(COMMA), effective=TODAY, by="Dana")


def test_the_second_of_two_officers_is_compared_with_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """The other one's publication comes in just before the versions are held."""
    hold, others = versions.take_turns, [draft(LONGER)]

    def late() -> Any:
        if others:
            other = others.pop()
            flows.publish(draft=other, effective=None, by="Bob")
        return hold()

    monkeypatch.setattr(versions, "take_turns", late)
    with pytest.raises(flows.CannotPublish, match="Version 2 is announced"):
        publish(COMMA)


@pytest.mark.parametrize("forged", ["binds = '2030-01-01'", "by = 'Charlie'", "at = '2026-11-01 00:00:00'"])
def test_a_withdrawal_nobody_signed_is_seen(forged: str) -> None:
    publish(LONGER)
    flows.withdraw(number=2, by="Dana")
    assert announced().kept
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE ledger_withdrawal SET {forged}")
    with pytest.raises(versions.VersionBroken, match="withdrawal of version 2"):
        announced()


def test_a_withdrawal_that_was_taken_away_is_seen() -> None:
    publish(LONGER)
    flows.withdraw(number=2, by="Dana")
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM ledger_withdrawal")
    assert announced().kept is False
