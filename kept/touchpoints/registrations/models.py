"""A registration being made, one that was made, and a claim on a serial number that could not be registered
at once.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kept import references
from kept.core.vault import gate
from kept.core.vault.columns.fields import SealedField, SealedManager, SealedModel
from kept.core.vault.sealed_files.files import SealedFile
from kept.equipment import serials
from kept.equipment.errors import WrongPurchaseDate
from kept.equipment.models import Holding
from kept.people import addresses, phones
from kept.people.models import Organisation, Person
from kept.sentences import sentence
from kept.touchpoints.registrations.handing_on.models import Handover

__all__ = ["Claim", "Draft", "Handover", "Registration", "TooLate"]

DIES_AFTER = timedelta(days=1)
UNDO_WITHIN = timedelta(hours=24)
ANSWER_WITHIN = timedelta(days=10)
COMPUTER = 120
"""Characters in which a computer is said."""
MYSELF, NEW = "myself", "new"


class DraftManager(SealedManager):
    def alive(self) -> Any:
        return self.filter(started_at__gt=timezone.now() - DIES_AFTER)

    def dead(self) -> Any:
        return self.filter(started_at__lte=timezone.now() - DIES_AFTER)

    def begin(self, *, person: Person, serial: str, purchased: date, free: bool) -> Draft:
        """Keep the first answers, under an id that the registration or the claim made from them will have."""
        draft: Draft = self.create(
            person=person, started_at=timezone.now(), serial=serial, purchase_date=purchased, free=free
        )
        return draft


class Draft(SealedModel):
    """What was typed of a registration that is not finished.

    ``free``: the unit could be registered when it was looked up.

    One row is one serial number looked up, also when it came to nothing: by that, tries are counted.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="registration_drafts")
    started_at = models.DateTimeField(default=timezone.now, db_index=True)
    ended_at = models.DateTimeField(null=True)
    free = models.BooleanField()
    serial = SealedField(
        models.CharField(max_length=serials.LENGTH),
        of="person_id",
        field_id="draft.serial",
        category="equipment.serial",
        null=True,
    )
    purchase_date = SealedField(
        models.DateField(),
        of="person_id",
        field_id="draft.purchase-date",
        category="equipment.purchase",
        null=True,
    )
    # "myself", "new", or the id of an organisation.
    holder = SealedField(
        models.CharField(max_length=36),
        of="person_id",
        field_id="draft.holder",
        category="identity.organisation",
        null=True,
    )
    organisation = SealedField(
        models.JSONField(),
        of="person_id",
        field_id="draft.organisation",
        category="identity.organisation",
        null=True,
    )
    phone = SealedField(
        models.CharField(max_length=phones.LONGEST),
        of="person_id",
        field_id="draft.phone",
        category="contact.phone",
        null=True,
    )
    address = SealedField(
        models.JSONField(), of="person_id", field_id="draft.address", category="contact.address", null=True
    )
    keep = SealedField(
        models.CharField(max_length=10),
        of="person_id",
        field_id="draft.keep",
        category="contact.preferences",
        null=True,
    )
    language = SealedField(
        models.CharField(max_length=12),
        of="person_id",
        field_id="draft.language",
        category="contact.preferences",
        null=True,
    )
    computer = SealedField(
        models.CharField(max_length=COMPUTER),
        of="person_id",
        field_id="draft.computer",
        category="equipment.computer",
        null=True,
    )

    objects: ClassVar[DraftManager] = DraftManager()

    @property
    def number(self) -> str:
        """As it stands on the label. Opens the serial number."""
        return serials.display(self.serial)

    def say(self, **answers: Any) -> None:
        """Keep the answers of one page."""
        for name, answer in answers.items():
            setattr(self, name, answer)
        self.save(update_fields=list(answers))

    def carry_over(self, before: Draft) -> None:
        """Another serial number was typed: the other answers stay as they were."""
        answers = {
            name: getattr(before, name)
            for name in ("holder", "organisation", "phone", "address", "keep", "language", "computer")
        }
        self.say(**{name: answer for name, answer in answers.items() if answer is not None})
        before.end()

    def end(self) -> None:
        """It came to nothing, or to a claim: what was typed goes, that there was a try stays for a day."""
        self.ended_at = timezone.now()
        for field in self.sealed_fields():
            setattr(self, field.name, None)
        self.save(update_fields=["ended_at", *(field.name for field in self.sealed_fields())])


