"""A small company of its own: people, what they bought, and the talk about it.

In a registry apart, so that no check takes it for the portal's.
"""

from __future__ import annotations

from datetime import date
from uuid import UUID, uuid4

from django.apps.registry import Apps
from django.db import models

from kept.core.vault.columns.fields import (
    BlindIndex,
    PrefixIndex,
    SealedField,
    SealedManager,
    SealedModel,
    casefold,
)

registry = Apps(["kept.core.vault"])


class Person(SealedModel):
    name = SealedField(
        models.CharField(max_length=200), of="self", field_id="test.person.name", category="identity.name"
    )
    email = SealedField(
        models.EmailField(), of="self", field_id="test.person.email", category="contact.email"
    )
    phone = SealedField(
        models.CharField(max_length=40),
        of="self",
        field_id="test.person.phone",
        category="contact.phone",
        null=True,
        masked=True,
    )
    email_ix = BlindIndex("email", normalize=casefold)
    name_ix = PrefixIndex("name")
    language = models.CharField(max_length=5, default="en")

    class Meta:
        app_label = "vault"
        apps = registry


class Purchase(SealedModel):
    person = models.ForeignKey(Person, models.CASCADE, related_name="purchases")
    serial = models.CharField(max_length=20)
    bought: date = SealedField(
        models.DateField(), of="person", field_id="test.purchase.bought", category="equipment.purchase"
    )

    class Meta:
        app_label = "vault"
        apps = registry


class Talk(SealedModel):
    purchase = models.ForeignKey(Purchase, models.CASCADE)
    text = SealedField(
        models.TextField(), of="purchase__person", field_id="test.talk.text", category="support.content"
    )
    details = SealedField(
        models.JSONField(),
        of="purchase__person",
        field_id="test.talk.details",
        category="support.content",
        null=True,
    )

    class Meta:
        app_label = "vault"
        apps = registry


class Held(SealedModel):
    """Belongs to a person or to an organisation."""

    person_id: UUID | None = models.UUIDField(null=True)
    organisation_id: UUID | None = models.UUIDField(null=True)
    since = SealedField(
        models.DateField(),
        of="person_id|organisation_id",
        field_id="test.held.since",
        category="equipment.purchase",
    )

    class Meta:
        app_label = "vault"
        apps = registry


class Ticket(models.Model):
    """Nothing sealed in itself, but its lists bring people along."""

    id = models.UUIDField(primary_key=True, default=uuid4)
    person = models.ForeignKey(Person, models.CASCADE, null=True)

    objects = SealedManager()

    class Meta:
        app_label = "vault"
        apps = registry


ALL = (Person, Purchase, Talk, Held, Ticket)
