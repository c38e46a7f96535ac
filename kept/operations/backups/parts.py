"""Which archive each table belongs to, by rule.

Nothing goes unclassified: a table that no rule knows stops the backup.

*Short-lived* is what must be forgotten soon: keys, everything of sign-in, who somebody is where that lies in
the clear, the marks that find people by name or address. *Long-lived* is everything else that was declared:
what is sealed in it opens with a key of the short-lived one alone. *Anew* is what a restored portal makes for
itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import models

from kept.core.register.inventory import Kind, Table, columns_of, tables
from kept.core.vault.sealing.sealed_box import KEPT_IN
from kept.terminal import Stop

LONG, SHORT, ANEW = "long-lived", "short-lived", "anew"
_SIGN_IN = frozenset({"accounts", "account", "mfa"})
_WHO = ("identity.", "contact.")
_SHORT = {
    "vault_keyrow": "Persons' keys.",
    "vault_token": "Marks that find people by the beginnings of their names.",
    "erasure_erasure": "The one-off keys of letters that confirm an erasure.",
}
_ANEW = {
    "django_migrations": "Written by the migrations themselves.",
    "django_content_type": "Written by the migrations themselves.",
    "auth_permission": "Written by the migrations themselves.",
    "auth_group": "Empty: Kept uses the roles of the policy.",
    "auth_group_permissions": "Empty: Kept uses the roles of the policy.",
    "operations_cache": "Counts of tries, of minutes and hours.",
    "operations_jobrun": "What the worker is doing just now.",
    "vault_removedfile": "What went while a backup was made.",
    "register_proofanswer": "The proofs are asked again.",
}
_KINDS = {
    "AutoField": "number",
    "BigAutoField": "number",
    "BigIntegerField": "number",
    "IntegerField": "number",
    "SmallIntegerField": "number",
    "PositiveIntegerField": "number",
    "PositiveSmallIntegerField": "number",
    "PositiveBigIntegerField": "number",
    "FloatField": "number",
    "BinaryField": "bytes",
    "UUIDField": "uuid",
    "DateTimeField": "time",
    "DateField": "day",
    "DecimalField": "decimal",
    "BooleanField": "flag",
    "JSONField": "json",
    "CharField": "text",
    "TextField": "text",
    "SlugField": "text",
    "EmailField": "text",
    "URLField": "text",
    "DurationField": "duration",
}


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of one table, or (with ``key``) some columns of rows that are in the other archive.

    ``kinds`` run along ``columns``.
    """

    table: str
    archive: str
    columns: tuple[str, ...]
    kinds: tuple[str, ...]
    key: str = ""


def archive_of(table: Table) -> str:
    """Raises Stop for a table that nobody declared."""
    if table.name in _ANEW:
        return ANEW
    if not table.declared:
        raise Stop(
            f"Nothing says what {table.called} holds, so no archive takes it. Declare it in its room's"
            " personal.py.",
            code=1,
        )
    of_sign_in = table.model is not None and table.model._meta.app_label in _SIGN_IN
    in_the_clear = (
        any(column.name in table.holds.clear and column.category.startswith(_WHO) for column in table.columns)
        if table.holds
        else False
    )
    opens_without_a_person = table.name in KEPT_IN.values()
    return SHORT if table.name in _SHORT or of_sign_in or in_the_clear or opens_without_a_person else LONG


def parts(known: Iterable[Table] | None = None) -> list[Part]:
    """Everything that is backed up, in the order of the inventory."""
    found = []
    for table in tables() if known is None else known:
        archive = archive_of(table)
        if archive == ANEW:
            continue
        if table.model is None:
            raise Stop(
                f"The table {table.name} has no model, so it cannot be backed up. Say in"
                " operations/backups/parts.py what it is.",
                code=1,
            )
        found += _of(table, table.model, archive)
    return found


def _of(table: Table, model: type[models.Model], archive: str) -> list[Part]:
    marks = (
        {column.name for column in table.columns if column.kind is Kind.INDEX} if archive == LONG else set()
    )
    fields = {str(field.column): kind_of(field) for field in columns_of(model)}
    stays = {name: kind for name, kind in fields.items() if name not in marks}
    found = [Part(table.name, archive, tuple(stays), tuple(stays.values()))]
    if marks:
        key = str(model._meta.pk.column)
        apart = {name: kind for name, kind in fields.items() if name in marks or name == key}
        found.append(Part(table.name, SHORT, tuple(apart), tuple(apart.values()), key=key))
    return found


def kind_of(field: models.Field[Any, Any]) -> str:
    """How a column's values are spelled in an archive. Raises Stop for a type no archive knows."""
    while isinstance(field, models.ForeignKey):
        field = field.target_field
    kind = _KINDS.get(field.get_internal_type())
    if kind is None:
        raise Stop(
            f"No archive knows how to spell {field.get_internal_type()} ({field}). Say so in"
            " operations/backups/parts.py.",
            code=1,
        )
    return kind
