"""That somebody hands a machine on: to whom it was offered, how it ended, and until when it can be taken
back.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe
from typing import Any, ClassVar
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kept import references
from kept.core.vault.columns.fields import SealedField, SealedManager, SealedModel
from kept.equipment.models import Holding
from kept.people.models import Person
from kept.sentences import Sentence, sentence

OPEN_FOR = timedelta(days=14)
TAKE_BACK_WITHIN = timedelta(hours=24)


class HandoverManager(SealedManager):
    def open(self) -> Any:
        return self.filter(ended_at=None, until__gt=timezone.now())

    def of_link(self, key: str) -> Handover | None:
        """The offer a link leads to while it can be answered."""
        mine = self.open().filter(key_hash=hash_of(key)).exclude(giver_id=None)
        found: Handover | None = mine.select_related("holding__unit__product").first()
        return found


class Handover(SealedModel):
    """``holding`` is the giver's, ``after`` the taker's.

    ``email``: where it was offered to, while the offer is open.
    """

    class Way(models.TextChoices):
        OFFER = "offer", _("Handed on to somebody")
        GONE = "gone", _("Given away, to nobody we know")
        SCRAPPED = "scrapped", _("Out of service for good")

    class Outcome(models.TextChoices):
        DONE = "done", _("Done")
        DECLINED = "declined", _("Declined")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        LAPSED = "lapsed", _("Not answered")

    reference = models.CharField(max_length=20, unique=True)
    way = models.CharField(max_length=10, choices=Way)
    # No foreign key: the seal hangs on it, and a row that is sealed is moved by its own verb alone.
    giver_id = models.UUIDField(null=True, db_index=True)
    taker = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="taken_over")
    holding = models.ForeignKey(Holding, null=True, on_delete=models.SET_NULL, related_name="handovers")
    after = models.ForeignKey(Holding, null=True, on_delete=models.SET_NULL, related_name="came_by")
    email = SealedField(
        models.EmailField(max_length=254),
        of="giver_id",
        field_id="handover.email",
        category="contact.email",
        null=True,
    )
    key_hash = models.CharField(max_length=64, unique=True, null=True)
    begun_at = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)
    taken_back_at = models.DateTimeField(null=True)

    objects: ClassVar[HandoverManager] = HandoverManager()

    class Meta(SealedModel.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["holding"], condition=Q(ended_at=None), name="one_open_offer_per_holding"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | ~Q(outcome=""), name="handover_ended_with_outcome"
            ),
        ]

    @property
    def giver(self) -> Person | None:
        """Who hands it on; None when they were forgotten."""
        found: Person | None = Person.objects.filter(pk=self.giver_id).first() if self.giver_id else None
        return found

    @property
    def is_open(self) -> bool:
        return self.ended_at is None and timezone.now() < self.until

    @property
    def take_back_until(self) -> datetime | None:
        return (
            self.ended_at + TAKE_BACK_WITHIN if self.ended_at and self.outcome == self.Outcome.DONE else None
        )

    @property
    def can_be_taken_back(self) -> bool:
        """Within a day of having gone, and once; as long as whoever took it over still holds it."""
        until = self.take_back_until
        stands = self.way != self.Way.OFFER or (self.after is not None and self.after.until is None)
        return until is not None and self.taken_back_at is None and timezone.now() < until and stands

    @classmethod
    def begin(cls, *, way: str, giver: Person, holding: Holding, email: str = "") -> tuple[Handover, str]:
        """Put one down; an offer also gets the key of its link, which is never stored."""
        now, key = timezone.now(), token_urlsafe(32) if way == cls.Way.OFFER else ""
        handover = cls(
            reference=references.make("HND"),
            way=way,
            giver_id=giver.pk,
            holding=holding,
            email=email or None,
            key_hash=hash_of(key) if key else None,
            begun_at=now,
            until=now + OPEN_FOR,
        )
        handover.save(force_insert=True)
        return handover, key

    def end(self, outcome: str, **more: Any) -> None:
        """It ended like that. The address it was offered to goes."""
        self.ended_at, self.outcome, self.email, self.key_hash = (
            more.pop("at", timezone.now()),
            outcome,
            None,
            None,
        )
        for name, value in more.items():
            setattr(self, name, value)
        self.save()

    def leave(self, subject: UUID) -> int:
        """One side is forgotten.

        The other keeps that a machine came or went; when both are gone, so is the row. Returns 1.
        """
        if self.giver_id == subject:
            self.giver_id = self.email = None
        if self.taker_id == subject:
            self.taker = None
        if self.giver_id is None and self.taker_id is None:
            self.delete()
        else:
            self.save(update_fields=["giver_id", "email", "taker"])
        return 1


WAYS: Mapping[str, Sentence] = {
    Handover.Way.OFFER: sentence("Handed on to somebody"),
    Handover.Way.GONE: sentence("Given away, to nobody we know"),
    Handover.Way.SCRAPPED: sentence("Out of service for good"),
}
"""The ways, for what is kept: an act, the label of a row."""


def hash_of(key: str) -> str:
    return sha256(key.encode()).hexdigest()
