"""The small cast and the rooms they need. Alice is a customer, Bob helps, Charlie has no business here, Dana controls.

``home`` is a KEPT_HOME of the test's own with its keys; ``policy`` has the default policy published as version 1.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

PASSWORD = "otter lantern gravel"


@pytest.fixture(autouse=True)
def _plain_and_quick(settings: Any) -> None:
    """Static files by their plain names, and password hashes that take no time. Nothing else differs from production."""
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.SECRET_KEY = "only ever used by tests"


@pytest.fixture
def home(tmp_path: Path, settings: Any) -> Path:
    """An empty KEPT_HOME with a master key and a signing key beside it."""
    folder = tmp_path / "home"
    folder.mkdir(mode=0o700)
    settings.KEPT_HOME = folder
    settings.KEPT_MASTER_KEY_FILE = tmp_path / "home.key"
    settings.KEPT_SIGNING_KEY_FILE = tmp_path / "home.sign"
    import_module("kept.core.vault.keys").make_master_key(settings.KEPT_MASTER_KEY_FILE)
    import_module("kept.core.ledger.sign").create_key(settings.KEPT_SIGNING_KEY_FILE)
    return folder


@pytest.fixture
def policy(home: Path, db: None, settings: Any) -> Any:
    """The default company's policy, published as version 1 and in force from today."""
    loaded = import_module("kept.core.policy.folder").load(settings.KEPT_POLICY)
    return import_module("kept.core.ledger.versions").publish(loaded, effective=timezone.localdate(), by="dana")


@pytest.fixture
def client_of() -> Callable[[Any], Client]:
    """client_of(user) is a browser in which that user has signed in."""

    def signed_in(user: Any) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return signed_in
