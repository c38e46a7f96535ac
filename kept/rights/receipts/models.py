"""A receipt: a signed text with a number.

It says what was done under which promise, and to nobody in particular.
"""

from __future__ import annotations

import secrets

from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
NUMBER = f"R(-[{ALPHABET}]{{4}}){{3}}"


def new_number() -> str:
    """Like R-7KQ4-M2XD-9TP1: random, so that a number leads to nothing but its receipt, and cannot be guessed
    (60 bits).
    """
    signs = "".join(secrets.choice(ALPHABET) for _ in range(12))
    return f"R-{signs[:4]}-{signs[4:8]}-{signs[8:]}"


class Receipt(models.Model):
    """``text`` is the signed note, ``entry`` the ledger's row that holds its hash.

    ``act`` is the act it confirms.

    Nothing here names or leads to a person: whoever has the number has it from the page that gave it to them.
    A later state of the same matter is the next ``part``; the number stays.
    """

    class Kind(models.TextChoices):
        CONSENT = "consent", _("A yes")
        WITHDRAWAL = "withdrawal", _("A no")
        ERASURE = "erasure", _("An erasure")
        REQUEST = "request", _("A request")

    id = models.BigAutoField(primary_key=True)
    number = models.CharField(max_length=16, default=new_number)
    part = models.PositiveSmallIntegerField(default=1)
    kind = models.CharField(max_length=10, choices=Kind)
    at = models.DateTimeField(default=timezone.now)
    act = models.UUIDField(null=True, db_index=True)
    entry = models.UUIDField(null=True)
    text = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["number", "part"], name="receipt_part")]

    def __str__(self) -> str:
        return self.number

    def url(self) -> str:
        return reverse("receipt", args=[self.number])
