"""An LMTP that is up."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kept.mailroom.tests.server import Serving, serving


@pytest.fixture
def lmtp(home: Path) -> Iterator[Serving]:
    with serving() as up:
        yield up