class Registration(SealedModel):
    """That a person registered a unit, for themselves or an organisation, and how they wished to be reached
    about it.
    """

    reference = models.CharField(max_length=20, unique=True)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="registrations")
    holding = models.ForeignKey(Holding, null=True, on_delete=models.SET_NULL, related_name="registrations")
    registered_at = models.DateTimeField(default=timezone.now)
    undone_at = models.DateTimeField(null=True)
    contact_phone = SealedField(
        models.CharField(max_length=phones.LONGEST),
        of="person_id",
        field_id="registration.contact-phone",
        category="contact.phone",
        null=True,
    )
    contact_address = SealedField(
        models.JSONField(),
        of="person_id",
        field_id="registration.contact-address",
        category="contact.address",
        null=True,
    )
    contact_language = SealedField(
        models.CharField(max_length=12),
        of="person_id",
        field_id="registration.contact-language",
        category="contact.preferences",
        null=True,
    )
    computer = SealedField(
        models.CharField(max_length=COMPUTER),
        of="person_id",
        field_id="registration.computer",
        category="equipment.computer",
        null=True,
    )

    objects: ClassVar[SealedManager] = SealedManager()

    class Meta(SealedModel.Meta):
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["person", "-registered_at"], name="registration_latest")
        ]

    def correct_phone(self, typed: str) -> None:
        """Another number to reach them by, read as dialled in the country of its address.

        Joins the open act. Raises PhoneError.
        """
        self.contact_phone = phones.parse(typed, (self.contact_address or {}).get("country", "")).typed
        self.save(update_fields=["contact_phone"])

    def correct_address(self, parts: dict[str, str]) -> None:
        """Another address, one at which a letter would arrive.

        Joins the open act. Raises ValueError with a sentence.
        """
        country = parts.get("country", "").upper()
        for wrong in addresses.check(parts, country).values():
            raise ValueError(wrong)
        self.contact_address = {**addresses.tidy(parts, country), "country": country}
        self.save(update_fields=["contact_address"])

    @property
    def undo_until(self) -> datetime:
        return self.registered_at + UNDO_WITHIN

    @property
    def undoable(self) -> bool:
        """Within a day, and as long as the unit is still theirs by this very registration.

        One that was taken over is handed on instead.
        """
        standing = (
            self.holding is not None and self.holding.until is None and self.holding.source != "transfer"
        )
        return self.undone_at is None and standing and timezone.now() < self.undo_until

    def undo(self) -> None:
        """As if it had never been: the unit is free again, and its warranty has not begun.

        Joins the open act. Raises TooLate.
        """
        if not self.undoable:
            raise TooLate(gettext("This registration can no longer be undone."))
        assert self.holding is not None
        with transaction.atomic():
            self.holding.unit.undo_registration()
            self.undone_at = timezone.now()
            self.save(update_fields=["undone_at"])
        act = gate.current("registration.undone_at")
        act.kind = "changed"
        act.touch(self.person_id, what=sentence("Registration {reference} undone", reference=self.reference))


class TooLate(Exception):
    """The day in which a registration can be undone is over, or the unit has moved on."""


