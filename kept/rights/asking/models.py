"""What was taken in already, and the code that says it was really them.

Neither says anything about a person by itself.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any, ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext

from kept.core.vault.sealing.sealed_box import Box
from kept.rights.requests.models import Request
from kept.sentences import sentence

TRIES, LIVES = 5, timedelta(days=14)
CUT_OFF = timedelta(minutes=1)
CODES, PROOFS, ARRIVALS = Box("asking.code"), Box("asking.proof"), Box("asking.arrivals")
LETTERS = Box("asking.letters")
FIGURES = 8


def new_code() -> str:
    """Eight figures, "4711 0815": typed from a mail. Five tries of a hundred million."""
    return f"{secrets.randbelow(10**FIGURES):0{FIGURES}d}"


def mark_of(reference: str, code: str) -> str:
    return CODES.mark(f"{reference}|{code}")


def proof_of(said: str) -> str:
    """The keyed mark of a serial number or a reference of theirs; "" for nothing.

    Compared, never read back.
    """
    return PROOFS.mark(said) if said else ""


class Arrival(models.Model):
    """One form or one letter that was taken in, by a keyed mark: whoever sends it again arrives at the same
    request.
    """

    mark = models.CharField(max_length=32, unique=True)
    request = models.ForeignKey(Request, on_delete=models.CASCADE, related_name="arrivals")
    at = models.DateTimeField(default=timezone.now)


class Unsorted(models.Model):
    """A mail nobody took for a request: of a machine, of a list, of our own.

    It waits sealed until a person has sorted it.

    ``why``: in our words. ``letter``: the whole of it, in a box; emptied once it is sorted, when what stays
    of it stands in a request.
    """

    class Outcome(models.TextChoices):
        REQUEST = "request", sentence("Made a request")
        JOINED = "joined", sentence("Joined to a request")
        SPAM = "spam", sentence("Closed as spam")
        DUPLICATE = "duplicate", sentence("Closed as a duplicate")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    mark = models.CharField(max_length=32, unique=True)
    why = models.CharField(max_length=60)
    region = models.CharField(max_length=60)
    letter = models.BinaryField(null=True)
    received_at = models.DateTimeField()
    sorted_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)
    role = models.CharField(max_length=40, blank=True)
    request = models.ForeignKey(Request, null=True, on_delete=models.SET_NULL, related_name="letters")

    class Meta:
        ordering = ("received_at", "id")

    @property
    def because(self) -> str:
        """Why it was not taken in, in the reader's language."""
        return gettext(self.why)

    def sort(self, outcome: str, *, role: str, request: Request | None = None) -> None:
        """It is settled, and nothing of the mail stays here. Joins the caller's transaction."""
        self.letter, self.outcome, self.role, self.request, self.sorted_at = (
            None,
            outcome,
            role,
            request,
            timezone.now(),
        )
        self.save()


class CheckManager(models.Manager["Check"]):
    def open(self) -> Any:
        return self.filter(settled_at=None)

    def due(self, now: datetime) -> Any:
        """Those that wait for us, not for an answer: answered, used up or over, and not settled; or begun a
        minute ago and not sent.
        """
        over = ~Q(answered_at=None) | Q(tries__gte=TRIES) | Q(ends_at__lte=now)
        return self.open().filter(over | Q(mark="", sent_at__lte=now - CUT_OFF)).order_by("ends_at")


class Check(models.Model):
    """A code that was sent to the address a request names.

    Whoever types it in reads the mail of that address.

    ``proof`` is the keyed mark of what they named beside it: the serial number or a reference of somebody we
    know. ``mark`` is "" until the code was sent. Answered, used up or over, it is settled: what follows from
    it was done.
    """

    class Outcome(models.TextChoices):
        CONFIRMED = "confirmed", sentence("It was them")
        UNMATCHED = "unmatched", sentence("The code was right, and nobody was found who fits")
        FAILED = "failed", sentence("Five wrong codes")
        LAPSED = "lapsed", sentence("Nobody typed the code in")
        MOOT = "moot", sentence("Settled by other means")

    request = models.ForeignKey(Request, on_delete=models.CASCADE, related_name="checks")
    mark = models.CharField(max_length=32, blank=True)
    proof = models.CharField(max_length=32, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(default=timezone.now)
    ends_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)

    objects: ClassVar[CheckManager] = CheckManager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["ends_at"], name="checks_open", condition=Q(settled_at=None))
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(tries__lte=TRIES), name="check_five_tries"),
            models.UniqueConstraint(fields=["request"], condition=Q(settled_at=None), name="check_one_open"),
        ]

    @property
    def alive(self) -> bool:
        """Whether a code can still be typed in."""
        return (
            bool(self.mark)
            and self.settled_at is None
            and self.answered_at is None
            and self.tries < TRIES
            and timezone.now() < self.ends_at
        )

    def settle(self, outcome: str) -> None:
        self.settled_at, self.outcome = timezone.now(), outcome
        self.save(update_fields=["settled_at", "outcome"])
