"""What a model is made of. One import for whoever declares one:

    class Person(SealedModel): name = SealedField(CharField(max_length=200), of="self",
    field_id="person.name", category="identity.name") email = SealedField(EmailField(), of="self",
    field_id="person.email", category="contact.email") email_ix = BlindIndex("email", normalize=casefold)
    name_ix = PrefixIndex("name")

A path, a category and a stable id for each field; the rest is an ordinary Django field.
"""

from __future__ import annotations

from kept.core.vault.columns.base import SealedModel
from kept.core.vault.columns.case_folding import casefold, fold
from kept.core.vault.columns.field import SealedField
from kept.core.vault.columns.indexes import BlindIndex, PrefixIndex
from kept.core.vault.columns.query import SealedManager, SealedQuerySet

__all__ = [
    "BlindIndex",
    "PrefixIndex",
    "SealedField",
    "SealedManager",
    "SealedModel",
    "SealedQuerySet",
    "casefold",
    "fold",
]
