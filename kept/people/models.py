"""Who we know. Every value about a person or an organisation is sealed; ``str()`` of either names nobody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kept.core.ledger import versions
from kept.core.prepared import Prepared
from kept.core.vault import gate
from kept.core.vault.columns.fields import BlindIndex, PrefixIndex, SealedField, SealedManager, SealedModel
from kept.core.vault.columns.values import Provenance, provenance, show
from kept.core.vault.subject_keys import keys
from kept.people import addresses, countries, mailboxes, phones, texts
from kept.people import vat as vat_numbers
from kept.people.phones import Phone


class LastOwner(Exception):
    """An organisation keeps at least one owner. The message says what to do first."""


class Subject(SealedModel):
    """What persons and organisations share: a key of their own, an address, and how a value is corrected."""

    name: Any
    address: Any
    country: Any
    controller = models.CharField(max_length=60)
    correctable: ClassVar[tuple[str, ...]] = ("name", "address", "country")

    class Meta(SealedModel.Meta):
        abstract = True

    @property
    def address_lines(self) -> list[str]:
        """As on an envelope; [] when no address is known. Opens address and country."""
        return addresses.lines(self.address, self.country or "") if self.address else []

    def correct(self, field: str, value: Any) -> Provenance | None:
        """Put ``value`` in the place of what was known.

        Returns where the old value came from, None when there was none.

        Joins the open act; its ledger entry says what was changed, without the values. Raises ValueError for
        another field, and what the vault raises (PurposeRequired, NotAllowed, KeyErased).
        """
        if field not in self.correctable:
            raise ValueError(
                f"{field} of a {self._meta.verbose_name} cannot be corrected. Correctable:"
                f" {', '.join(self.correctable)}."
            )
        act = gate.current(f"{self._meta.model_name}.{field}")
        before = provenance(self, field)
        columns = self._assign(field, value)
        self.save(update_fields=columns)
        if before is not None:
            act.kind = "changed"
        act.touch(self.pk, changed=[f"{self._meta.model_name}.{field}"])
        return before

    def fitting(self, field: str, value: Any) -> Any:
        """The value as it is kept, by the rules of the forms that ask for it.

        Inside an act. Raises ValueError with a sentence.
        """
        country = show(self, "country")
        country = country if isinstance(country, str) else ""
        if field == "country" and value not in countries.codes():
            raise ValueError(_("Write the country as its two letters, like BE"))
        if field == "address":
            for sentence in addresses.check(value or {}, country).values() if country else ():
                raise ValueError(sentence)
            return addresses.tidy(value, country)
        if field == "name" and not texts.clean_text(str(value)):
            raise ValueError(_("Write the name"))
        return (
            texts.clean_text(str(value))
            if field == "name"
            else vat_numbers.normalise(value, country)
            if field == "vat"
            else value
        )

    def _assign(self, field: str, value: Any) -> list[str]:
        """Set one field; returns the columns that belong to it."""
        setattr(self, field, value)
        return [field]


class PersonManager(SealedManager):
    def enrol(
        self, *, name: str, email: str, controller: str, id: UUID | None = None, language: str = "en"
    ) -> Person:
        """A new data subject with a key of their own.

        Inside an act whose purpose uses name and e-mail; one transaction.

        ``controller``: id of the company of the group that answers for them. Raises VaultError when ``id``
        has a key already.
        """
        person: Person = self.model(
            name=name, email=email, controller=controller, language=language, **({"id": id} if id else {})
        )
        with transaction.atomic():
            keys.enrol(person.pk, controller)
            person.save(force_insert=True)
        return person

    def at_phone(self, text: str) -> list[Person]:
        """Persons with this number, typed in any notation; without a country code it is tried in each country
        a region names.
        """
        regions = versions.current().policy.company.regions.values()
        named = sorted({code for region in regions for code in region.countries if len(code) == 2})
        return list(self.find(phone=phones.candidates(text, named)))


class Person(Subject):
    """The data subject: a customer, a member of staff, or somebody who once called. An ID is not needed."""

    name = SealedField(
        models.CharField(max_length=200), of="self", field_id="person.name", category="identity.name"
    )
    email = SealedField(
        models.EmailField(max_length=254, blank=True),
        of="self",
        field_id="person.email",
        category="contact.email",
    )
    # E.164, so that it is found in any notation; as typed, because that is how its owner knows it.
    phone = SealedField(
        models.CharField(max_length=20, blank=True, null=True),
        of="self",
        field_id="person.phone",
        category="contact.phone",
    )
    phone_typed = SealedField(
        models.CharField(max_length=phones.LONGEST, blank=True, null=True),
        of="self",
        field_id="person.phone-typed",
        category="contact.phone",
    )
    address = SealedField(
        models.JSONField(blank=True, null=True),
        of="self",
        field_id="person.address",
        category="contact.address",
    )
    country = SealedField(
        models.CharField(max_length=2, blank=True, null=True),
        of="self",
        field_id="person.country",
        category="contact.address",
    )
    language = models.CharField(max_length=8, default="en")

    name_ix = PrefixIndex("name")
    email_ix = BlindIndex("email", normalize=mailboxes.canonical)
    phone_ix = BlindIndex("phone", normalize=phones.index_form)

    objects: ClassVar[PersonManager] = PersonManager()

    correctable = ("name", "email", "phone", "address", "country", "language")

    def correct(self, field: str, value: Any) -> Provenance | None:
        """As ``Subject.correct``; a phone is a ``Phone``, a text in any notation, or None; ``language`` is no
        sealed value.
        """
        if field != "language":
            return super().correct(field, value)
        self.language = value
        self.save(update_fields=["language"])
        gate.current("person.language").touch(self.pk, changed=["person.language"])
        return None

    def fitting(self, field: str, value: Any) -> Any:
        """As ``Subject.fitting``; a phone becomes a ``Phone``, read as dialled in their country."""
        if field == "phone" and isinstance(value, str) and value:
            return phones.parse(value, self._dials_from())
        if field == "email":
            return mailboxes.check(str(value))
        return super().fitting(field, value)

    def _assign(self, field: str, value: Any) -> list[str]:
        if field != "phone":
            return super()._assign(field, value)
        phone = value if isinstance(value, Phone) or not value else phones.parse(value, self._dials_from())
        self.phone, self.phone_typed = (phone.e164, phone.typed) if phone else (None, None)
        return ["phone", "phone_typed"]

    def _dials_from(self) -> str:
        """The country a bare number of theirs is from: that of their address, where the open act may read
        it.
        """
        country = show(self, "country")
        return country if isinstance(country, str) and country else phones.HOME

    def organisations(self) -> set[UUID]:
        """Ids of the organisations they belong to today."""
        return {id for (id,) in _MEMBER_OF.rows(self.pk)}


class OrganisationManager(SealedManager):
    def found(
        self,
        *,
        name: str,
        by: Person,
        vat: str = "",
        address: Mapping[str, str] | None = None,
        country: str = "",
        id: UUID | None = None,
    ) -> Organisation:
        """A new organisation with a key of its own, and ``by`` as its first owner.

        One transaction, inside an act.

        In the founder's own act the reader must cover the new organisation: choose its ``id`` first, and name
        it among ``SelfReader.organisations``. Raises NotAllowed otherwise.
        """
        made: Organisation = self.model(
            name=name,
            vat=vat or None,
            address=dict(address) if address else None,
            country=country or None,
            controller=by.controller,
            **({"id": id} if id else {}),
        )
        with transaction.atomic():
            keys.enrol(made.pk, by.controller)
            made.save(force_insert=True)
            made.admit(by, role=Membership.Role.OWNER)
        return made


class Organisation(Subject):
    """A customer that is a company. What belongs to it stays with it when a person leaves or is forgotten."""

    name = SealedField(
        models.CharField(max_length=200),
        of="self",
        field_id="organisation.name",
        category="identity.organisation",
    )
    vat = SealedField(
        models.CharField(max_length=20, blank=True, null=True),
        of="self",
        field_id="organisation.vat",
        category="identity.organisation",
    )
    address = SealedField(
        models.JSONField(blank=True, null=True),
        of="self",
        field_id="organisation.address",
        category="identity.organisation",
    )
    country = SealedField(
        models.CharField(max_length=2, blank=True, null=True),
        of="self",
        field_id="organisation.country",
        category="identity.organisation",
    )

    # When its number was last compared with those of others; None: it is new, or was corrected.
    number_compared_at = models.DateTimeField(null=True)

    name_ix = PrefixIndex("name")
    vat_ix = BlindIndex("vat", normalize=vat_numbers.index_form)

    objects: ClassVar[OrganisationManager] = OrganisationManager()

    correctable = ("name", "vat", "address", "country")

    def _assign(self, field: str, value: Any) -> list[str]:
        if field != "vat":
            return super()._assign(field, value)
        self.vat, self.number_compared_at = value, None
        return ["vat", "number_compared_at"]

    def admit(self, person: Person, *, role: str, by: int | None = None) -> Membership:
        """Make a person a member, or give a member another role from now on: the old membership ends, a new
        one begins.

        ``by``: the number of the membership in which somebody gives it.
        """
        with transaction.atomic():
            before = self.memberships.current().select_for_update().filter(person=person).first()
            if before is not None:
                if before.role == role:
                    return before
                before.leave(by=by)
            return self.memberships.create(person=person, role=role, begun_by=by)


class MembershipManager(models.Manager["Membership"]):
    def current(self) -> models.QuerySet[Membership]:
        return self.filter(until=None)


class Membership(models.Model):
    """That a person belongs to an organisation, in a role, from a moment until a moment.

    Ended ones are kept as history.
    """

    class Role(models.TextChoices):
        OWNER = "owner", gettext_lazy("Owner")
        BUYER = "buyer", gettext_lazy("Buyer")
        ENGINEER = "engineer", gettext_lazy("Engineer")
        VIEWER = "viewer", gettext_lazy("Viewer")

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="memberships")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role)
    since = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(null=True, blank=True)
    # The membership in which somebody gave it, or ended it, by number alone: it may be gone before this one
    # is. None: nobody of them.
    begun_by = models.BigIntegerField(null=True)
    ended_by = models.BigIntegerField(null=True)

    objects = MembershipManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "organisation"],
                condition=models.Q(until=None),
                name="one_current_membership",
            ),
            models.CheckConstraint(
                condition=models.Q(until=None) | models.Q(until__gte=models.F("since")),
                name="membership_ends_after_it_began",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} since {self.since:%Y-%m-%d}"

    def leave(self, *, by: int | None = None) -> None:
        """End it now.

        The records of the organisation stay with it. ``by``: as of ``Organisation.admit``. Raises LastOwner.
        """
        with transaction.atomic():
            owners = self.organisation.memberships.current().select_for_update().filter(role=self.Role.OWNER)
            if self.role == self.Role.OWNER and not owners.exclude(pk=self.pk).exists():
                raise LastOwner(
                    _(
                        "This is the last owner of the organisation. Make somebody else an owner first, or"
                        " dissolve it."
                    )
                )
            self.end(by=by)

    def end(self, *, by: int | None = None) -> None:
        """Of the last member too: the organisation is dissolved with it."""
        self.until, self.ended_by = timezone.now(), by
        self.save(update_fields=["until", "ended_by"])


_MEMBER_OF = Prepared(
    lambda person: Membership.objects.current().filter(person=person).values_list("organisation_id")
)
