"""What a purchase keeps is declared, and as the policy says."""

from __future__ import annotations

from typing import Any

import pytest

from kept.core.register.checking import check

pytestmark = pytest.mark.django_db


def test_the_check_finds_nothing_about_orders(policy: Any) -> None:
    assert [str(one) for one in check.findings()] == []
