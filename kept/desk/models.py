"""A matter: who got in touch, about what, and under which purpose.

It is what a look at anybody's data is bound to.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar
from uuid import UUID, uuid4

from django.db import models
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kept.core.vault.columns.fields import SealedField, SealedManager, SealedModel
from kept.people.models import Person
from kept.sentences import sentence

OPEN_FOR = timedelta(hours=1)
"""A matter closes itself after so long without work on it."""
LOOKED_FOR = sentence("Looked for at the desk")
WENT_ON = sentence("You went beyond the bound of matter")
"""What the ledger says of either; the proof counts by these words."""
REVEALED_FOR = timedelta(minutes=10)


def said_in(purpose: str) -> str:
    """Which field of a matter holds what was said under a purpose."""
    return "enquiry" if purpose == "sales" else "text"


class Matter(SealedModel):
    """``keeper`` is whose key seals the text: the member of staff who wrote it, then the person it turned out
    to be about.
    """

    class Channel(models.TextChoices):
        PHONE = "phone", _("Phone call")
        MAIL = "mail", _("E-mail")
        LETTER = "letter", _("Letter")
        VISIT = "visit", _("In person")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    number = models.PositiveIntegerField(unique=True)
    purpose = models.CharField(max_length=60)
    channel = models.CharField(max_length=10, choices=Channel)
    keeper = models.UUIDField(db_index=True)
    opener = models.UUIDField(db_index=True)
    role = models.CharField(max_length=40)
    entity = models.CharField(max_length=60)
    # One of the two holds what was said: sales may not use what belongs to support, nor the other way round.
    text = SealedField(
        models.TextField(max_length=2000),
        of="keeper",
        field_id="matter.text",
        category="support.content",
        null=True,
    )
    enquiry = SealedField(
        models.TextField(max_length=2000),
        of="keeper",
        field_id="matter.enquiry",
        category="sales.content",
        null=True,
    )
    person = models.ForeignKey(Person, null=True, on_delete=models.CASCADE, related_name="matters")
    opened_at = models.DateTimeField(default=timezone.now)
    worked_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True)
    # What it led to, and how often somebody said why it needs more (bounds.py).
    searches = models.PositiveIntegerField(default=0)
    shown = models.PositiveIntegerField(default=0)
    opened = models.PositiveIntegerField(default=0)
    reasons = models.PositiveIntegerField(default=0)

    objects: ClassVar[SealedManager] = SealedManager()

    @property
    def matter_ref(self) -> str:
        return f"matter {self.number}"

    @property
    def matter_words(self) -> str:
        """The same for a reader; the ledger keeps ``matter_ref``."""
        return sentence("matter {number}", number=self.number)

    @property
    def matter_open(self) -> bool:
        return self.closed_at is None and timezone.now() < self.closes_at

    @property
    def said_in(self) -> str:
        """The field that holds what was said."""
        return said_in(self.purpose)

    @property
    def closes_at(self) -> Any:
        """When it closes by itself, unless somebody works on it."""
        return self.worked_at + OPEN_FOR

    @classmethod
    def next_number(cls) -> int:
        """Counts from 1001.

        Two that are opened at once: the second fails on the unique number and is opened again.
        """
        return (cls.objects.aggregate(last=Max("number"))["last"] or 1000) + 1

    def work(self) -> None:
        """Somebody is at it: it stays open for another hour."""
        self.worked_at = timezone.now()
        self.save(update_fields=["worked_at"])

    def concerns(self, person: Person) -> None:
        """It turned out who it is about: from here on the text is theirs, under their key.

        Inside an act bound to this matter.
        """
        text, enquiry = (
            self.text if self.said_in == "text" else None,
            (self.enquiry if self.said_in == "enquiry" else None),
        )
        self.person, self.keeper, self.text, self.enquiry = person, person.pk, text, enquiry
        # Only these: what it led to is counted in the row by whoever works on it at the same time.
        self.save(update_fields=["person", "keeper", "text", "enquiry"])

    def hand_over(self, to: UUID) -> None:
        """A colleague goes on with it.

        What was said is sealed under their key, unless it is the person's already. Inside an act.
        """
        said = {self.said_in: getattr(self, self.said_in)} if self.keeper == self.opener else {}
        if said:
            self.keeper = to
        # Both fields, also the one that is empty: a row that moves to another key takes nothing sealed with
        # it.
        for name in ("text", "enquiry") if said else ():
            setattr(self, name, said.get(name))
        self.opener, self.worked_at = to, timezone.now()
        self.save(update_fields=["keeper", "text", "enquiry", "opener", "worked_at"])

    def close(self) -> None:
        """What it opened closes with it. Closing what is closed changes nothing."""
        if self.closed_at is not None:
            return
        self.closed_at = timezone.now()
        self.save(update_fields=["closed_at"])
        self.revealed.filter(until__gt=self.closed_at).update(until=self.closed_at)


class Reveal(models.Model):
    """That one kind of data was opened, and until when it stays open on the page.

    The reason is the person's, sealed into the ledger.
    """

    matter = models.ForeignKey(Matter, on_delete=models.CASCADE, related_name="revealed")
    person = models.UUIDField(db_index=True)
    field = models.CharField(max_length=60)
    at = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField()


class Excess(models.Model):
    """That a matter went beyond its bound, with what it had led to by then, until a controller has looked at
    it.

    ``why`` is one of our own words. What was said beside it is sealed into the ledger, as the reason of
    whoever said it.
    """

    class Why(models.TextChoices):
        NAMES = "names", _("Several people of one name")
        COMPANY = "company", _("A company with several people")
        WRONG = "wrong", _("What they told me was wrong or incomplete")
        OTHER = "other", _("Something else")
        MANY = "many", _("Nobody said: many people under several matters within an hour")

    number = models.PositiveIntegerField()
    role = models.CharField(max_length=40)
    entity = models.CharField(max_length=60)
    why = models.CharField(max_length=10, choices=Why)
    searches = models.PositiveIntegerField()
    shown = models.PositiveIntegerField()
    opened = models.PositiveIntegerField()
    at = models.DateTimeField(default=timezone.now)
    # When the controller was told of this matter by mail, and once more.
    told_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("at",)

    def __str__(self) -> str:
        return f"matter {self.number} beyond its bound"
