"""The same customer twice: sealed, and in plain columns.

In a registry apart, so that no check takes them for the portal's.
"""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar
from uuid import UUID, uuid4

from django.apps.registry import Apps
from django.db import connection, models
from django.utils import timezone

from kept.core.vault import gate
from kept.core.vault.columns.fields import SealedField, SealedModel
from kept.core.vault.readers import Job, SystemReader
from kept.core.vault.subject_keys import keys

registry = Apps()
JOB = "bench"


class SealedCustomer(SealedModel):
    name = SealedField(
        models.CharField(max_length=200), of="self", field_id="bench.name", category="identity.name"
    )
    email = SealedField(models.EmailField(), of="self", field_id="bench.email", category="contact.email")
    since = models.DateField()
    position = models.IntegerField(db_index=True)

    class Meta:
        app_label = "bench"
        apps = registry


class PlainCustomer(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid4)
    name = models.CharField(max_length=200)
    email = models.EmailField()
    since = models.DateField()
    position = models.IntegerField(db_index=True)

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        app_label = "bench"
        apps = registry

    def __str__(self) -> str:
        return "plain customer"


class SealedNote(SealedModel):
    """One of many rows of one person."""

    person_id = models.UUIDField(db_index=True)
    text = SealedField(models.TextField(), of="person_id", field_id="bench.note", category="identity.name")

    class Meta:
        app_label = "bench"
        apps = registry


class PlainNote(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid4)
    person_id = models.UUIDField(db_index=True)
    text = models.TextField()

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        app_label = "bench"
        apps = registry

    def __str__(self) -> str:
        return "plain note"


class PlainPerson(models.Model):
    """What a person would be without seals: an address with an ordinary index."""

    id = models.UUIDField(primary_key=True, default=uuid4)
    name = models.CharField(max_length=200)
    email = models.EmailField(db_index=True)

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        app_label = "bench"
        apps = registry

    def __str__(self) -> str:
        return "plain person"


def create(*kinds: type[models.Model]) -> None:
    """Empty tables for these, whether or not there were any."""
    there = connection.introspection.table_names()
    with connection.schema_editor() as editor:
        for kind in kinds:
            if kind._meta.db_table in there:
                editor.delete_model(kind)
            editor.create_model(kind)


def job(purpose: str = "account") -> gate.purpose:
    """The bench's own act, as a job of the program."""
    return gate.purpose(purpose, reader=SystemReader(job=JOB), about=Job(JOB), source="sign-up")


def customers(many: int, *, first: int = 0) -> list[dict[str, Any]]:
    """What both twins are made of."""
    today: date = timezone.localdate()
    return [
        {
            "id": uuid4(),
            "name": f"Alice Lambert {number}",
            "email": f"alice.{number}@example.com",
            "since": today,
            "position": number,
        }
        for number in range(first, first + many)
    ]


def enrol(values: list[dict[str, Any]]) -> list[UUID]:
    ids = [one["id"] for one in values]
    keys.enrol_many(ids, "cet-power")
    return ids


def fill(many: int) -> list[UUID]:
    """The same rows in both tables."""
    values = customers(many)
    ids = enrol(values)
    with job():
        SealedCustomer.objects.bulk_create([SealedCustomer(**one) for one in values])
    PlainCustomer.objects.bulk_create([PlainCustomer(**one) for one in values])
    return ids
