"""First half of the check: what the code and the database hold, against what the policy covers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from django.apps import apps
from django.db import models

from kept.core.policy.model import Policy
from kept.core.register.checking.findings import Finding
from kept.core.register.declarations import DECLARED, Holds
from kept.core.register.dormancy import dormant
from kept.core.register.inventory import (
    Column,
    Kind,
    Table,
    columns_of,
    models_by_table,
    names_of,
    table_name,
)

# A right uses everything and justifies holding nothing, but for what the right itself brings forth: requests
# and copies.
OF_A_RIGHT = "rights."
NEVER_CLEAR = (
    "identity.name",
    "contact.email",
    "contact.phone",
    "contact.address",
    "support.",
    "sales.",
    "research.",
)


def undeclared(tables: Iterable[Table]) -> Iterator[Finding]:
    """Every model field that nothing classifies."""
    for table in tables:
        sealed = [column for column in table.columns if column.kind is Kind.SEALED]
        if table.because and sealed:
            yield Finding(
                "kept.E003",
                f"{table.called} is declared nobody's, but {sealed[0].attribute} is sealed: it belongs to a"
                " person.",
                f"Declare it with register.holds in {personal_file(table)}.",
            )
        elif not table.declared:
            yield Finding(
                "kept.E002",
                f"{table.called} is not declared: nothing says whose data it holds.",
                _declare_table(table),
            )
        else:
            for column in table.columns:
                if column.kind is Kind.UNDECLARED:
                    yield Finding(
                        "kept.E001",
                        f"{table.called}.{column.attribute} belongs to a person, but nothing says what"
                        " it is.",
                        f"Declare its category in {personal_file(table)}.",
                    )


def surplus(tables: Iterable[Table], live: Mapping[str, frozenset[str]]) -> Iterator[Finding]:
    """Every table and column of the database that no model and no declaration explains."""
    known = {table.name: table for table in tables}
    for name in sorted(live):
        table = known.get(name)
        if table is None:
            hint = (
                "Drop it, or declare it with register.holds or register.nobody in the personal.py of the app"
                " that made it."
            )
            yield Finding(
                "kept.E002",
                f"The database has a table {name} that is not declared: nothing says whose data it holds.",
                hint,
            )
        elif table.model is not None:
            for column in sorted(live[name] - {column.name for column in table.columns}):
                yield Finding(
                    "kept.E001",
                    f"The database has a column {name}.{column} that nothing declares.",
                    f"Drop it, or give {table.called} a field for it and declare its category in"
                    f" {personal_file(table)}.",
                )


def misdeclared() -> Iterator[Finding]:
    """Declarations about what is not there, or made twice."""
    owned = models_by_table()
    times = Counter(
        table_name(target)
        for target in (*(said.target for said in DECLARED.holds), *(said.target for said in DECLARED.nobody))
    )
    for name, count in times.items():
        if count > 1:
            yield Finding(
                "kept.E003",
                f"{name} is declared {count} times.",
                "Keep one of register.holds and register.nobody.",
            )
    for said in DECLARED.holds:
        model = owned.get(table_name(said.target))
        if model is None:
            yield Finding(
                "kept.E003",
                f"{said.place} declares {table_name(said.target)}, and no installed model owns that table.",
                "Name the model or its table as it is, or take the declaration out.",
            )
        else:
            yield from _unknown_names(said, model)


def uncovered(policy: Policy, tables: Iterable[Table]) -> Iterator[Finding]:
    """Everything held needs a category of the policy, a purpose that uses it, and by that a retention."""
    for table in tables:
        for column in table.columns:
            if column.personal and table.holds:
                yield from _covered(
                    policy,
                    f"{table.called}.{column.attribute}",
                    column.category,
                    column.purposes,
                    table.holds.place,
                )
    for stored in DECLARED.files:
        yield from _covered(
            policy, f"The files “{stored.title}”", stored.category, stored.purposes, stored.place
        )


def in_the_clear(tables: Iterable[Table]) -> Iterator[Finding]:
    """Plain text columns whose category must be sealed, unless the declaration says why it is not."""
    for table in tables:
        if table.holds and table.model:
            fields = {field.attname: field for field in columns_of(table.model)}
            for column in table.columns:
                if (
                    column.kind is Kind.PLAIN
                    and _must_be_sealed(column, fields[column.attribute])
                    and not _excused(column, table.holds)
                ):
                    yield Finding(
                        "kept.E014",
                        f"{table.called}.{column.attribute} holds {column.category} in the clear.",
                        "Make it a SealedField, or say why it cannot be one: clear={...} in"
                        f" {table.holds.place}.",
                    )


def personal_file(table: Table) -> str:
    """Where a table is declared: the personal.py of its own app, or the place that speaks for a library's
    tables.
    """
    if table.holds:
        return table.holds.place
    config = apps.get_app_config(table.model._meta.app_label) if table.model else None
    if config is None or not config.name.startswith("kept."):
        return "accounts/personal.py"
    if config.name.startswith("kept.core."):
        return "core/register/core_tables.py"
    return f"{config.name.removeprefix('kept.').replace('.', '/')}/personal.py"


def _declare_table(table: Table) -> str:
    return f"Declare it with register.holds or register.nobody in {personal_file(table)}."


def _unknown_names(said: Holds, model: type[models.Model]) -> Iterator[Finding]:
    known = {name for field in columns_of(model) for name in names_of(field)}
    for name in [*said.columns, *said.nobody, *said.purposes_of, *said.clear]:
        if name not in known:
            yield Finding(
                "kept.E003",
                f"{said.place} declares {model._meta.label}.{name}, and there is no such field.",
                "Take it out, or mend its name.",
            )
    for path in said.subject:
        try:
            model._base_manager.filter(**{f"{'pk' if path == 'self' else path}__isnull": False})
        except Exception as wrong:
            yield Finding(
                "kept.E003",
                f"{said.place}: {path} does not lead from {model._meta.label} to a person ({wrong}).",
                "Write a look-up path that ends at the subject's UUID.",
            )


def _covered(
    policy: Policy, what: str, category: str, purposes: tuple[str, ...], place: str
) -> Iterator[Finding]:
    if category not in policy.categories:
        yield Finding(
            "kept.E004",
            f"{what} holds {category} ({place}), and categories.toml does not name it.",
            "Add it to categories.toml, or correct the category in the code.",
        )
        return
    known = [policy.purposes[id] for id in purposes if id in policy.purposes]
    covering = [
        purpose
        for purpose in known
        if category in purpose.uses and (not purpose.right or category.startswith(OF_A_RIGHT))
    ]
    if not covering:
        named = ", ".join(purposes) or "no purpose"
        yield Finding(
            "kept.E005",
            f"{what} holds {category} for {named} ({place}), and no such purpose in purposes.toml uses it.",
            f"Add {category} to the uses of a purpose it is held for, or stop holding it.",
        )
    elif all(map(dormant, covering)):
        yield Finding(
            "kept.E006",
            f"{what} holds {category} ({place}) only for purposes whose touchpoint is not installed: nothing"
            " says until when.",
            "Install the touchpoint, or declare a purpose that is at work.",
        )


def _must_be_sealed(column: Column, field: models.Field) -> bool:
    text = isinstance(field, models.CharField | models.TextField | models.JSONField)
    return isinstance(field, models.EmailField) or (text and column.category.startswith(NEVER_CLEAR))


def _excused(column: Column, said: Holds) -> bool:
    return bool({column.name, column.attribute} & said.clear.keys())
