"""The tables and columns the database really has, third-party and forgotten ones included: one query."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from django.db import connection
from django.db.migrations.executor import MigrationExecutor

# table_xinfo also lists generated columns; PostgreSQL's materialized views ('m') are stored copies, so they count as tables.
_COLUMNS = {
    "sqlite": "SELECT m.name, c.name FROM sqlite_master m JOIN pragma_table_xinfo(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'",
    "postgresql": """
        SELECT t.relname, c.attname FROM pg_class t JOIN pg_attribute c ON c.attrelid = t.oid
        WHERE t.relkind IN ('r', 'p', 'm', 'f') AND c.attnum > 0 AND NOT c.attisdropped
        AND t.relnamespace IN (SELECT oid FROM pg_namespace WHERE nspname = ANY (current_schemas(false)))
    """,
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
    """Whether the database is behind the code. A column the code has dropped may then still be there, rightly."""
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