class Claim(SealedModel):
    """Somebody says that a unit is theirs which we could not register: it is unknown, or somebody else's.

    Staff decide.

    It looks the same to its author whichever it is. Staff purposes are bound to it while it is open.
    """

    class Decision(models.TextChoices):
        ACCEPTED = "accepted", _("Accepted")
        DECLINED = "declined", _("Declined")

    class HolderSays(models.TextChoices):
        YES = "yes", _("Yes, it is theirs now")
        NO = "no", _("No, it is mine")

    reference = models.CharField(max_length=20, unique=True)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="claims")
    organisation = models.ForeignKey(
        Organisation, null=True, on_delete=models.SET_NULL, related_name="claims"
    )
    opened_at = models.DateTimeField(default=timezone.now)
    answer_by = models.DateField()
    serial = SealedField(
        models.CharField(max_length=serials.LENGTH),
        of="person_id",
        field_id="claim.serial",
        category="equipment.serial",
    )
    purchase_date = SealedField(
        models.DateField(), of="person_id", field_id="claim.purchase-date", category="equipment.purchase"
    )
    note = SealedField(
        models.TextField(max_length=1000),
        of="person_id",
        field_id="claim.note",
        category="equipment.proof",
        blank=True,
    )
    proof = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)
    decision = models.CharField(max_length=10, choices=Decision, blank=True)
    decided_by = models.CharField(max_length=40, blank=True)
    # Whoever holds the unit is asked too, later and by a job: an answer must not take longer where somebody
    # holds it.
    looked_up_at = models.DateTimeField(null=True)
    against = models.ForeignKey(Holding, null=True, on_delete=models.SET_NULL, related_name="claims_against")
    # The holding that ended while somebody else held the ID: its owner asks for it back, and there is no
    # proof but the record.
    lost = models.ForeignKey(Holding, null=True, on_delete=models.SET_NULL, related_name="disputes")
    holder_said = models.CharField(max_length=3, choices=HolderSays, blank=True)
    holder_said_at = models.DateTimeField(null=True)
    reason = SealedField(
        models.TextField(max_length=1000),
        of="person_id",
        field_id="claim.reason",
        category="equipment.proof",
        null=True,
    )

    objects: ClassVar[SealedManager] = SealedManager()

    class Meta(SealedModel.Meta):
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["answer_by"], name="claims_waiting", condition=models.Q(decided_at=None))
        ]

    @property
    def matter_ref(self) -> str:
        return f"claim {self.reference}"

    @property
    def matter_words(self) -> str:
        """The same for a reader; the ledger keeps ``matter_ref``."""
        return sentence("claim {reference}", reference=self.reference)

    @property
    def matter_open(self) -> bool:
        return self.decided_at is None

    @property
    def number(self) -> str:
        """As it stands on the label. Opens the serial number."""
        return serials.display(self.serial)

    @property
    def holder(self) -> Person | Organisation:
        """Whose the unit will be, if it is accepted."""
        return self.organisation or self.person

    def correct_purchase(self, purchased: date) -> None:
        """Another purchase date: one that has come. Joins the open act. Raises WrongPurchaseDate."""
        if purchased > timezone.localdate():
            raise WrongPurchaseDate(gettext("Purchase date must be today or in the past"))
        self.purchase_date = purchased
        self.save(update_fields=["purchase_date"])

    def correct_serial(self, typed: str) -> None:
        """Another serial number, read as the form reads it.

        Joins the open act. Raises ValueError with a sentence.
        """
        reading = serials.read(typed)
        if reading.problem or reading.suggestion:
            raise ValueError(
                reading.problem
                or gettext("{suggestion} Write it so, if that is right").format(suggestion=reading.suggestion)
            )
        self.serial = reading.serial
        self.save(update_fields=["serial"])

    def decide(self, decision: str, *, role: str, reason: str) -> None:
        """End it. The reason is sealed for its author alone. Joins the open act."""
        self.decision, self.decided_by, self.reason, self.decided_at = decision, role, reason, timezone.now()
        self.save(update_fields=["decision", "decided_by", "reason", "decided_at"])


def due(opened: datetime) -> date:
    """The day by which a claim is answered."""
    return timezone.localdate(opened + ANSWER_WITHIN)


def claim_from(draft: Draft, *, proof: UUID, note: str, organisation: Organisation | None) -> Claim:
    """A claim in the place of the draft, under its id. Joins the open act."""
    now = timezone.now()
    claim = Claim(
        id=draft.pk,
        reference=references.make("CLM"),
        person=draft.person,
        organisation=organisation,
        opened_at=now,
        answer_by=due(now),
        serial=draft.serial,
        purchase_date=draft.purchase_date,
        note=note,
        proof=proof,
    )
    claim.save(force_insert=True)
    draft.end()
    return claim


def seal_proof(person: Person, upload: Any, media_type: str) -> UUID:
    """Seal an uploaded proof of purchase under the person's key. Raises FileNotKept."""
    return SealedFile.write(
        person.pk,
        upload.chunks(),
        category="equipment.proof",
        name=upload.name,
        media_type=media_type,
        limit=settings.KEPT_UPLOAD_LIMIT,
    )
