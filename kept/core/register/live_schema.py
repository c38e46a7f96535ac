"""The tables and columns the database really has, third-party and forgotten ones included, and whether it is
behind the code.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Mapping

from django.apps import apps
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder

# table_xinfo also lists generated columns; PostgreSQL's materialized views ('m') are stored copies, so they
# count as tables.
_COLUMNS = {
    "sqlite": (
        "SELECT m.name, c.name FROM sqlite_master m JOIN pragma_table_xinfo(m.name) c WHERE m.type = 'table'"
        " AND m.name NOT LIKE 'sqlite_%'"
    ),
    "postgresql": (
        """
        SELECT t.relname, c.attname FROM pg_class t JOIN pg_attribute c ON c.attrelid = t.oid
        WHERE t.relkind IN ('r', 'p', 'm', 'f') AND c.attnum > 0 AND NOT c.attisdropped
        AND t.relnamespace IN (SELECT oid FROM pg_namespace WHERE nspname = ANY (current_schemas(false)))
    """
    ),
}


def columns_by_table() -> Mapping[str, frozenset[str]]:
    """{table: its columns}. Raises DatabaseError when the database does not answer."""
    found: dict[str, set[str]] = defaultdict(set)
    with connection.cursor() as cursor:
        cursor.execute(_COLUMNS[connection.vendor])
        for table, column in cursor.fetchall():
            found[table].add(column)
    return {table: frozenset(columns) for table, columns in found.items()}


def migrations_wait() -> bool:
    """Whether the database is behind the code.

    A column the code has dropped may then still be there, rightly.

    The code's side is worked out once for the files there are; what the database has applied is asked each
    time. Raises DatabaseError.
    """
    files, applied = _migration_files(), _applied()
    if _up_to_date != [(files, applied)]:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return True
        # Between the two looks somebody may have migrated: then the answer is about neither.
        if applied == _applied():
            _up_to_date[:] = [(files, applied)]
    return False


_up_to_date: list[tuple[frozenset[str], frozenset[tuple[str, str]]]] = []


def _migration_files() -> frozenset[str]:
    """Every file in which a migration may stand.

    Django reads each of them once for a process, and finds new ones by their names.
    """
    folders = [os.path.join(app.path, "migrations") for app in apps.get_app_configs()]
    return frozenset(
        os.path.join(folder, name)
        for folder in folders
        if os.path.isdir(folder)
        for name in os.listdir(folder)
    )


def _applied() -> frozenset[tuple[str, str]]:
    return frozenset(MigrationRecorder(connection).applied_migrations())
