"""Queue and case are asked for anew by themselves: 304 with a handful of queries while nothing changed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kept.core.ledger.models import Act
from kept.testing import staff
from kept.touchpoints.support.at_the_desk import held_answers
from kept.touchpoints.support.models import Case
from kept.touchpoints.support.tests.conftest import leave, opened

pytestmark = pytest.mark.django_db
QUEUE = "/desk/cases/"


def at(case: Case, more: str = "") -> str:
    return f"{QUEUE}{case.reference}/{more}"


def again(desk: Client, address: str, tag: str) -> Any:
    return desk.get(address, headers={"If-None-Match": tag})


@pytest.mark.parametrize("address", ["queue", "case"])
def test_while_nothing_changed_it_is_304_and_opens_nothing(desk: Client, case: Case, address: str) -> None:
    where = QUEUE if address == "queue" else at(case)
    first = desk.get(where)
    assert f'data-tag="{first["ETag"]}"' in unescape(first.content.decode()).replace("&quot;", '"')
    before = Act.objects.count()
    with CaptureQueriesContext(
        connection,
    ) as asked:
        answer = again(desk, where, first["ETag"])
    assert answer.status_code == 304 and not answer.content and Act.objects.count() == before
    assert len(asked) <= (7 if address == "queue" else 9), [one["sql"][:90] for one in asked]
    assert again(desk, where, 'W/"something else"').status_code == 200


def _wrote(desk: Client, hers: Client, case: Case, other: Client) -> None:
    hers.post(f"/support/cases/{case.reference}/messages/", {"text": "And now?"})


def _noted(desk: Client, hers: Client, case: Case, other: Client) -> None:
    other.post(at(case, "note/"), {"text": "Noted."})


def _answered(desk: Client, hers: Client, case: Case, other: Client) -> None:
    other.post(at(case, "answer/"), {"text": "Off and on.", "seen": held_answers.newest(case)})


def _left(desk: Client, hers: Client, case: Case, other: Client) -> None:
    desk.post(at(case, "answer/"), {"text": "Off and on.", "seen": held_answers.newest(case)})


def _taken(desk: Client, hers: Client, case: Case, other: Client) -> None:
    other.post(at(case, "taking/"))


def _closed(desk: Client, hers: Client, case: Case, other: Client) -> None:
    hers.post(f"/support/cases/{case.reference}/closing/")


def _looked(desk: Client, hers: Client, case: Case, other: Client) -> None:
    other.get(at(case))


@pytest.mark.parametrize("happens", [_wrote, _noted, _answered, _left, _taken, _closed, _looked])
def test_whatever_happens_in_a_case_is_there_at_the_next_asking(
    desk: Client, hers: Client, case: Case, client_of: Any, happens: Callable[..., None]
) -> None:
    other = client_of(staff("Kim Maes", "kim@example.com", "support"))
    tag = desk.get(at(case))["ETag"]
    happens(desk, hers, case, other)
    answer = again(desk, at(case), tag)
    assert answer.status_code == 200 and answer["ETag"] != tag
    if happens is _left:
        leave()
        assert again(desk, at(case), answer["ETag"]).status_code == 200


def test_the_queue_changes_with_a_new_case_and_with_the_hour(desk: Client, case: Case, alice: Any) -> None:
    tag = desk.get(QUEUE)["ETag"]
    other = opened(alice, "More.")
    answer = again(desk, QUEUE, tag)
    assert answer.status_code == 200 and other.reference in answer.content.decode()
    Case.objects.update(answer_by=timezone.now() + timedelta(minutes=5))
    tag = desk.get(QUEUE)["ETag"]
    Case.objects.update(answer_by=timezone.now() - timedelta(seconds=1))
    assert again(desk, QUEUE, tag).status_code == 200


def test_what_one_may_read_is_304_for_nobody_else(
    desk: Client, case: Case, client_of: Any, his: Client
) -> None:
    tag = desk.get(at(case))["ETag"]
    other = client_of(staff("Kim Maes", "kim@example.com", "support"))
    assert again(other, at(case), tag).status_code == 200
    assert again(his, at(case), tag).status_code == 403
    sales = client_of(staff("Zoe Sales", "zoe@example.com", "sales"))
    assert again(sales, at(case), tag).status_code == 404
