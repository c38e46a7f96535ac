"""Everything that sign-in stores is declared, the library's tables included."""

from __future__ import annotations

from typing import Any

import pytest

from kept.core.register.checking.check import findings

pytestmark = pytest.mark.django_db

OURS = (
    "accounts",
    "account_",
    "mfa_",
    "auth_",
    "django_session",
    "django_content_type",
    "kept_session",
    "kept_csrf",
)


def test_nothing_of_sign_in_is_undeclared(policy: Any) -> None:
    assert [finding for finding in findings() if any(name in finding.message for name in OURS)] == []
