"""What sign-in clears away by itself."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from kept.accounts.models import AddressChange, Session
from kept.core.register.jobs import job


@job("accounts.sessions", every=timedelta(hours=1))
def drop_what_is_over() -> int:
    """Sessions whose day has come, and ways back whose 72 hours have passed. Returns how many rows went."""
    now = timezone.now()
    sessions, _ = Session.objects.filter(expires__lt=now).delete()
    changes, _ = AddressChange.objects.filter(until__lt=now).delete()
    return sessions + changes
