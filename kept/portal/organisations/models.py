"""What members call each other, and who is on the way in.

What an organisation knows is sealed under its own key.
"""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256
from secrets import token_urlsafe
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kept.core.vault.columns.fields import SealedField, SealedManager, SealedModel
from kept.people.models import Membership, Organisation, Person

OPEN_FOR = timedelta(days=14)


class Seat(SealedModel):
    """The name by which colleagues know a member. It goes when they leave, and when they are erased."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="seats")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="seats")
    name = SealedField(
        models.CharField(max_length=200), of="organisation_id", field_id="seat.name", category="identity.name"
    )
    since = models.DateTimeField(default=timezone.now)

    objects: ClassVar[SealedManager] = SealedManager()

    class Meta(SealedModel.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["organisation", "person"], name="one_seat_for_each_member"),
        ]


class JoiningManager(SealedManager):
    def open(self) -> Any:
        """Those that can be answered: of an invitation, while whoever sent it owns the organisation."""
        owning = Membership.objects.current().filter(role=Membership.Role.OWNER).values("pk")
        by_day = self.filter(ended_at=None, until__gt=timezone.now())
        return by_day.filter(Q(inviting_member=None) | Q(inviting_member__in=owning))

    def of_link(self, key: str) -> Joining | None:
        """The invitation a link leads to while it can be answered."""
        found: Joining | None = (
            self.open().filter(key_hash=hash_of(key)).select_related("organisation").first()
        )
        return found


class Joining(SealedModel):
    """An invitation by an owner, or somebody's wish to join. ``keeper`` is whose key seals the words.

    A wish is its author's until a job has found the organisation of the number; from then on the owners can
    read who wishes. What they said to it shows to its author only as a yes: whether there was anybody to ask
    is not told.
    """

    class Outcome(models.TextChoices):
        JOINED = "joined", _("Joined")
        DECLINED = "declined", _("Declined")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        LAPSED = "lapsed", _("Not answered")

    keeper = models.UUIDField(db_index=True)
    organisation = models.ForeignKey(
        Organisation, null=True, on_delete=models.CASCADE, related_name="joinings"
    )
    person = models.ForeignKey(Person, null=True, on_delete=models.CASCADE, related_name="joinings")
    name = SealedField(
        models.CharField(max_length=200),
        of="keeper",
        field_id="joining.name",
        category="identity.name",
        null=True,
    )
    email = SealedField(
        models.EmailField(max_length=254),
        of="keeper",
        field_id="joining.email",
        category="contact.email",
        null=True,
    )
    vat = SealedField(
        models.CharField(max_length=20),
        of="keeper",
        field_id="joining.vat",
        category="identity.organisation",
        null=True,
    )
    role = models.CharField(max_length=10, choices=Membership.Role)
    key_hash = models.CharField(max_length=64, unique=True, null=True)
    # The membership of whoever invites, by number alone: it may be gone before the invitation is.
    inviting_member = models.BigIntegerField(null=True)
    begun_at = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField()
    refused_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)

    objects: ClassVar[JoiningManager] = JoiningManager()

    class Meta(SealedModel.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(ended_at=None) | ~Q(outcome=""), name="joining_ended_with_outcome"
            ),
        ]

    @classmethod
    def invite(
        cls, organisation: Organisation, *, email: str, role: str, by: Membership | None = None
    ) -> tuple[Joining, str]:
        """An owner's invitation, and the key of its link, which is never stored."""
        key, now = token_urlsafe(32), timezone.now()
        made = cls(
            keeper=organisation.pk,
            organisation=organisation,
            email=email,
            role=role,
            key_hash=hash_of(key),
            begun_at=now,
            until=now + OPEN_FOR,
            inviting_member=by.pk if by else None,
        )
        made.save(force_insert=True)
        return made, key

    @classmethod
    def wish(cls, person: Person, *, vat: str) -> Joining:
        """Somebody wishes to join whatever organisation has this number."""
        now = timezone.now()
        made = cls(
            keeper=person.pk,
            person=person,
            vat=vat,
            role=Membership.Role.VIEWER,
            begun_at=now,
            until=now + OPEN_FOR,
        )
        made.save(force_insert=True)
        return made

    def inviter_stands(self) -> bool:
        """Whoever invited owns the organisation still.

        A wish, and an invitation from before this was kept, have nobody who could go.
        """
        if self.inviting_member is None:
            return True
        return (
            Membership.objects.current().filter(pk=self.inviting_member, role=Membership.Role.OWNER).exists()
        )

    def found(self, organisation: Organisation, *, name: str, email: str) -> None:
        """The organisation of the number: its owners may read who wishes to join.

        Everything is sealed anew.
        """
        self.keeper, self.organisation, self.name, self.email, self.vat = (
            organisation.pk,
            organisation,
            name,
            email,
            None,
        )
        self.save()

    def end(self, outcome: str) -> None:
        """It ended like that; what was typed for it goes."""
        self.ended_at, self.outcome = timezone.now(), outcome
        self.name = self.email = self.vat = self.key_hash = None
        self.save(update_fields=["ended_at", "outcome", "name", "email", "vat", "key_hash"])


def hash_of(key: str) -> str:
    return sha256(key.encode()).hexdigest()
