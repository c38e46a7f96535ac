"""Whether everything held has an end: for each purpose somebody says when its event happened, and each value
can go when its time comes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.core.exceptions import FieldDoesNotExist, FieldError

from kept.core.policy.model import Policy
from kept.core.register.checking.findings import Finding
from kept.core.register.declarations import DECLARED, Detail, Ends
from kept.core.register.inventory import Kind, Table, columns_of, models_by_table, table_name
from kept.core.register.terms import event_dates
from kept.core.register.terms.lifetimes import reasons


def without_end(policy: Policy, tables: Iterable[Table]) -> Iterator[Finding]:
    """Purposes of a table whose event nobody declared.

    Each once, with the first column that is held for it.
    """
    for table in tables:
        if table.holds is None or table.model is None:
            continue
        seen: set[str] = set()
        for column in table.columns:
            for purpose in reasons(policy, table, column) if column.personal else ():
                if purpose.from_event not in seen and not event_dates.said_of(table.name, purpose.from_event):
                    seen.add(purpose.from_event)
                    yield Finding(
                        "kept.E019",
                        f"{table.called}.{column.attribute} is held for {purpose.id} until"
                        f" {purpose.kept_until()}, and nothing says when that was.",
                        f'Write register.ends({table.called.rpartition(".")[2]}, "{purpose.from_event}",'
                        f" at=…) in {table.holds.place}, or take the purpose out.",
                    )


def without_place_to_go(policy: Policy, tables: Iterable[Table]) -> Iterator[Finding]:
    """Sealed values that die before their row, and cannot be emptied.

    What is not sealed is the row's own record, and goes with it.
    """
    for table in tables:
        if table.holds is None or table.model is None:
            continue
        personal = [column for column in table.columns if column.personal]
        sealed = [column for column in personal if column.kind is Kind.SEALED]
        whole = {purpose.id for column in personal for purpose in reasons(policy, table, column)}
        fields = {field.attname: field for field in columns_of(table.model)}
        for column in sealed:
            missing = whole - {purpose.id for purpose in reasons(policy, table, column)}
            if missing and not fields[column.attribute].null:
                yield Finding(
                    "kept.E020",
                    f"{table.called}.{column.attribute} outlives its purposes: its row is held for"
                    f" {', '.join(sorted(missing))} too, and it cannot be empty.",
                    f"Let it be null, or hold it for the same purposes as its row in {table.holds.place}.",
                )


def misdeclared() -> Iterator[Finding]:
    """``register.ends`` and its companions about tables, columns and paths that are not there."""
    owned = models_by_table()
    every: list[Ends | Detail] = [*DECLARED.ends, *DECLARED.details]
    for said in every:
        model = owned.get(table_name(said.target))
        if model is None:
            yield Finding(
                "kept.E003",
                f"{said.place} says when {table_name(said.target)} ends, and no installed model owns that"
                " table.",
                "Name the model or its table as it is, or take the declaration out.",
            )
    for end in DECLARED.ends:
        model = owned.get(table_name(end.target))
        try:
            if model is not None:
                str(model._base_manager.annotate(kept_0=event_dates.moment(model, end)).values("pk").query)
        except (FieldDoesNotExist, FieldError, ValueError, TypeError, LookupError) as wrong:
            yield Finding(
                "kept.E003",
                f"{end.place}: the time of {end.event} does not lead anywhere ({wrong}).",
                "Write a look-up path to a date or a time.",
            )
