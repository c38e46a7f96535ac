"""What was thrown out when an address was taken back, and the wait of somebody who lost every factor."""

from __future__ import annotations

import json
from datetime import timedelta
from secrets import token_urlsafe
from typing import Any, ClassVar
from uuid import uuid4

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kept.accounts.ids import User
from kept.core.vault.columns.fields import SealedField, SealedModel
from kept.core.vault.sealing.sealed_box import Box, renew_column, reseals

KEPT_ASIDE = timedelta(days=14)
"""How long what was thrown out can be taken in again."""
WAIT = timedelta(hours=72)
"""Between asking for the factors to be removed and their end: time for the owner to read a notice, and to
stop it.
"""
LINK_LIVES = timedelta(hours=24)
FACTORS, KEYS = Box("accounts.set-aside"), Box("accounts.factor-loss")


class SetAside(SealedModel):
    """One thing that was thrown out: a factor, a browser, an address, or something connected.

    A factor, or a value that was put back, can be taken in again.
    """

    class Kind(models.TextChoices):
        FACTOR = "factor", _("Way to sign in")
        BROWSER = "browser", _("Browser")
        ADDRESS = "address", _("Address")
        CONNECTED = "connected", _("Begun in your name")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="set_aside")
    subject = models.UUIDField(db_index=True)
    kind = models.CharField(max_length=10, choices=Kind)
    what = SealedField(
        models.CharField(max_length=300),
        of="subject",
        field_id="security.set-aside",
        category="security.sign-in",
    )
    data = models.BinaryField(null=True)
    at = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(db_index=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["at", "kind"]

    @classmethod
    def put(cls, user: User, kind: str, what: str, *, kept: dict[str, Any] | None = None) -> None:
        """Joins the act. ``kept``: what a factor is made of, or what names a value, to be taken in again."""
        now = timezone.now()
        row = cls(
            user=user,
            subject=user.subject,
            kind=kind,
            what=what if len(what) <= 300 else what[:300],
            at=now,
            until=now + KEPT_ASIDE,
        )
        if kept is not None:
            row.data = FACTORS.seal(json.dumps(kept).encode(), bound_to=str(row.pk))
        row.save(force_insert=True)

    @property
    def factor(self) -> dict[str, Any]:
        """What the factor is made of, or what names the value. Raises SealBroken."""
        found: dict[str, Any] = json.loads(FACTORS.open(bytes(self.data or b""), bound_to=str(self.pk)))
        return found


@reseals(FACTORS, table="accounts_setaside")
def reseal_set_aside() -> int:
    return renew_column(FACTORS, SetAside, "data")


class FactorLoss(models.Model):
    """Somebody says that every factor is lost.

    Asked for, confirmed by the mail, waited for; cancelled, or done.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="factor_losses")
    mark = models.CharField(max_length=32, unique=True)
    cancelling = models.CharField(max_length=32, blank=True, db_index=True)
    asked_at = models.DateTimeField(default=timezone.now)
    confirmed_at = models.DateTimeField(null=True)
    falls_at = models.DateTimeField(null=True, db_index=True)
    ended_at = models.DateTimeField(null=True)

    @classmethod
    def begin(cls, user: User) -> str:
        """A new one; those that were not confirmed yet end.

        Returns the key of its link, which is never stored.
        """
        key = token_urlsafe(32)
        cls.objects.filter(user=user, confirmed_at=None, ended_at=None).update(ended_at=timezone.now())
        cls.objects.create(user=user, mark=KEYS.mark(key))
        return key

    @classmethod
    def asked_by(cls, key: str) -> FactorLoss | None:
        """The one a link to confirm leads to, while it can be confirmed."""
        since = timezone.now() - LINK_LIVES
        return (
            cls.objects.select_related("user")
            .filter(mark=KEYS.mark(key), confirmed_at=None, ended_at=None, asked_at__gt=since)
            .first()
        )

    @classmethod
    def cancelled_by(cls, key: str) -> FactorLoss | None:
        """The one a link to cancel leads to, while it waits."""
        return (
            cls.objects.select_related("user")
            .filter(cancelling=KEYS.mark(key), ended_at=None)
            .exclude(confirmed_at=None)
            .first()
        )

    @classmethod
    def waiting(cls, user: User) -> models.QuerySet[FactorLoss]:
        return cls.objects.filter(user=user, ended_at=None).exclude(confirmed_at=None)
