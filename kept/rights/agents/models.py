"""What an agent asked for, how far it is, and what the agent has still to be told.

State is the truth: whatever is to be done next stands in ``due_at``, so a worker that dies leaves it due. The
words of the person lie in the request (kept.rights.requests) under her own key; here they lie only until it
is sure who she is, sealed in a box.
"""

from __future__ import annotations

import json
import secrets
from datetime import date, datetime, timedelta
from typing import Any, ClassVar
from uuid import uuid4

from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext

from kept.core.vault.columns.fields import SealedManager
from kept.core.vault.sealing.sealed_box import Box
from kept.rights.agents.claims import ACTIONS, Asked, Claims
from kept.rights.requests.course.in_text import in_text
from kept.rights.requests.models import Request
from kept.sentences import sentence

TOKENS = Box("agents.token")
SAID = Box("agents.said")
CLAIMS = Box("agents.claims")
MARKS = Box("agents.mark")
LEASE = timedelta(minutes=2)
GIVE_UP = timedelta(days=2)
LONGEST_WAIT = timedelta(hours=1)
REMEMBERED = timedelta(days=60)
"""How long an agent may still ask about a request that has ended: the protocol's own bound (3.02)."""


class Token(models.Model):
    """The bearer token an agent speaks with, from a moment until the next one is given.

    Only its keyed hash is kept.
    """

    agent = models.CharField(max_length=80)
    mark = models.CharField(max_length=32, unique=True)
    # SHA-256 of the key it was given to: another key in the directory, and the token is worth nothing.
    key = models.CharField(max_length=64)
    version = models.CharField(max_length=10)
    since = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["agent"], condition=Q(until=None), name="agents_one_token"),
        ]

    def __str__(self) -> str:
        return f"{self.agent} since {self.since:%Y-%m-%d}"

    @classmethod
    def renew(cls, *, agent: str, key: str, version: str) -> str:
        """A new token, and the end of the last.

        Joins the transaction; the text is shown here and never again.
        """
        text, now = secrets.token_urlsafe(32), timezone.now()
        cls.objects.filter(agent=agent, until=None).update(until=now)
        cls.objects.create(agent=agent, mark=TOKENS.mark(text), key=key, version=version, since=now)
        return text

    @classmethod
    def of(cls, text: str) -> Token | None:
        return cls.objects.filter(mark=TOKENS.mark(text), until=None).first()


class Seen(models.Model):
    """A message that was taken, until it expires by itself: a second one of the same bytes is a replay."""

    digest = models.CharField(max_length=64, primary_key=True)
    until = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.digest[:8]


class ExerciseManager(SealedManager):
    def running(self) -> Any:
        return self.filter(ended_at=None)


