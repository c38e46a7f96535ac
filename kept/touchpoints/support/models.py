"""A case: who asked what about which product, what was said on both sides, and where it stands."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar
from uuid import UUID

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kept.core.vault.columns.fields import SealedField, SealedManager, SealedModel
from kept.equipment import serials
from kept.equipment.models import Holding
from kept.people.models import Membership, Person
from kept.products.models import Product
from kept.sentences import sentence
from kept.touchpoints.support.at_the_desk.models import (
    CaseLink,
    Escalation,
    HeldAnswer,
    HeldFile,
    SecondLevel,
)
from kept.touchpoints.support.calls.models import Annotation, Call
from kept.touchpoints.support.case_imports.models import CaseImport, ImportedCase
from kept.touchpoints.support.cases import topics
from kept.touchpoints.support.cases.drafts import Draft
from kept.touchpoints.support.cases.service_levels import overdue
from kept.touchpoints.support.cases.waiting import CustomerWait
from kept.touchpoints.support.cases.words import TEXT, TITLE, said_in
from kept.touchpoints.support.phone_system.models import Heard, Ring
from kept.touchpoints.support.reports.models import CaseOutcome
from kept.touchpoints.support.uploading.models import CaseUpload, UploadPart

__all__ = [
    "Annotation",
    "Attachment",
    "Call",
    "Case",
    "CaseImport",
    "CaseLink",
    "CaseOutcome",
    "CaseUpload",
    "CustomerWait",
    "Draft",
    "Escalation",
    "Heard",
    "HeldAnswer",
    "HeldFile",
    "ImportedCase",
    "Message",
    "Note",
    "Presence",
    "Reveal",
    "Ring",
    "SecondLevel",
    "Share",
    "Step",
    "UploadPart",
]


MAIL_ID = 250
"""Characters of a Message-ID that are kept; a longer one is answered without."""
CODE_LIVES = timedelta(days=90)
"""The code of a case counts so long after the last thing that happened in it."""


class CaseManager(SealedManager):
    def open(self) -> Any:
        return self.filter(closed_at=None)

    def of(self, subject: UUID) -> Any:
        """Their own, and those that colleagues share with them today; newest first."""
        shared = Share.objects.standing().filter(person_id=subject).values("case_id")
        whose = Q(person_id=subject) | Q(pk__in=shared)
        return self.filter(whose, merged_into=None).order_by("-worked_at")

    def called(self, reference: str) -> Case | None:
        found: Case | None = self.filter(reference=reference.strip().upper()).select_related("person").first()
        return found


class Case(SealedModel):
    """Staff purposes are bound to it while it is open. What was said is sealed for the person who opened it.

    One of the two titles holds what it is called: sales may not use what belongs to support, nor support what
    belongs to sales.
    """

    class Kind(models.TextChoices):
        SERVICE = topics.SERVICE, topics.KIND_TITLES[topics.SERVICE]
        SALES = topics.SALES, topics.KIND_TITLES[topics.SALES]

    class Channel(models.TextChoices):
        WEB = "web", sentence("The site")
        MAIL = "mail", sentence("E-mail")
        PHONE = "phone", sentence("Phone call")

    class Awaits(models.TextChoices):
        US = "us", sentence("Our answer")
        CUSTOMER = "customer", sentence("Your answer")

    reference = models.CharField(max_length=20, unique=True)
    kind = models.CharField(max_length=10, choices=Kind)
    topic = models.CharField(max_length=20)
    severity = models.CharField(max_length=12, blank=True)
    channel = models.CharField(max_length=10, choices=Channel)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="cases")
    entity = models.CharField(max_length=60)
    market = models.CharField(max_length=60)
    language = models.CharField(max_length=8)
    product = models.ForeignKey(Product, null=True, on_delete=models.SET_NULL, related_name="cases")
    holding = models.ForeignKey(Holding, null=True, on_delete=models.SET_NULL, related_name="cases")
    title = SealedField(
        models.CharField(max_length=TITLE),
        of="person_id",
        field_id="case.title",
        category="support.content",
        null=True,
    )
    enquiry = SealedField(
        models.CharField(max_length=TITLE),
        of="person_id",
        field_id="case.enquiry",
        category="sales.content",
        null=True,
    )
    serial = SealedField(
        models.CharField(max_length=serials.LENGTH),
        of="person_id",
        field_id="case.serial",
        category="equipment.serial",
        null=True,
    )
    firmware = SealedField(
        models.CharField(max_length=40),
        of="person_id",
        field_id="case.firmware",
        category="support.content",
        null=True,
    )
    opened_at = models.DateTimeField(default=timezone.now)
    worked_at = models.DateTimeField(default=timezone.now)
    answer_by = models.DateTimeField()
    # None while it waits for the customer, and once it is closed.
    close_by = models.DateTimeField(null=True)
    # By which state of its market's hours both were counted.
    clock = models.CharField(max_length=16, blank=True)
    answered_at = models.DateTimeField(null=True)
    awaits = models.CharField(max_length=10, choices=Awaits, default=Awaits.US)
    snoozed_until = models.DateTimeField(null=True)
    assignee = models.UUIDField(null=True, db_index=True)
    closed_at = models.DateTimeField(null=True)
    # When what it came to was added to the reports, without whose it was.
    counted_at = models.DateTimeField(null=True)
    stars = models.PositiveSmallIntegerField(null=True)
    rated_at = models.DateTimeField(null=True)
    # The keyed hash of the code with which somebody without an ID follows it.
    code = models.CharField(max_length=32, blank=True)
    merged_into = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="merged")
    # A mail that names that case, from an address nobody vouches for: an agent decides whether it belongs.
    suggested = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="named_by")

    objects: ClassVar[CaseManager] = CaseManager()

    class Meta(SealedModel.Meta):
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["entity", "kind", "language", "answer_by"],
                name="support_waiting",
                condition=Q(closed_at=None),
            ),
            models.Index(fields=["person", "-worked_at"], name="support_latest"),
            models.Index(
                fields=["closed_at"],
                name="support_uncounted",
                condition=Q(counted_at=None, merged_into=None, closed_at__isnull=False),
            ),
        ]

    @property
    def purpose(self) -> str:
        """The purpose of the policy it is kept and read for."""
        return topics.PURPOSE_OF[self.kind]

    @property
    def matter_ref(self) -> str:
        return f"case {self.reference}"

    @property
    def matter_words(self) -> str:
        """The same for a reader; the ledger keeps ``matter_ref``."""
        return sentence("case {reference}", reference=self.reference)

    @property
    def matter_open(self) -> bool:
        return self.closed_at is None and self.merged_into_id is None

    @property
    def confidential(self) -> bool:
        """Never shared: an invoice, privacy, somebody who works for us, a complaint."""
        return self.topic in topics.CONFIDENTIAL

    @property
    def topic_words(self) -> str:
        return topics.ALL.get(self.topic, self.topic)

    @property
    def severity_words(self) -> str:
        return topics.SEVERITIES.get(self.severity, "")

    @property
    def said_in(self) -> str:
        """The field that holds its title."""
        return "enquiry" if self.kind == self.Kind.SALES else "title"

    @property
    def words(self) -> str:
        """Its title. Opens it."""
        return str(getattr(self, self.said_in) or "")

    @property
    def number(self) -> str:
        """The serial number as it stands on the label. Opens it."""
        return serials.display(self.serial) if self.serial else ""

    @property
    def state(self) -> str:
        """One word for lists: closed, snoozed, ours, theirs."""
        if self.closed_at:
            return "closed"
        if self.snoozed_until and self.snoozed_until > timezone.now():
            return "snoozed"
        return "ours" if self.awaits == self.Awaits.US else "theirs"

    @property
    def late(self) -> bool:
        """What is due next, the first answer or the end, should have come."""
        return overdue(self)

    @property
    def code_counts(self) -> bool:
        """Whether its code still opens it: an answer on either side makes it count again."""
        last = self
        while last.merged_into is not None:
            last = last.merged_into
        return bool(self.code) and timezone.now() - last.worked_at < CODE_LIVES

    def call_it(self, words: str) -> None:
        setattr(self, self.said_in, words)

    def step(self, kind: str, *, role: str = "", until: Any = None) -> Step:
        """Put a step on the record. Joins the caller's transaction."""
        return Step.objects.create(case=self, kind=kind, role=role, until=until, at=timezone.now())

    def shared_with(self, subject: UUID) -> bool:
        return Share.objects.standing().filter(case=self, person_id=subject).exists()


