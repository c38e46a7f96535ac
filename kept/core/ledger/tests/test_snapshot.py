"""One moment: what others write while somebody compares cannot make two true answers differ."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import DatabaseError, connection

from kept.core.ledger.fold import fold
from kept.core.ledger.models import Act
from kept.core.ledger.record import record
from kept.core.ledger.snapshot import one_moment
from kept.core.ledger.verifying import verify

pytestmark = pytest.mark.django_db(transaction=True)


def write(count: int = 3) -> None:
    for _ in range(count):
        record("read", purpose="support", role="support", entity="cet-power", policy=1, parts=[])
    fold()


def by_another(do: Callable[[], Any]) -> None:
    """In a thread of its own, which is a connection of its own."""

    def run() -> None:
        try:
            do()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(timeout=30)
    assert not thread.is_alive()


def test_it_is_one_moment_and_writers_go_on() -> None:
    write()
    with one_moment():
        before = Act.objects.count()
        by_another(write)
        assert Act.objects.count() == before
    assert Act.objects.count() == before + 3


def test_nothing_is_written_in_it_and_everything_after_it() -> None:
    with pytest.raises(DatabaseError), one_moment():
        record("read", purpose="support", role="support", entity="cet-power", policy=1, parts=[])
    write(1)
    assert Act.objects.count() == 1


def test_a_ledger_that_is_folded_while_it_is_verified_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Writes and folds between any two questions the verifier asks: "leaf 196, which was never folded" was
    told of a whole ledger.
    """
    write(300)
    asked = verify._readable

    def meanwhile(what: str, found: Iterator[str]) -> Iterator[str]:
        by_another(write)
        return asked(what, found)

    monkeypatch.setattr(verify, "_readable", meanwhile)
    assert verify.verify() == []
    assert verify.intact()[0]
    assert Act.objects.count() > 300


@contextmanager
def nothing() -> Iterator[None]:
    yield


def test_without_the_moment_the_alarm_was_false(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bar of the test above: it goes red without what it tests."""
    monkeypatch.setattr(verify, "one_moment", nothing)
    with pytest.raises(AssertionError):
        test_a_ledger_that_is_folded_while_it_is_verified_holds(monkeypatch)
