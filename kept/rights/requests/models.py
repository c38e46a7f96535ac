"""A question or a request on the law's clock: whose it is, who answers, until when, and what was done about
it.
"""

from __future__ import annotations

import secrets
from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext

from kept.core.ledger import versions
from kept.core.policy.places import Company, Region
from kept.core.vault.columns.fields import SealedField, SealedManager, SealedModel
from kept.core.vault.sealed_files.files import SealedFile
from kept.people.models import Person
from kept.rights.requests import request_kinds
from kept.rights.requests.askers.representation import Asker, Authority, Representative, authority_of
from kept.rights.requests.course import clock
from kept.rights.requests.course.in_text import of_role
from kept.rights.requests.course.references import hash_of, new_reference
from kept.sentences import Sentence, sentence, unpacked

__all__ = ["Asker", "Attachment", "Authority", "Representative", "Request", "Step"]


class RequestManager(SealedManager):
    def open(self) -> Any:
        return self.filter(closed_at=None)

    def closed(self) -> Any:
        return self.exclude(closed_at=None)

    def of(self, subject: UUID) -> Any:
        """Everything somebody asked, newest first."""
        return self.filter(Q(person_id=subject) | Q(keeper=subject)).order_by("-received_at")


class Request(SealedModel):
    """``keeper`` is whose key seals the words: a person's, or one made for an asker nobody knows yet.

    None once it was forgotten.

    ``person`` is set when it is sure who asks. ``waiting_since``: an identity check was asked for then and is
    unanswered; the clock stands.
    """

    class Channel(models.TextChoices):
        SITE = "site", sentence("The site")
        EMAIL = "email", sentence("E-mail")
        LETTER = "letter", sentence("Letter")
        PHONE = "phone", sentence("Phone call")
        VISIT = "visit", sentence("In person")
        AGENT = "agent", sentence("An authorised agent")
        TOUCHPOINT = "touchpoint", sentence("Another conversation")

    class Outcome(models.TextChoices):
        ANSWERED = "answered", sentence("Answered")
        FULFILLED = "fulfilled", sentence("Carried out")
        DENIED = "denied", sentence("Refused, with reasons")
        REVOKED = "revoked", sentence("Taken back by who asked")
        EXPIRED = "expired", sentence("Identity was not confirmed")
        NO_MATCH = "no-match", sentence("Nobody of that name or address is known")
        SPAM = "spam", sentence("No request: spam")
        DUPLICATE = "duplicate", sentence("The same as another request")

    class AnswerBy(models.TextChoices):
        EMAIL = "email", sentence("E-mail")
        POST = "post", sentence("Post")

    reference = models.CharField(max_length=12, unique=True, default=new_reference, editable=False)
    kind = models.CharField(max_length=request_kinds.LONGEST, choices=request_kinds.choices)
    channel = models.CharField(max_length=12, choices=Channel)
    region = models.CharField(max_length=60)
    jurisdiction = models.CharField(max_length=12, blank=True)
    keeper = models.UUIDField(null=True, db_index=True)
    person = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="requests")
    code = models.CharField(max_length=32, blank=True)
    name = SealedField(
        models.CharField(max_length=200),
        of="keeper",
        field_id="request.name",
        category="identity.name",
        null=True,
    )
    email = SealedField(
        models.EmailField(), of="keeper", field_id="request.email", category="contact.email", null=True
    )
    address = SealedField(
        models.JSONField(), of="keeper", field_id="request.address", category="contact.address", null=True
    )
    text = SealedField(
        models.TextField(max_length=8000),
        of="keeper",
        field_id="request.text",
        category="rights.request",
        null=True,
    )
    answer = SealedField(
        models.TextField(max_length=20000),
        of="keeper",
        field_id="request.answer",
        category="rights.request",
        null=True,
    )
    language = models.CharField(max_length=10, default="en")
    answer_by = models.CharField(max_length=5, choices=AnswerBy, default=AnswerBy.EMAIL)
    topic = models.CharField(max_length=60, blank=True)
    source = models.CharField(max_length=60, blank=True)
    received_at = models.DateTimeField()
    recorded_at = models.DateTimeField(default=timezone.now)
    due = models.DateField()
    first_due = models.DateField()
    paused_days = models.PositiveSmallIntegerField(default=0)
    waiting_since = models.DateTimeField(null=True)
    extended_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)
    duplicate_of = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="duplicates")

    objects: ClassVar[RequestManager] = RequestManager()

    class Meta(SealedModel.Meta):
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["due"], name="requests_waiting", condition=Q(closed_at=None)),
            models.Index(fields=["region", "-closed_at"], name="requests_of_region"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(closed_at=None) | ~Q(outcome=""), name="request_closed_with_outcome"
            ),
            models.CheckConstraint(
                condition=Q(extended_at=None) | Q(due__gte=F("first_due")), name="request_extended_forward"
            ),
        ]

    # Where it stands ----------------------------------------------------------------------------------------

    @property
    def matter_ref(self) -> str:
        return f"request {self.reference}"

    @property
    def matter_words(self) -> str:
        """The same for a reader; the ledger keeps ``matter_ref``."""
        return sentence("request {reference}", reference=self.reference)

    @property
    def matter_open(self) -> bool:
        return self.closed_at is None

    @property
    def where(self) -> Region:
        """The region whose controller answers; where the policy has given it up, the region of the rest of
        the world.
        """
        company = self.__dict__.get("_company") or versions.spoken().company
        return company.regions.get(self.region) or company.region_of("*")

    def by(self, company: Company) -> Request:
        """With the company at hand, so that a list asks for the policy once, and not row by row."""
        self.__dict__["_company"] = company
        return self

    @property
    def controller(self) -> str:
        """The company of the group that answers, by id."""
        return self.where.entity

    @property
    def term(self) -> clock.Term:
        """The law's and the promise's days, without pauses.

        From the day of receipt, so never moved by a change of desk.
        """
        return clock.term(self.kind, self.received_at, self.where, self.jurisdiction)

    @property
    def state(self) -> str:
        """One word for the board: forgotten, closed, to-post, identity, extended, open."""
        if self.closed_at:
            return "closed"
        if self.answered_at:
            return "to-post"
        if self.waiting_since:
            return "identity"
        return "extended" if self.extended_at else "open"

    @property
    def known(self) -> bool:
        """Whether it is sure who asks."""
        return self.person_id is not None

    def today(self) -> date:
        return clock.day(timezone.now(), self.where)

    def due_now(self, now: datetime | None = None) -> date:
        """The day it is due if the identity check were answered now; without one, simply the day it is
        due.
        """
        if self.waiting_since is None or self.closed_at:
            return self.due
        return clock.moved(self.due, clock.paused_days(self.waiting_since, now or timezone.now(), self.where))

    def days_left(self, now: datetime | None = None) -> int:
        """Negative when it is late. Today counts as a day: due today is 0."""
        now = now or timezone.now()
        return (self.due_now(now) - clock.day(now, self.where)).days

    def late(self, now: datetime | None = None) -> bool:
        """Answered, or still open, after the day it was due."""
        ended = self.closed_at
        return (clock.day(ended, self.where) > self.due) if ended else self.days_left(now) < 0

    # What is done about it ----------------------------------------------------------------------------------

    def opens_with(self, code: str) -> bool:
        """Is this the code that was shown with the reference? Compared by its keyed hash, in equal time."""
        return bool(self.code) and secrets.compare_digest(self.code, hash_of(self.reference, code))

    def note(
        self,
        kind: str,
        *,
        role: str,
        entity: str = "",
        what: str,
        until: date | None = None,
        reason: str = "",
    ) -> Step:
        """Put a step on the record.

        Joins the open act and transaction; ``reason`` is sealed as the request is.
        """
        step = Step(
            request=self,
            kind=kind,
            role=role,
            entity=entity,
            until=until,
            reason=reason or None,
            at=timezone.now(),
        )
        step.say(what)
        step.save(force_insert=True)
        return step

    def concerns(self, person: Person) -> None:
        """It is sure now who asks: every word is sealed anew under the person's own key.

        Inside an act bound to this request.
        """
        words = {field.name: getattr(self, field.name) for field in self.sealed_fields()}
        reasons = {
            step: step.reason for step in self.steps.filter(reason__isnull=False).select_related("request")
        }
        authority = authority_of(self)
        right = (
            {field.name: getattr(authority, field.name) for field in Authority.sealed_fields()}
            if authority
            else {}
        )
        files = list(self.attachments.all())
        again = [(one, SealedFile.describe(one.file), b"".join(SealedFile.open(one.file))) for one in files]
        self.person, self.keeper = person, person.pk
        for name, value in words.items():
            setattr(self, name, value)
        self.save()
        for step, reason in reasons.items():
            step.request, step.reason = self, reason
            step.save(update_fields=["reason"])
        if authority:
            authority.request = self
            for name, value in right.items():
                setattr(authority, name, value)
            authority.save()
        for one, known, content in again:
            old, one.file = (
                one.file,
                SealedFile.write(
                    person.pk,
                    iter([content]),
                    category=known.category,
                    name=known.name,
                    media_type=known.media_type,
                ),
            )
            one.save(update_fields=["file"])
            Authority.objects.filter(request=self, proof=old).update(proof=one.file)
            SealedFile.drop(old)

    def forget(self) -> None:
        """Erasure: the words go, and whose it was.

        Kind, region and dates stay for the meter, and lead to nobody.
        """
        for one in self.attachments.all():
            SealedFile.drop(one.file)
        self.attachments.all().delete()
        self.steps.update(reason=None)
        Authority.objects.filter(request=self).delete()
        Representative.objects.filter(request=self).delete()
        for field in self.sealed_fields():
            setattr(self, field.name, None)
        self.keeper = self.person = None
        self.code = self.topic = self.source = ""
        if self.closed_at is None:
            self.closed_at, self.outcome = (
                timezone.now(),
                (self.Outcome.FULFILLED if self.kind == request_kinds.ERASURE else self.Outcome.REVOKED),
            )
        self.save()


