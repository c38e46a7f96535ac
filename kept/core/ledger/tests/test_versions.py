"""Which policy rules: a narrowing at once, a widening on its day, and nothing that was not published and
signed.
"""

from __future__ import annotations

from datetime import date, timedelta
from hashlib import sha256
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings as configured
from django.db import connection
from django.utils import timezone

from kept.core.ledger import fold, versions
from kept.core.ledger.history import acts_of_nobody
from kept.core.ledger.notes import sign
from kept.core.ledger.verifying import verify
from kept.core.policy.loader import load

pytestmark = pytest.mark.django_db


@pytest.fixture
def texts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Policies that are nothing but a text: which one rules does not depend on what it says."""
    monkeypatch.setattr(
        versions,
        "from_files",
        lambda files: SimpleNamespace(files=files, identity=sha256(repr(files).encode()).hexdigest()),
    )


def _publish(text: str, days: int = 0) -> int:
    policy: Any = versions.from_files({"a": text})
    return versions.publish(policy, effective=timezone.localdate() + timedelta(days=days), by="dana").number


def _ruling() -> tuple[int, list[str]]:
    ruling = versions.current()
    return ruling.number, [policy.files["a"] for policy in ruling.policies]


@pytest.mark.usefixtures("texts")
def test_before_the_first_nothing_rules() -> None:
    with pytest.raises(versions.NothingPublished):
        versions.current()
    _publish("first", days=3)
    with pytest.raises(versions.NothingPublished):
        versions.current()


@pytest.mark.usefixtures("texts")
def test_what_is_published_for_later_has_its_say_at_once() -> None:
    _publish("first")
    assert _ruling() == (1, ["first"])
    _publish("second", days=30)
    assert _ruling() == (1, ["first", "second"])
    _publish("third")
    assert _ruling() == (3, ["third"])
    assert versions.version(1).files["a"] == "first"
    assert [row.number for row in versions.all_versions()] == [3, 2, 1]


@pytest.mark.usefixtures("texts")
def test_it_comes_into_force_on_its_day(monkeypatch: pytest.MonkeyPatch) -> None:
    _publish("first")
    _publish("second", days=30)
    later = timezone.localdate() + timedelta(days=30)
    monkeypatch.setattr(timezone, "localdate", lambda *_: later - timedelta(days=1))
    assert _ruling() == (1, ["first", "second"])
    monkeypatch.setattr(timezone, "localdate", lambda *_: later)
    assert _ruling() == (2, ["second"])


@pytest.mark.usefixtures("texts")
def test_it_asks_the_database_once_each_time(django_assert_num_queries: Any) -> None:
    _publish("first")
    versions.current()
    with django_assert_num_queries(1):
        versions.current()
    with django_assert_num_queries(0):
        versions.version(1)


@pytest.mark.usefixtures("texts")
def test_what_cannot_be_published(settings: Any) -> None:
    _publish("first", days=-300)
    with pytest.raises(versions.PublishError, match="before it is published"):
        _publish("second", days=-1)
    with pytest.raises(versions.PublishError, match="says exactly this already"):
        _publish("first")
    settings.KEPT_SIGNING_KEY_FILE.unlink()
    with pytest.raises(sign.SigningKeyError):
        _publish("second")
    assert len(versions.all_versions()) == 1


@pytest.mark.usefixtures("texts")
def test_publishing_is_an_act() -> None:
    _publish("first")
    fold.fold()
    [act] = acts_of_nobody(["published"])
    assert (act["policy"], act["payload"]["effective"]) == (1, timezone.localdate().isoformat())
    assert verify.verify() == []


@pytest.mark.usefixtures("texts")
@pytest.mark.parametrize(
    "change",
    ['files = \'{"a": "forged"}\'', "effective = '2020-01-01'", "published_by = 'charlie'", "signature = ''"],
)
def test_a_forged_version_never_rules(change: str) -> None:
    _publish("first")
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE ledger_version SET {change}")
    with pytest.raises(versions.VersionBroken):
        versions.current()


def test_the_default_policy_is_stored_whole_and_stays_executable() -> None:
    policy = load(configured.KEPT_POLICY)
    versions.publish(policy, effective=date(2026, 1, 1), by="dana")
    again = versions.current().policy
    assert (again.identity, dict(again.files)) == (policy.identity, dict(policy.files))
    assert verify.verify() == []


def test_the_same_text_is_read_once_and_another_is_read_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[Any] = []

    def from_files(files: Any) -> Any:
        read.append(files)
        return SimpleNamespace(files=files, identity=sha256(repr(files).encode()).hexdigest())

    monkeypatch.setattr(versions, "from_files", from_files)
    _publish("first")
    read.clear()
    row = versions.all_versions()[0]
    for _ in range(3):
        versions.examine(row)
    assert read == [{"a": "first"}]
    row.files = {"a": "another"}
    with pytest.raises(versions.VersionBroken):
        versions.examine(row)
    assert read == [{"a": "first"}, {"a": "another"}]
