"""Who asked never to be written to again.

A keyed hash of the address is kept, and nothing else, for this alone.

What somebody starts themselves is answered all the same: a code for a new ID, the answer to a request.
Whoever proves the address takes the silence back.
"""

from __future__ import annotations

import hmac
from datetime import datetime

from django.conf import settings
from django.utils import timezone

from kept.core.vault.sealing.sealed_box import Box
from kept.outbox.models import Silence
from kept.people.mailboxes import canonical

_BOX, _LINK = Box("outbox.silence"), Box("outbox.silence.link")
ASKED_FOR = frozenset({"account", "security", "own-data", "requests"})
"""Purposes under which we write only because the person has just done something here."""


def mark_of(address: str) -> str:
    """What we know a silenced address by: 32 hex digits that lead back to nobody."""
    return _BOX.mark(canonical(address))


def silence(address: str, *, at: datetime | None = None) -> None:
    """Nobody writes to this address from now on."""
    silence_mark(mark_of(address), at=at)


def silence_mark(mark: str, *, at: datetime | None = None) -> None:
    """As ``silence``, where the address itself is gone already."""
    Silence.objects.get_or_create(mark=mark, defaults={"since": at or timezone.now()})


def silenced(address: str) -> bool:
    return bool(address) and is_silent(mark_of(address))


def is_silent(mark: str) -> bool:
    return Silence.objects.filter(mark=mark).exists()


def lift(address: str) -> bool:
    """The owner of the address proved it is theirs, and may be written to again.

    False when it was not silenced.
    """
    return lift_mark(mark_of(address))


def lift_mark(mark: str) -> bool:
    return bool(Silence.objects.filter(mark=mark).delete()[0])


def way_back(mark: str) -> str:
    """The key of the link that lifts a silence: only a mail to that address can hold it, so whoever follows
    it owns the address.
    """
    return _LINK.mark(mark)


def is_way_back(mark: str, key: str) -> bool:
    return hmac.compare_digest(way_back(mark).encode(), key.encode())


def may_write(address: str, purpose: str) -> bool:
    """May a mail for this purpose go to this address?"""
    return purpose in ASKED_FOR or not silenced(address)


def stays_here() -> bool:
    """Does mail stay in a folder of this machine?"""
    return settings.EMAIL_BACKEND.endswith("filebased.EmailBackend")
