"""What touchpoints to come will hold: invoices a law keeps, and posts others see.

In a registry apart, so that no check takes them for the portal's.
"""

from __future__ import annotations

from django.apps.registry import Apps
from django.db import models

from kept.core.vault.columns.fields import SealedField, SealedModel

registry = Apps(["kept.rights.erasure"])


class Invoice(SealedModel):
    keeper = models.UUIDField(db_index=True)
    buyer = models.UUIDField(null=True)
    country = models.CharField(max_length=2)
    issued = models.DateField()
    number = SealedField(
        models.CharField(max_length=20), of="keeper", field_id="test.invoice.number", category="order.content"
    )
    wish = SealedField(
        models.CharField(max_length=200),
        of="keeper",
        field_id="test.invoice.wish",
        category="order.content",
        null=True,
    )

    class Meta:
        app_label = "erasure"
        apps = registry


class Post(models.Model):
    author = models.UUIDField(null=True, db_index=True)
    text = models.TextField()

    class Meta:
        app_label = "erasure"
        apps = registry


ALL = (Invoice, Post)
