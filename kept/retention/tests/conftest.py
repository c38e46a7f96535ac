"""Moments after now, and things that happened before it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from kept.accounts.models import SecurityEvent
from kept.core.register.terms.lifetimes import Clock
from kept.core.vault import gate
from kept.equipment.tests.conftest import unit
from kept.testing import reader_of

__all__ = ["close", "later", "note", "unit"]


def later(**span: int) -> Clock:
    return Clock(now=timezone.now() + timedelta(**span))


def note(user: Any, times: int = 1, *, ago: timedelta = timedelta()) -> list[SecurityEvent]:
    """Lines of somebody's security log."""
    at = timezone.now() - ago
    with gate.purpose("security", reader=reader_of(user), about=user.person):
        return SecurityEvent.objects.bulk_create(
            [SecurityEvent(subject=user.person_id, what="Passkey added", at=at) for _ in range(times)]
        )


def close(user: Any) -> None:
    user.closed_at = timezone.now()
    user.save(update_fields=["closed_at"])
