"""An installation as an older version left it, for the tests of what comes after it."""

from __future__ import annotations

# No release before the sums (``replaces``) wrote one down.
BEFORE_THE_SUMS = """
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
executor, recorder = MigrationExecutor(connection), MigrationRecorder(connection)
recorder.ensure_schema()
for key in executor.loader.replacements:
    recorder.record_unapplied(*key)
executor.loader = MigrationLoader(connection, replace_migrations=False)
"""
BEFORE_THE_LAST = BEFORE_THE_SUMS + 'executor.migrate([("operations", "0001_initial")])\n'
"""The tables of the release without a table of backups."""