class Step(models.Model):
    """What happened to a case, when, and in which role. Rows are only added."""

    class Kind(models.TextChoices):
        OPENED = "opened", sentence("Opened")
        TAKEN = "taken", sentence("Somebody is on it")
        ASSIGNED = "assigned", sentence("Given to a colleague of ours")
        ESCALATED = "escalated", sentence("Passed to the second level")
        TAKEN_BACK = "taken-back", sentence("Back with the first level")
        ANSWERED = "answered", sentence("Answered")
        SNOOZED = "snoozed", sentence("Put off until a day")
        MOVED = "moved", sentence("Our hours changed, and with them until when we answer")
        CALLED = "called", sentence("A phone call")
        SHARED = "shared", sentence("Shared with a colleague")
        UNSHARED = "unshared", sentence("No longer shared with a colleague")
        MERGED = "merged", sentence("Put together with another case")
        PARTED = "parted", sentence("Part of it went into a case of its own")
        SPLIT = "split", sentence("Taken apart again")
        CLOSED = "closed", sentence("Closed")
        REOPENED = "reopened", sentence("Opened again")
        RATED = "rated", sentence("Rated")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="steps")
    kind = models.CharField(max_length=10, choices=Kind)
    at = models.DateTimeField(default=timezone.now)
    role = models.CharField(max_length=40, blank=True)
    until = models.DateTimeField(null=True)

    class Meta:
        ordering = ("at", "pk")

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d}"


