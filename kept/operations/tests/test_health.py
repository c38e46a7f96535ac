"""Health: open to whoever watches, silent about persons, and precise about what is missing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client

from kept.core.register import live_schema

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", ["live", "ready", "started"])
def test_it_needs_no_sign_in_and_is_never_stored(client: Client, home: Path, name: str) -> None:
    answer = client.get(f"/health/{name}")
    assert answer.status_code == 200
    assert answer.json()[name] is True
    assert "no-store" in answer["Cache-Control"]
    assert not answer.cookies


@pytest.mark.parametrize("name", ["live", "ready", "started"])
def test_it_rejects_post(client: Client, home: Path, name: str) -> None:
    assert client.post(f"/health/{name}").status_code == 405


def test_it_is_not_ready_without_the_master_key(client: Client, home: Path, settings: Any) -> None:
    Path(settings.KEPT_MASTER_KEY_FILE).unlink()
    answer = client.get("/health/ready")
    assert answer.status_code == 503
    assert "master key" in answer.json()["because"][0]
    assert client.get("/health/live").status_code == 200


def test_it_is_not_ready_with_a_migration_waiting(client: Client, home: Path) -> None:
    MigrationRecorder(connection).migration_qs.filter(app="operations").delete()
    answer = client.get("/health/ready")
    assert answer.status_code == 503
    assert "kept manage migrate" in answer.json()["because"][0]


def test_what_is_migrated_or_taken_back_elsewhere_shows_at_once(client: Client, home: Path) -> None:
    """The code's own migrations are read once for a process; what the database has is asked each time."""
    assert client.get("/health/ready").status_code == 200
    kept = MigrationRecorder(connection).migration_qs.filter(app="operations")
    rows = list(kept.values("app", "name", "applied"))
    kept.delete()
    assert [client.get("/health/ready").status_code for _ in range(2)] == [503, 503]
    MigrationRecorder(connection).migration_qs.bulk_create(MigrationRecorder.Migration(**row) for row in rows)
    assert client.get("/health/ready").status_code == 200


def test_a_migration_that_is_new_on_the_disk_shows_at_once(
    client: Client, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert client.get("/health/ready").status_code == 200
    monkeypatch.setattr(live_schema.MigrationExecutor, "migration_plan", lambda *_: ["one that waits"])
    assert client.get("/health/ready").status_code == 200, "the files are the same: nothing is read again"
    beside = home / "app" / "migrations"
    beside.mkdir(parents=True)
    monkeypatch.setattr(apps.get_app_config("operations"), "path", str(beside.parent))
    (beside / "9999_new.py").write_text("", encoding="utf-8")
    assert client.get("/health/ready").status_code == 503
