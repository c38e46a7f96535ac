"""What sign-in clears away by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from kept.accounts.models import AddressChange, Session
from kept.accounts.sessions import contents_of
from kept.core.register.aftermath import sweeps
from kept.core.register.jobs import job


@job("accounts.sessions", every=timedelta(hours=1))
def drop_what_is_over() -> int:
    """Sessions whose day has come, and ways back whose 72 hours have passed. Returns how many rows went."""
    now = timezone.now()
    sessions, _ = Session.objects.filter(expires__lt=now).delete()
    changes, _ = AddressChange.objects.filter(until__lt=now).delete()
    return sessions + changes


@sweeps("accounts.visitors")
def forget_visitors(is_hers: Callable[[str], bool], spared: UUID | None) -> int:
    """Somebody not signed in yet who typed her address, as for a new password: it lies sealed in their session until that ends."""
    hers = [row.pk for row in Session.objects.filter(user=None).iterator() if any(map(is_hers, _addresses(contents_of(row))))]
    return Session.objects.filter(pk__in=hers).delete()[0]


def _addresses(value: Any) -> Iterator[str]:
    if isinstance(value, str) and "@" in value:
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _addresses(each)
