"""The rows of the vault that hold nothing sealed: keys, and the coarse tokens of names."""

from __future__ import annotations

from typing import Any

from django.db import models

from kept.core.vault.errors import SealRefused


class WrappedKey(models.BinaryField):
    """A person's key under the master key.

    A dump of it would outlive an erasure, so it refuses to be dumped.
    """

    def value_to_string(self, obj: models.Model) -> str:
        raise SealRefused(
            "Key rows are never dumped: a dump would remember what was forgotten. Use `kept backup`."
        )

    def value_from_object(self, obj: models.Model) -> Any:
        return self.value_to_string(obj)


class KeyRow(models.Model):
    """One data subject, a person or an organisation.

    Destroying this row shreds everything sealed under it, everywhere.
    """

    standing = models.OneToOneField(
        "consent.StandingRow", models.PROTECT, primary_key=True, db_column="subject", related_name="+"
    )
    wrapped = WrappedKey()
    # The ledger knows a subject by this name alone; without the row it leads nowhere.
    alias = models.BinaryField(max_length=16, unique=True)
    controller = models.CharField(max_length=60)

    def __str__(self) -> str:
        return "key row"


class Token(models.Model):
    """That a word of a row begins with something that falls into this bucket.

    Coarse on purpose: see indexes.py.
    """

    index = models.CharField(max_length=60)
    token = models.IntegerField()
    row = models.UUIDField()
    subject = models.UUIDField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("index", "token", "row"), name="vault_token_once")]
        indexes = [models.Index(fields=("index", "row"), name="vault_token_row")]

    def __str__(self) -> str:
        return "token"
