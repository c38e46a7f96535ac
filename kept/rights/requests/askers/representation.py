"""Somebody asks for somebody else: who asks, under a key of their own, and by what right, under the key of
whom it is about.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from django.db import models
from django.utils import timezone

from kept.core.vault.columns.fields import SealedField, SealedManager, SealedModel
from kept.core.vault.subject_keys import keys
from kept.sentences import sentence


class Asker(models.Model):
    """A key that was made for somebody nobody knows.

    It is named here so that it goes when the last that it sealed has gone.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    since = models.DateTimeField(default=timezone.now)

    @classmethod
    def enrol(cls, keeper: UUID, controller: str) -> None:
        """Joins the caller's transaction."""
        keys.enrol(keeper, controller)
        cls.objects.create(pk=keeper, since=timezone.now())


class Representative(SealedModel):
    """Whoever asks for somebody else.

    ``keeper`` is whose key seals it: their own where they were signed in, else one made for them.

    What is answered goes to them, once their authority stands.
    """

    request = models.OneToOneField(
        "requests.Request", on_delete=models.CASCADE, related_name="representative"
    )
    keeper = models.UUIDField(db_index=True)
    name = SealedField(
        models.CharField(max_length=200),
        of="keeper",
        field_id="representative.name",
        category="identity.name",
        null=True,
    )
    email = SealedField(
        models.EmailField(), of="keeper", field_id="representative.email", category="contact.email", null=True
    )
    address = SealedField(
        models.JSONField(),
        of="keeper",
        field_id="representative.address",
        category="contact.address",
        null=True,
    )

    objects: ClassVar[SealedManager] = SealedManager()


class Authority(SealedModel):
    """By what right somebody asks for the person a request is about, what shows it, who checked that, and
    whether they are told.

    ``who`` and ``claim`` are what the asker says; ``seen`` is what the controller saw; ``missing`` what was
    not shown.
    """

    class Relation(models.TextChoices):
        LAWYER = "lawyer", sentence("A lawyer or other authorised person")
        PARENT = "parent", sentence("A parent or guardian")
        HEIR = "heir", sentence("An heir")
        AGENT = "agent", sentence("An agent or an organisation")

    class Telling(models.TextChoices):
        TOLD = "told", sentence("They are told, at the address we know")
        DEAD = "dead", sentence("They are dead: nobody is told")
        CHILD = "child", sentence("A child in the asker’s care: the asker is told")

    request = models.OneToOneField("requests.Request", on_delete=models.CASCADE, related_name="authority")
    relation = models.CharField(max_length=10, choices=Relation)
    who = SealedField(
        models.CharField(max_length=200),
        of="request__keeper",
        field_id="authority.who",
        category="rights.request",
        null=True,
    )
    claim = SealedField(
        models.TextField(max_length=2000),
        of="request__keeper",
        field_id="authority.claim",
        category="rights.request",
        null=True,
    )
    seen = SealedField(
        models.TextField(max_length=2000),
        of="request__keeper",
        field_id="authority.seen",
        category="rights.request",
        null=True,
    )
    missing = SealedField(
        models.TextField(max_length=4000),
        of="request__keeper",
        field_id="authority.missing",
        category="rights.request",
        null=True,
    )
    # The file that shows it, among those that came with the request.
    proof = models.UUIDField(null=True)
    claimed_at = models.DateTimeField(default=timezone.now)
    checked_at = models.DateTimeField(null=True)
    refused_at = models.DateTimeField(null=True)
    role = models.CharField(max_length=40, blank=True)
    entity = models.CharField(max_length=60, blank=True)
    telling = models.CharField(max_length=5, choices=Telling, blank=True)

    objects: ClassVar[SealedManager] = SealedManager()

    class Meta(SealedModel.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(checked_at=None) | ~models.Q(role="") & ~models.Q(telling=""),
                name="authority_checked_by",
            ),
        ]

    @property
    def stands(self) -> bool:
        return self.checked_at is not None

    @property
    def proof_lies_here(self) -> bool:
        return self.proof is not None

    def check_by(
        self, *, role: str, entity: str, seen: str, telling: str, proof: UUID | None, at: datetime
    ) -> None:
        """A controller saw what shows it. Joins the caller's act and transaction."""
        self.role, self.entity, self.seen, self.telling, self.proof = role, entity, seen, telling, proof
        self.checked_at, self.refused_at, self.missing = at, None, None
        self.save()

    def lack(self, missing: str, *, refused_at: datetime | None = None) -> None:
        """Something is not shown yet, or was not in the end. Joins the caller's act and transaction."""
        self.missing, self.refused_at = missing, refused_at
        self.save(update_fields=["missing", "refused_at"])


def authority_of(request: Any) -> Authority | None:
    """By what right somebody else asked it; None where the person it is about asks themselves."""
    found: Authority | None = Authority.objects.filter(request=request).select_related("request").first()
    return found


def representative_of(request: Any) -> Representative | None:
    found: Representative | None = Representative.objects.filter(request=request).first()
    return found
