"""Of many who come for the last turn at once, each on a connection of its own, one gets it."""

from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection

from kept.accounts.limits.rate_limits import Limit
from kept.accounts.models import Tally

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 6


def spent_at_once(limit: Limit, who: str) -> list[bool]:
    """What each of them was answered."""
    start, answers = Barrier(AT_ONCE), list[bool]()

    def come() -> None:
        try:
            connection.ensure_connection()
            start.wait(10)
            answers.append(limit.spend(who))
        finally:
            connection.close()

    threads = [Thread(target=come) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return answers


@pytest.mark.parametrize("spent", [0, 2], ids=["the row is new", "the row is there"])
def test_one_of_many_gets_the_last_turn(policy: Any, spent: int) -> None:
    limit = Limit("a race", spent + 1, timedelta(minutes=1))
    for _ in range(spent):
        assert limit.spend("somebody")
    answers = spent_at_once(limit, "somebody")
    assert len(answers) == AT_ONCE and answers.count(True) == 1
    assert len(Tally.objects.get().times) == spent + 1