class Exercise(models.Model):
    """One right, exercised once, through an agent.

    ``status`` and ``reason`` are the protocol's words (3.02).
    """

    class Status(models.TextChoices):
        OPEN = "open", sentence("Received")
        IN_PROGRESS = "in_progress", sentence("In progress")
        FULFILLED = "fulfilled", sentence("Fulfilled")
        REVOKED = "revoked", sentence("Taken back")
        DENIED = "denied", sentence("Refused")
        EXPIRED = "expired", sentence("Expired")

    class Reason(models.TextChoices):
        NEED_USER_VERIFICATION = "need_user_verification", sentence("The person has to confirm it")
        SUSPECTED_FRAUD = "suspected_fraud", sentence("It seems to be a fraud")
        INSUF_VERIFICATION = "insuf_verification", sentence("The person did not confirm it")
        NO_MATCH = "no_match", sentence("Nobody fits what was said")
        CLAIM_NOT_COVERED = "claim_not_covered", sentence("No law or promise covers it")
        OUTSIDE_JURISDICTION = "outside_jurisdiction", sentence("The law it names does not reach this person")
        TOO_MANY_REQUESTS = "too_many_requests", sentence("More often than the law asks for")
        OTHER = "other", sentence("Another reason")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    agent = models.CharField(max_length=80)
    exercise = models.CharField(max_length=20, choices=[(action, action) for action in ACTIONS])
    regime = models.CharField(max_length=10, blank=True)
    request = models.OneToOneField(Request, null=True, on_delete=models.CASCADE, related_name="exercise")
    # The agent's own number for it, hashed: unique for the agent, and told back from the box.
    number = models.CharField(max_length=32, blank=True)
    said = models.BinaryField(null=True)
    claims = models.BinaryField(null=True)
    received_at = models.DateTimeField()
    expected = models.DateField(null=True)
    status = models.CharField(max_length=12, choices=Status, default=Status.OPEN)
    reason = models.CharField(max_length=24, choices=Reason, blank=True)
    details = models.CharField(max_length=400, blank=True)
    changed_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    # The person confirms: until when she can, and since when it is known who she is.
    verify_until = models.DateTimeField(null=True)
    identified_at = models.DateTimeField(null=True)
    carried_at = models.DateTimeField(null=True)
    code = models.CharField(max_length=32, blank=True)
    code_until = models.DateTimeField(null=True)
    codes_sent = models.PositiveSmallIntegerField(default=0)
    tries = models.PositiveSmallIntegerField(default=0)
    results_until = models.DateTimeField(null=True)
    results_taken_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects: ClassVar[ExerciseManager] = ExerciseManager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index("due_at", name="agents_due", condition=Q(due_at__isnull=False)),
            models.Index("ended_at", name="agents_ended"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["agent", "number"], condition=~Q(number=""), name="agents_number_once"
            ),
            models.CheckConstraint(
                condition=~Q(status="denied") | ~Q(reason=""), name="agents_denied_with_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.exercise} through {self.agent}"

    # What the agent said ------------------------------------------------------------------------------------

    def keep(self, asked: Asked) -> None:
        """Seal what was said; nothing is saved yet."""
        words = {"callback": asked.status_callback, "agent_request_id": asked.agent_request_id}
        self.said = SAID.seal(json.dumps(words).encode(), bound_to=str(self.pk))
        heard = {**asked.claims.packed(), "country": asked.country, "notes": asked.notes}
        self.claims = CLAIMS.seal(json.dumps(heard).encode(), bound_to=str(self.pk))
        self.number = MARKS.mark(f"{self.agent}|{asked.agent_request_id}") if asked.agent_request_id else ""

    @property
    def _words(self) -> dict[str, str]:
        found: dict[str, str] = (
            json.loads(SAID.open(bytes(self.said), bound_to=str(self.pk))) if self.said else {}
        )
        return found

    @property
    def callback(self) -> str:
        return self._words.get("callback", "")

    @property
    def agent_request_id(self) -> str:
        return self._words.get("agent_request_id", "")

    def heard(self) -> tuple[Claims, str, tuple[str, ...]]:
        """Who the person is as the agent said, her country, and hints for the desk.

        Nothing once it is known who she is, or it has ended.
        """
        if not self.claims:
            return Claims(), "", ()
        said = json.loads(CLAIMS.open(bytes(self.claims), bound_to=str(self.pk)))
        country, notes = said.pop("country"), tuple(said.pop("notes"))
        return Claims(**said), country, notes

    def page(self, what: str) -> str:
        """32 hex digits that open this exercise's page for the person ("confirming", "results"); whoever was
        not given them cannot guess them.
        """
        return MARKS.mark(f"page|{what}|{self.pk}")

    # What becomes of it -------------------------------------------------------------------------------------

    @classmethod
    def claim(cls, now: datetime) -> Exercise | None:
        """The one longest due, ours for a lease."""
        for row in cls.objects.filter(due_at__lte=now).order_by("due_at")[:5]:
            if cls.objects.filter(pk=row.pk, due_at=row.due_at).update(
                due_at=now + LEASE, attempts=F("attempts") + 1
            ):
                return cls.objects.select_related("request").get(pk=row.pk)
        return None

    @property
    def told(self) -> str:
        """What the agent was told last, in the reader's language; the agent has it in English."""
        return gettext(self.details) if self.details else ""

    @property
    def status_in_text(self) -> str:
        return in_text(self.get_status_display())

    @property
    def over(self) -> bool:
        return self.ended_at is not None

    @property
    def kind(self) -> str:
        """The kind of request it is here."""
        return ACTIONS[self.exercise]

    @property
    def access(self) -> bool:
        return self.kind == "access"

    def becomes(
        self, status: str, *, reason: str = "", details: str = "", due_at: datetime | None = None, **more: Any
    ) -> bool:
        """Take a new state, and let the agent be told.

        False, and nothing changed, when it has ended meanwhile: the first end stands.
        """
        now = timezone.now()
        final = status not in {self.Status.OPEN, self.Status.IN_PROGRESS}
        values: dict[str, Any] = {
            "status": status,
            "reason": reason,
            "details": details[:400],
            "changed_at": now,
            "due_at": due_at,
            "attempts": 0,
            **more,
        }
        if final:
            values |= {"ended_at": now, "claims": None, "code": "", "code_until": None}
        with transaction.atomic():
            if not Exercise.objects.filter(pk=self.pk, ended_at=None).update(**values):
                return False
            self._tell(now)
        for name, value in values.items():
            setattr(self, name, value)
        return True

    def turns_expired(self) -> None:
        """What it brought was not fetched in time. The one state that follows an end."""
        with transaction.atomic():
            now = timezone.now()
            if Exercise.objects.filter(pk=self.pk, status=self.Status.FULFILLED).update(
                status=self.Status.EXPIRED, changed_at=now, due_at=None
            ):
                self._tell(now)

    def later(self, wait: timedelta) -> None:
        """Something was in the way; again after this long.

        Nothing is changed where it has ended meanwhile.
        """
        Exercise.objects.filter(pk=self.pk, ended_at=None).update(due_at=timezone.now() + wait)

    def moves_to(self, expected: date, details: str) -> None:
        """The day it is expected by was moved: the agent is told, with the reason."""
        with transaction.atomic():
            if Exercise.objects.filter(pk=self.pk, ended_at=None).update(
                expected=expected, details=details[:400], changed_at=timezone.now()
            ):
                self._tell(timezone.now())

    def forget(self) -> None:
        """The person is erased.

        Her words went with her key; what the agent said of her goes here. What it must still be told stays
        boxed.
        """
        self.claims, self.code, self.code_until = None, "", None
        self.save(update_fields=["claims", "code", "code_until"])

    def _tell(self, now: datetime) -> None:
        if self.callback:
            fresh = {
                "due_at": now,
                "attempts": 0,
                "asked_at": now,
                "trouble": "",
                "delivered_at": None,
                "given_up_at": None,
            }
            Callback.objects.update_or_create(exercise=self, defaults=fresh)


class Callback(models.Model):
    """That the agent is to be told the newest status.

    One row for each exercise: what is told is what holds at that moment.
    """

    exercise = models.OneToOneField(Exercise, on_delete=models.CASCADE, related_name="push")
    asked_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    trouble = models.CharField(max_length=80, blank=True)
    delivered_at = models.DateTimeField(null=True)
    given_up_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index("due_at", name="agents_push_due", condition=Q(due_at__isnull=False))
        ]

    def __str__(self) -> str:
        return f"status of {self.exercise_id}"

    @classmethod
    def claim(cls, now: datetime) -> Callback | None:
        for row in cls.objects.filter(due_at__lte=now).order_by("due_at")[:5]:
            if cls.objects.filter(pk=row.pk, due_at=row.due_at).update(
                due_at=now + LEASE, attempts=F("attempts") + 1
            ):
                return cls.objects.select_related("exercise__request").get(pk=row.pk)
        return None

    def _same(self) -> models.QuerySet[Callback]:
        """The row, unless the status has changed since: then it is due anew, and must stay so."""
        return Callback.objects.filter(pk=self.pk, asked_at=self.asked_at)

    def delivered(self) -> None:
        self._same().update(delivered_at=timezone.now(), due_at=None, trouble="")

    def failed(self, trouble: str, *, for_good: bool = False) -> None:
        """Again after twice the time, for two days.

        ``trouble`` is our own word for it, never what the other side said.
        """
        now = timezone.now()
        if for_good or now - self.asked_at >= GIVE_UP:
            self._same().update(trouble=trouble[:80], given_up_at=now, due_at=None)
            return
        wait = min(timedelta(seconds=15) * 2 ** min(self.attempts, 10), LONGEST_WAIT)
        self._same().update(trouble=trouble[:80], due_at=now + wait)
