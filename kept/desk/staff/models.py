"""An invitation to work at the desk: to whom, in which role, and until when its link opens."""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kept.accounts.models import StaffMember
from kept.core.vault.columns.fields import SealedField, SealedManager, SealedModel
from kept.people.models import Person

OPEN_FOR = timedelta(days=7)


class InvitationManager(SealedManager):
    def open(self) -> Any:
        """Those that can be answered: while whoever invited holds the post in which they did."""
        held = StaffMember.objects.working().values("pk")
        return self.filter(ended_at=None, until__gt=timezone.now()).filter(
            models.Q(inviting_post=None) | models.Q(inviting_post__in=held)
        )

    def of_link(self, key: str) -> Invitation | None:
        """The invitation a link leads to while it can be answered; None when it was used, withdrawn or is too
        old.
        """
        found: Invitation | None = self.open().select_related("person").filter(key_hash=hash_of(key)).first()
        return found


class Invitation(SealedModel):
    """Name and address as whoever invites typed them, for as long as it is open.

    ``ended_at``: answered or withdrawn.
    """

    class Outcome(models.TextChoices):
        ACCEPTED = "accepted", _("Accepted")
        DECLINED = "declined", _("Declined")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="invitations")
    name = SealedField(
        models.CharField(max_length=200),
        of="person_id",
        field_id="invitation.name",
        category="identity.name",
        null=True,
    )
    email = SealedField(
        models.EmailField(max_length=254),
        of="person_id",
        field_id="invitation.email",
        category="contact.email",
        null=True,
    )
    role = models.CharField(max_length=40)
    entity = models.CharField(max_length=60)
    key_hash = models.CharField(max_length=64, unique=True)
    # The post of whoever invites, by number alone: it may be gone before the invitation is. None: the
    # operator of the portal.
    inviting_post = models.BigIntegerField(null=True)
    invited_at = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)

    objects: ClassVar[InvitationManager] = InvitationManager()

    class Meta(SealedModel.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(ended_at=None), name="one_open_invitation"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | ~Q(outcome=""), name="invitation_ended_with_outcome"
            ),
        ]

    @property
    def is_open(self) -> bool:
        return self.ended_at is None and timezone.now() < self.until

    @property
    def stands(self) -> bool:
        """Open, and whoever invited holds the post in which they did: nobody comes in by the word of somebody
        who was let go.
        """
        if self.inviting_post is None or not self.is_open:
            return self.is_open
        return StaffMember.objects.filter(
            StaffMember.today(), pk=self.inviting_post, user__closed_at=None
        ).exists()

    @classmethod
    def begin(
        cls, person: Person, *, name: str, email: str, role: str, entity: str, post: int | None = None
    ) -> tuple[Invitation, str]:
        """A new one, and the key of its link, which is never stored.

        One that was open for them is withdrawn.
        """
        for before in cls.objects.filter(person=person, ended_at=None):
            before.end(cls.Outcome.WITHDRAWN)
        key, now = token_urlsafe(32), timezone.now()
        invitation = cls(
            person=person,
            name=name,
            email=email,
            role=role,
            entity=entity,
            key_hash=hash_of(key),
            invited_at=now,
            until=now + OPEN_FOR,
            inviting_post=post,
        )
        invitation.save(force_insert=True)
        return invitation, key

    def end(self, outcome: str, *, at: datetime | None = None) -> None:
        """Its link opens nothing any more; name and address as they were typed go."""
        self.ended_at, self.outcome, self.name, self.email = at or timezone.now(), outcome, None, None
        self.save(update_fields=["ended_at", "outcome", "name", "email"])


def hash_of(key: str) -> str:
    return sha256(key.encode()).hexdigest()
