"""A ledger that needs no vault: people are an alias and a salt here."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from kept.core.ledger import versions
from kept.core.ledger.notes import sign
from kept.core.ledger.record import Part, record


@dataclass(frozen=True)
class Someone:
    alias: bytes
    salt: bytes

    def part(self, **detail: Any) -> Part:
        return Part(self.alias, self.salt, {"what": "read", "fields": {"person.phone": 1}, **detail})


@pytest.fixture(autouse=True)
def ledger_home(tmp_path: Path, settings: Any) -> Iterator[Path]:
    settings.KEPT_HOME = tmp_path / "home"
    settings.KEPT_SIGNING_KEY_FILE = tmp_path / "home.sign"
    sign.create_key()
    yield settings.KEPT_HOME
    versions._parsed.clear()
    versions._same_text.cache_clear()


def _someone() -> Someone:
    return Someone(secrets.token_bytes(16), secrets.token_bytes(32))


@pytest.fixture
def alice() -> Someone:
    return _someone()


@pytest.fixture
def charlie() -> Someone:
    return _someone()


@pytest.fixture
def look_up() -> Callable[..., UUID]:
    """Support reads something about these people."""

    def act(*people: Someone, **more: Any) -> UUID:
        parts = [one.part() for one in people]
        return record(
            "read",
            purpose="support",
            role="support",
            entity="cet-power",
            about="matter:7",
            policy=1,
            parts=parts,
            **more,
        )

    return act