class Message(SealedModel):
    """What the customer, a colleague of theirs, or staff said to the other side.

    ``keeper`` is whose key seals it: the person's whose case it is; a colleague's words, the colleague's own.
    """

    class Author(models.TextChoices):
        CUSTOMER = "customer", _("You")
        COLLEAGUE = "colleague", _("A colleague")
        STAFF = "staff", _("We")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="conversation")
    keeper = models.UUIDField(db_index=True)
    author = models.CharField(max_length=10, choices=Author)
    # The member of staff who wrote it; customers and colleagues are the keeper.
    writer = models.UUIDField(null=True, db_index=True)
    role = models.CharField(max_length=40, blank=True)
    channel = models.CharField(max_length=10, choices=Case.Channel)
    at = models.DateTimeField(default=timezone.now)
    # When staff wrote it: a moment before it left, for so long it can be taken back.
    written_at = models.DateTimeField(null=True)
    text = SealedField(
        models.TextField(max_length=TEXT),
        of="keeper",
        field_id="case-message.text",
        category="support.content",
        null=True,
    )
    enquiry = SealedField(
        models.TextField(max_length=TEXT),
        of="keeper",
        field_id="case-message.enquiry",
        category="sales.content",
        null=True,
    )
    # How many card numbers were masked before it was stored.
    masked = models.PositiveSmallIntegerField(default=0)
    # The keyed hash of its Message-ID: by it the same mail is known again, and an answer finds its case.
    mail_mark = models.CharField(max_length=32, null=True, unique=True)
    # The id itself, which an answer by mail names.
    mail_id = SealedField(
        models.CharField(max_length=MAIL_ID),
        of="keeper",
        field_id="case-message.mail-id",
        category="message.content",
        null=True,
    )
    # The case it came to before two were put together; taken apart again, it goes back.
    came_to = models.ForeignKey(Case, null=True, on_delete=models.SET_NULL, related_name="+")
    # The case it was said in, where part of that one was made a case of its own.
    parted_from = models.ForeignKey(Case, null=True, on_delete=models.SET_NULL, related_name="+")

    objects: ClassVar[SealedManager] = SealedManager()

    class Meta(SealedModel.Meta):
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["case", "at"], name="support_messages")]

    @property
    def words(self) -> str:
        """What was said. Opens it."""
        return str(getattr(self, said_in(self.case.kind)) or "")


class Attachment(models.Model):
    """A sealed file that came with a message."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="attachments")
    keeper = models.UUIDField(db_index=True)
    file = models.UUIDField(unique=True)
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"file {self.at:%Y-%m-%d}"


class Note(SealedModel):
    """What staff write for each other: in a store of its own, never sent, and part of the person's copy."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="staff_notes")
    came_to = models.ForeignKey(Case, null=True, on_delete=models.SET_NULL, related_name="+")
    keeper = models.UUIDField(db_index=True)
    writer = models.UUIDField(null=True, db_index=True)
    role = models.CharField(max_length=40)
    at = models.DateTimeField(default=timezone.now)
    text = SealedField(
        models.TextField(max_length=TEXT),
        of="keeper",
        field_id="case-note.text",
        category="support.content",
        null=True,
    )
    enquiry = SealedField(
        models.TextField(max_length=TEXT),
        of="keeper",
        field_id="case-note.enquiry",
        category="sales.content",
        null=True,
    )

    objects: ClassVar[SealedManager] = SealedManager()

    @property
    def words(self) -> str:
        """What was noted. Opens it."""
        return str(getattr(self, said_in(self.case.kind)) or "")


class ShareManager(models.Manager["Share"]):
    def standing(self) -> models.QuerySet[Share]:
        """Not ended, and both belong to one organisation today: who left it reads nothing more."""
        both = Membership.objects.current().filter(
            person=OuterRef("person"),
            organisation__memberships__person=OuterRef("case__person"),
            organisation__memberships__until=None,
        )
        return self.filter(Exists(both), until=None)


class Share(models.Model):
    """That a colleague may read and answer a case, from a moment until a moment."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="shares")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="shared_cases")
    since = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(null=True)

    objects: ClassVar[ShareManager] = ShareManager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["case", "person"], condition=Q(until=None), name="support_shared_once"
            )
        ]

    def __str__(self) -> str:
        return f"shared {self.since:%Y-%m-%d}"


class Reveal(models.Model):
    """That one kind of data was opened in a case, and until when it stays open on the page."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="revealed")
    person = models.UUIDField(db_index=True)
    field = models.CharField(max_length=60)
    at = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.field} {self.at:%Y-%m-%d}"


PRESENT_FOR = timedelta(minutes=2)
"""So long somebody who opened a case counts as being there."""


class Presence(models.Model):
    """That somebody of staff has a case open now. ``mark`` tells two apart, and nobody who they are."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="present")
    mark = models.CharField(max_length=32)
    role = models.CharField(max_length=40)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["case", "mark"], name="support_present_once")
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.at:%H:%M}"
