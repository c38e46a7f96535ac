"""A phone call as it was logged, and what the person said of its note afterwards."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from kept.core.vault.columns.fields import SealedField, SealedManager, SealedModel
from kept.desk.models import Matter
from kept.people import phones
from kept.people.models import Person
from kept.sentences import sentence
from kept.touchpoints.support.cases import topics
from kept.touchpoints.support.cases.words import TEXT, said_in

CODE_LIVES = timedelta(minutes=10)
TRIES = 5


class Call(SealedModel):
    """``keeper`` is whose key seals it: the member of staff's who logged it, then that of who called.

    ``verified_at``: the caller read out the code that went to the registered address.
    """

    class Direction(models.TextChoices):
        IN = "in", sentence("They called")
        OUT = "out", sentence("We called")

    class Outcome(models.TextChoices):
        SPOKEN = "spoken", sentence("We spoke")
        NO_ANSWER = "no-answer", sentence("Nobody answered")
        MESSAGE = "message", sentence("A message was left")
        WRONG = "wrong", sentence("A wrong number")

    class Next(models.TextChoices):
        NONE = "none", sentence("Nothing more")
        CALL = "call", sentence("Call back")
        WRITE = "write", sentence("Write")
        VISIT = "visit", sentence("Visit on site")

    case = models.ForeignKey("support.Case", null=True, on_delete=models.SET_NULL, related_name="calls")
    # Where it came from, when its case was put together with another: it goes back when they come apart.
    came_to = models.ForeignKey("support.Case", null=True, on_delete=models.SET_NULL, related_name="+")
    matter = models.ForeignKey(Matter, null=True, on_delete=models.SET_NULL, related_name="calls")
    keeper = models.UUIDField(db_index=True)
    person = models.ForeignKey(Person, null=True, on_delete=models.CASCADE, related_name="calls")
    kind = models.CharField(max_length=10, default=topics.SERVICE)
    opener = models.UUIDField(null=True, db_index=True)
    role = models.CharField(max_length=40)
    entity = models.CharField(max_length=60)
    direction = models.CharField(max_length=3, choices=Direction)
    outcome = models.CharField(max_length=10, choices=Outcome)
    at = models.DateTimeField(default=timezone.now)
    minutes = models.PositiveSmallIntegerField(default=0)
    next_step = models.CharField(max_length=10, choices=Next, default=Next.NONE)
    next_at = models.DateTimeField(null=True)
    next_done_at = models.DateTimeField(null=True)
    number = SealedField(
        models.CharField(max_length=phones.LONGEST),
        of="keeper",
        field_id="call.number",
        category="contact.phone",
        null=True,
    )
    name = SealedField(
        models.CharField(max_length=200),
        of="keeper",
        field_id="call.name",
        category="identity.name",
        null=True,
    )
    text = SealedField(
        models.TextField(max_length=TEXT),
        of="keeper",
        field_id="call.text",
        category="support.content",
        null=True,
    )
    enquiry = SealedField(
        models.TextField(max_length=TEXT),
        of="keeper",
        field_id="call.enquiry",
        category="sales.content",
        null=True,
    )
    code = models.CharField(max_length=32, blank=True)
    code_until = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    verified_at = models.DateTimeField(null=True)

    objects: ClassVar[SealedManager] = SealedManager()

    class Meta(SealedModel.Meta):
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["entity", "next_at"],
                name="support_next_steps",
                condition=~Q(next_step="none") & Q(next_done_at=None),
            )
        ]

    @property
    def said_in(self) -> str:
        return said_in(self.kind)

    @property
    def words(self) -> str:
        """The note. Opens it."""
        return str(getattr(self, self.said_in) or "")

    def concerns(self, person: Person) -> None:
        """It turned out who called: from here on what was noted is theirs, under their key. Inside an act."""
        said = {field.name: getattr(self, field.name) for field in self.sealed_fields()}
        if self.person_id != person.pk:
            # A code that went to somebody else says nothing of this one.
            self.code, self.code_until = "", None
        self.person, self.keeper = person, person.pk
        for name, value in said.items():
            setattr(self, name, value)
        self.save()


class Annotation(SealedModel):
    """What the person says of a call note. Both stay as they are."""

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="annotations")
    keeper = models.UUIDField(db_index=True)
    at = models.DateTimeField(default=timezone.now)
    text = SealedField(
        models.TextField(max_length=TEXT),
        of="keeper",
        field_id="call-annotation.text",
        category="support.content",
        null=True,
    )
    enquiry = SealedField(
        models.TextField(max_length=TEXT),
        of="keeper",
        field_id="call-annotation.enquiry",
        category="sales.content",
        null=True,
    )

    objects: ClassVar[SealedManager] = SealedManager()

    @property
    def words(self) -> str:
        """What was said of it. Opens it."""
        return str(getattr(self, self.call.said_in) or "")
