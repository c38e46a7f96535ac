"""The two companies of these tests: the demo company, and a bakery that has nothing in common with it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from kept.core.policy.loader import from_files, load
from kept.core.policy.model import Policy

CET_POWER = Path(__file__).resolve().parents[4] / "policies" / "cet-power"
BAKERY = Path(__file__).parent / "folders" / "bakery"

Edit = Callable[..., Policy]


@pytest.fixture(scope="session")
def cet() -> Policy:
    return load(CET_POWER)


@pytest.fixture(scope="session")
def bakery() -> Policy:
    return load(BAKERY)


@pytest.fixture
def edited() -> Edit:
    """edited(policy, "purposes.toml", old, new): the same policy with one passage changed, as a privacy
    officer would.
    """

    def edit(policy: Policy, file: str, old: str, new: str) -> Policy:
        assert policy.files[file].count(old) == 1, (
            f"{old!r} stands {policy.files[file].count(old)} times in {file}"
        )
        return from_files({**policy.files, file: policy.files[file].replace(old, new)})

    return edit
