"""What a person can read about the protection of their own ID, and the way back from a change they did not
make. Both sealed.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe
from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.utils import timezone

from kept.accounts.ids import User
from kept.core.vault.columns.fields import SealedField, SealedModel

WAY_BACK = timedelta(hours=72)


class SecurityEvent(SealedModel):
    """One line of a person's own security log: "Passkey added".

    Sealed under their key, so it dies with it.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    subject = models.UUIDField(db_index=True)
    at = models.DateTimeField(default=timezone.now)
    what = SealedField(
        models.CharField(max_length=200), of="subject", field_id="security.event", category="security.sign-in"
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["-at"]


class AddressChange(SealedModel):
    """A change of the sign-in address that its owner may take back for 72 hours, by a link that only the old
    address received.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="address_changes")
    subject = models.UUIDField(db_index=True)
    key_hash = models.CharField(max_length=64, unique=True)
    old = SealedField(
        models.EmailField(max_length=254),
        of="subject",
        field_id="security.old-address",
        category="identity.account",
    )
    asked_at = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)
    # Taken back by this very link, and what was begun in the person's name not ended yet.
    settle_at = models.DateTimeField(null=True, db_index=True)

    @property
    def since(self) -> datetime:
        """What is younger is not trusted once it is taken back: a thief prepares before they change the
        address.
        """
        return self.asked_at - WAY_BACK

    @classmethod
    def begin(cls, user: User, old: str) -> str:
        """Record a change. Returns the key of its link, which is never stored."""
        key = token_urlsafe(32)
        until = timezone.now() + WAY_BACK
        cls.objects.create(user=user, subject=user.subject, key_hash=cls.hash_of(key), old=old, until=until)
        return key

    @classmethod
    def open_of(cls, user: User) -> models.QuerySet[AddressChange]:
        """The ways back of an ID that still lead somewhere, oldest first."""
        return cls.objects.filter(user=user, undone_at=None, until__gt=timezone.now()).order_by("asked_at")

    @classmethod
    def open_for(cls, key: str) -> AddressChange | None:
        """The change a link leads to: not yet undone, and its 72 hours not yet over."""
        return (
            cls.objects.select_related("user")
            .filter(key_hash=cls.hash_of(key), undone_at=None, until__gt=timezone.now())
            .first()
        )

    @classmethod
    def end_after_return(cls, user: User, *, to: str) -> bool:
        """Where an address comes back that a way back leads to, that one and all later ones have ended:
        whoever reads it is back. Within the act.

        Else a thief who goes there and back again would leave with a way back to an address of their own.
        """
        ways = list(cls.open_of(user))
        for number, way in enumerate(ways):
            if way.old == to:
                cls.objects.filter(pk__in=[later.pk for later in ways[number:]]).update(
                    undone_at=timezone.now()
                )
                return True
        return False

    @staticmethod
    def hash_of(key: str) -> str:
        return sha256(key.encode()).hexdigest()
