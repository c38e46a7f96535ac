"""Health: open to whoever watches, silent about persons, and precise about what is missing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client

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
