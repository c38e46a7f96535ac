"""The controller hears by mail of a matter beyond its bound: once, once more while nobody has looked, and
never a personal value in it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from kept.desk import alarms, matter_bounds
from kept.desk.models import Excess, Matter
from kept.desk.tests.test_matter_bounds import REASON, go_on
from kept.outbox.delivery import deliver

pytestmark = pytest.mark.django_db
DANA = "dana@example.com"


def letters() -> list[Any]:
    deliver()
    return [letter for letter in mail.outbox if letter.to == [DANA]]


def beyond(desk: Any, matter: Matter) -> None:
    Matter.objects.filter(pk=matter.pk).update(
        searches=matter_bounds.SEARCHES.most * (1 + Excess.objects.count())
    )
    go_on(desk, matter)


def test_she_is_told_once_for_each_matter(desk: Any, matter: Matter, dana: Any) -> None:
    beyond(desk, matter)
    assert alarms.tell_due() == 1 and alarms.tell_due() == 0
    beyond(desk, matter)
    assert alarms.tell_due() == 0
    (letter,) = letters()
    assert (
        letter.subject == f"Matter {matter.number} went beyond its bound" and "/desk/beyond/" in letter.body
    )
    assert "6 searches" in letter.body and "Several people of one name" in letter.body


def test_nothing_personal_stands_in_it(desk: Any, matter: Matter, dana: Any) -> None:
    beyond(desk, matter)
    alarms.tell_due()
    (letter,) = letters()
    assert REASON["reason"] not in letter.body and "Bob" not in letter.body and "Zander" not in letter.body


def test_she_is_reminded_once_while_nobody_has_looked(desk: Any, matter: Matter, dana: Any) -> None:
    beyond(desk, matter)
    now = timezone.now()
    alarms.tell_due(now)
    assert alarms.tell_due(now + timedelta(days=2)) == 0
    assert alarms.tell_due(now + timedelta(days=3)) == 1 and alarms.tell_due(now + timedelta(days=30)) == 0
    assert [letter.subject for letter in letters()][
        -1
    ] == f"Not looked at yet: matter {matter.number} beyond its bound" and len(letters()) == 2


def test_what_was_looked_at_is_not_told(desk: Any, matter: Matter, dana: Any, client_of: Any) -> None:
    beyond(desk, matter)
    alarms.tell_due()
    client_of(dana).post("/desk/beyond/", {"row": str(Excess.objects.get().pk)})
    assert alarms.tell_due(timezone.now() + timedelta(days=9)) == 0 and len(letters()) == 1


def test_where_nobody_can_be_told_whoever_comes_is_told_then(desk: Any, matter: Matter) -> None:
    beyond(desk, matter)
    assert alarms.tell_due() == 0 and Excess.objects.get().told_at is None
