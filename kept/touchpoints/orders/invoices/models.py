"""An invoice or a credit note, and the counter its number comes from."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from kept.core.vault.columns.fields import SealedField, SealedManager, SealedModel
from kept.sentences import sentence


class Counter(models.Model):
    """The last number given in a year by a company of the group. Whoever takes the next one locks the row."""

    entity = models.CharField(max_length=60)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["entity", "year"], name="one_counter_a_year")
        ]

    def __str__(self) -> str:
        return f"{self.entity} {self.year}: {self.last}"


class Invoice(SealedModel):
    """``keeper``: whose key seals it: the buyer's, after an erasure the law's own. ``buyer``: who bought.

    What it says is written down when it is issued, and never changes: a credit note takes it back.
    """

    class Kind(models.TextChoices):
        INVOICE = "invoice", sentence("Invoice")
        CREDIT = "credit", sentence("Credit note")

    keeper = models.UUIDField(db_index=True)
    buyer = models.UUIDField(null=True, db_index=True)
    order = models.ForeignKey("orders.Order", null=True, on_delete=models.SET_NULL, related_name="invoices")
    corrects = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="corrected_by")
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.INVOICE)
    entity = models.CharField(max_length=60)
    # The country whose law keeps it: the seller's.
    country = models.CharField(max_length=2)
    year = models.PositiveSmallIntegerField()
    serial = models.PositiveIntegerField()
    issued = models.DateField()
    # The last day of its year, from which the law counts.
    counts_from = models.DateField(db_index=True)
    language = models.CharField(max_length=8)
    name = SealedField(
        models.CharField(max_length=200),
        of="keeper",
        field_id="invoice.name",
        category="identity.name",
        null=True,
    )
    company = SealedField(
        models.JSONField(),
        of="keeper",
        field_id="invoice.company",
        category="identity.organisation",
        null=True,
    )
    address = SealedField(
        models.JSONField(), of="keeper", field_id="invoice.address", category="contact.address", null=True
    )
    # Lines, rates, amounts, the order's number and the buyer's own: all that tax law asks of a paper.
    content = SealedField(
        models.JSONField(), of="keeper", field_id="invoice.content", category="order.content", null=True
    )

    objects: ClassVar[SealedManager] = SealedManager()

    class Meta(SealedModel.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["entity", "year", "serial"], name="one_paper_a_number")
        ]

    @property
    def number(self) -> str:
        """Like 2026-000017, counted by company and year."""
        return f"{self.year}-{self.serial:06d}"
