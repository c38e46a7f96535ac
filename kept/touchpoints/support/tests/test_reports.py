"""What closed cases came to: counted once, of nobody, told when a quarter is over, and nothing under ten."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kept.accounts.models import User
from kept.products.models import Product
from kept.testing import reader_of
from kept.touchpoints.support.cases import flows, topics
from kept.touchpoints.support.cases.waiting import CustomerWait
from kept.touchpoints.support.models import Case, CaseImport, CaseOutcome
from kept.touchpoints.support.reports import counting, figures
from kept.touchpoints.support.tests.conftest import opened

pytestmark = pytest.mark.django_db
Q2, Q3, Q4 = date(2026, 4, 1), date(2026, 7, 1), date(2026, 10, 1)
EVERY = (figures.ALL, figures.QUEUE, figures.MARKET, figures.PRODUCT)


def lines(n: int, quarter: date = Q3, **said: Any) -> None:
    """So many closed cases that came to the same."""
    told = {"queue": topics.DEGRADED, "market": "europe", "first": 4, "done": 24, "reopened": False}
    CaseOutcome.objects.bulk_create(CaseOutcome(quarter=quarter, **{**told, **said}) for _one in range(n))


def closed(user: User, days_ago: float = 8, **said: Any) -> Case:
    """On a clock that runs day and night: answered after three hours, done after thirty, ten of them ours."""
    case = opened(user, **said)
    ended = timezone.now() - timedelta(days=days_ago)
    began = ended - timedelta(hours=30)
    Case.objects.filter(pk=case.pk).update(
        opened_at=began, answered_at=began + timedelta(hours=3), closed_at=ended, close_by=None
    )
    CustomerWait.objects.create(case=case, since=began + timedelta(hours=3), until=ended - timedelta(hours=7))
    case.refresh_from_db()
    return case


def rows(by: str, quarter: date = Q3) -> dict[str, figures.Row]:
    found = next(one for one in figures.quarters(EVERY) if one.since == quarter)
    return {row.key: row for row in found.tables[by]}


def test_a_closed_case_leaves_one_line_that_outlives_it(alice: User, catalogue: None) -> None:
    product = Product.objects.earliest("pk")
    case = closed(alice, product=product)
    assert counting.count_closed() == 1 and counting.count_closed() == 0
    line = CaseOutcome.objects.get()
    assert (line.queue, line.market, line.product) == (topics.UNPROTECTED, case.market, product.slug)
    # Three hours and ten, as the steps they were within: the waiting is left out.
    assert (line.first, line.done, line.reopened, line.stars) == (4, 16, False, None)
    assert line.quarter == counting.quarter_of(timezone.localdate(case.closed_at + counting.SETTLED))
    case.delete()
    assert CaseOutcome.objects.get() == line


def test_nothing_leads_from_the_line_to_the_case(alice: User) -> None:
    """No reference, no key of anything, and no time finer than the quarter."""
    case = closed(alice)
    counting.count_closed()
    kinds = {field.name: field.get_internal_type() for field in CaseOutcome._meta.get_fields()}
    assert not {"ForeignKey", "OneToOneField", "DateTimeField"} & set(kinds.values())
    held = str(CaseOutcome.objects.values().get())
    assert case.reference not in held and str(case.pk) not in str(CaseOutcome.objects.get().pk)
    assert CaseOutcome.objects.get().quarter.day == 1


def test_it_waits_a_week_in_which_it_can_be_rated_and_opened_again(alice: User) -> None:
    case = closed(alice, days_ago=6.9)
    assert counting.count_closed() == 0
    flows.reopen(reader=reader_of(alice), case=case)
    Case.objects.filter(pk=case.pk).update(closed_at=timezone.now() - timedelta(days=8), stars=2)
    assert counting.count_closed() == 1
    line = CaseOutcome.objects.get()
    assert line.reopened and line.stars == 2


def test_what_came_from_another_help_desk_or_was_put_together_is_not_counted(alice: User) -> None:
    imported, merged = closed(alice), closed(alice)
    batch = CaseImport.objects.create(system=CaseImport.System.CSV, digest="0" * 64)
    batch.cases.create(case=imported, mark="1")
    Case.objects.filter(pk=merged.pk).update(merged_into=imported)
    assert counting.count_closed() == 0 and not CaseOutcome.objects.exists()


def test_killed_between_line_and_mark_it_counts_once(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    closed(alice)
    create = CaseOutcome.objects.create

    def then_killed(**said: Any) -> None:
        create(**said)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(CaseOutcome.objects, "create", then_killed)
        counting.count_closed()
    assert not CaseOutcome.objects.exists()
    assert counting.count_closed() == 1 and CaseOutcome.objects.count() == 1


def test_a_quarter_that_was_told_never_changes(alice: User) -> None:
    """Else the difference between before and after would be one case."""
    now = counting.quarter_of(timezone.localdate())
    before = counting.quarter_of(now - timedelta(days=1))
    lines(12, before)
    lines(1, now)
    told = figures.quarters(EVERY)
    closed(alice, days_ago=100)
    assert counting.count_closed() == 1
    assert figures.quarters(EVERY) == told and CaseOutcome.objects.filter(quarter=now).count() == 2


def test_a_quarter_is_told_once_the_next_one_is_counted() -> None:
    lines(12)
    assert figures.quarters(EVERY) == []
    lines(1, Q4)
    assert [one.since for one in figures.quarters(EVERY)] == [Q3]


def test_fewer_than_ten_are_left_out_and_what_they_follow_from() -> None:
    lines(40, market="europe", product="a")
    lines(12, market="world", product="b")
    lines(3, market="north-america", product="b")
    lines(1, Q4)
    assert rows(figures.ALL)[figures.ALL].cases == 55
    assert {key: row.cases for key, row in rows(figures.MARKET).items()} == {"europe": 40}
    assert {key: row.cases for key, row in rows(figures.PRODUCT).items()} == {"a": 40, "b": 15}
    assert next(iter(figures.quarters(EVERY))).others == {figures.MARKET}


def test_half_and_nine_in_ten_were_within() -> None:
    lines(17, first=2, done=8)
    lines(10, first=8, done=80)
    lines(3, first=None, done=320)
    lines(1, Q4)
    row = rows(figures.QUEUE)[topics.DEGRADED]
    assert (row.first, row.done) == ((2, 8), (8, 80))


def test_ratings_and_reopenings_are_counted_by_themselves() -> None:
    lines(9, stars=5)
    lines(20)
    lines(10, queue=topics.QUESTION, stars=4, reopened=True)
    lines(20, queue=topics.QUESTION, stars=5)
    lines(1, Q4)
    found = rows(figures.QUEUE)
    assert found[topics.DEGRADED].stars is None and found[topics.DEGRADED].reopened is None
    # Thirty rated, nine of others: were the thirty told beside all thirty-nine, the nine would be known.
    assert found[topics.QUESTION].stars is None and found[topics.QUESTION].reopened == 10
    assert rows(figures.ALL)[figures.ALL].stars == 4.5


def test_where_nearly_all_were_opened_again_it_is_not_told() -> None:
    lines(11, reopened=True)
    lines(1)
    lines(1, Q4)
    assert rows(figures.ALL)[figures.ALL].reopened is None


def test_bob_reads_it_and_nobody_else_does(desk: Client, hers: Client) -> None:
    lines(12, product="no-more-on-sale")
    lines(1, Q4)
    page = desk.get("/desk/cases/reports/").content.decode()
    for told in ("By queue", "By market", "By product", "no-more-on-sale", "12", "half within 4 hours"):
        assert told in page
    assert hers.get("/desk/cases/reports/").status_code == 403
    assert desk.post("/desk/cases/reports/").status_code == 405
    assert b"/desk/cases/reports/" in desk.get("/desk/cases/").content


def test_everybody_reads_promise_and_fact(client: Client, policy: Any) -> None:
    assert "Nothing to show yet" in client.get("/support/reports/").content.decode()
    lines(12, queue=topics.UNPROTECTED, first=10_000, done=10_000)
    lines(1, Q4)
    page = client.get("/support/reports/").content.decode()
    assert "half within more than 640 hours" in page and "promised: within 4 hours, day and night" in page
    assert "By product" not in page and "By market" not in page


def test_the_public_page_is_drawn_once_for_each_quarter(client: Client, policy: Any) -> None:
    lines(12)
    lines(1, Q4)
    first = client.get("/support/reports/")
    with CaptureQueriesContext(connection) as queries:
        again = client.get("/support/reports/")
    assert first.templates and not again.templates and again.content == first.content and len(queries) <= 4
    lines(11, Q4)
    lines(1, date(2027, 1, 1))
    assert b"half within" in client.get("/support/reports/").content
    assert client.get("/support/reports/").content != first.content


@pytest.mark.parametrize("language", ["fr", "de", "nl"])
def test_in_every_language(client: Client, policy: Any, language: str) -> None:
    lines(12)
    lines(1, Q4)
    page = client.get(f"/{language}/support/reports/").content.decode()
    assert "half within" not in page and "promised" not in page and "12" in page