class Step(SealedModel):
    """What was done about a request, when, and in which role.

    Rows are only added: a state is the last of them, with its date.
    """

    class Kind(models.TextChoices):
        RECEIVED = "received", sentence("Received")
        IDENTITY_ASKED = "identity-asked", sentence("Identity asked for")
        CHECKED = "checked", sentence("Checked by the controller")
        IDENTIFIED = "identified", sentence("Identity confirmed")
        AUTHORITY_ASKED = "authority-asked", sentence("Proof of authority asked for")
        AUTHORITY_CONFIRMED = "authority-confirmed", sentence("Authority confirmed")
        IDENTITY_GIVEN_UP = "identity-given-up", sentence("Identity no longer asked for")
        ADDED = "added", sentence("More was said")
        EXTENDED = "extended", sentence("Extended")
        REROUTED = "rerouted", sentence("Passed on to another controller")
        CARRIED_OUT = "carried-out", sentence("Carried out")
        REMINDED = "reminded", sentence("Reminded")
        ESCALATED = "escalated", sentence("Escalated")
        ANSWERED = "answered", sentence("Answered")
        POSTED = "posted", sentence("Posted")
        CLOSED = "closed", sentence("Closed")

    request = models.ForeignKey(Request, on_delete=models.CASCADE, related_name="steps")
    kind = models.CharField(max_length=20, choices=Kind)
    at = models.DateTimeField(default=timezone.now)
    role = models.CharField(max_length=40)
    entity = models.CharField(max_length=60, blank=True)
    what = models.CharField(max_length=200)
    # The same as a message and its values, so that each reader has it in their own language.
    message = models.JSONField(null=True)
    until = models.DateField(null=True)
    # Of a reminder: the days before the date it was for.
    mark = models.SmallIntegerField(null=True)
    reason = SealedField(
        models.TextField(max_length=4000),
        of="request__keeper",
        field_id="request-step.reason",
        category="rights.request",
        null=True,
    )

    objects: ClassVar[SealedManager] = SealedManager()

    class Meta(SealedModel.Meta):
        ordering = ("at", "id")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["request", "kind", "until", "mark"],
                condition=Q(mark__isnull=False),
                name="request_reminded_once",
            ),
        ]

    def say(self, what: str) -> None:
        """Take down what was done: in English, and so that it can be said in every language."""
        self.what = what[:200]
        self.message = what.packed() if isinstance(what, Sentence) else None

    @property
    def said(self) -> str:
        """What was done, in the reader's language."""
        return unpacked(self.message) if self.message else gettext(self.what)

    @property
    def by_whom(self) -> str:
        return of_role(self.role)


class Attachment(models.Model):
    """A sealed file that came with a request. ``step``: the message it came with; None for the first one."""

    request = models.ForeignKey(Request, on_delete=models.CASCADE, related_name="attachments")
    step = models.ForeignKey(Step, null=True, on_delete=models.SET_NULL, related_name="attachments")
    file = models.UUIDField()
    at = models.DateTimeField(default=timezone.now)
