"""Django's ``migrate``, which afterwards lays the two statements over each other: a new column must be
declared before anything starts.
"""

from __future__ import annotations

from typing import Any

from django.core import checks
from django.core.management.base import CommandError
from django.core.management.commands.migrate import Command as Migrate

from kept.core.register.checking.check import findings
from kept.core.register.checking.checks import TAG
from kept.core.register.checking.findings import Level


class Command(Migrate):
    def check(self, *args: Any, **options: Any) -> None:
        """Before migrating, everything but our own comparison: the migration may be what mends it."""
        super().check(*args, **{"tags": sorted(checks.registry.registry.tags_available() - {TAG}), **options})

    def handle(self, *args: Any, **options: Any) -> None:
        super().handle(*args, **options)
        if options["skip_checks"]:
            return
        structural = [str(finding) for finding in findings() if finding.level is Level.STRUCTURAL]
        if structural:
            raise CommandError("\n".join(["The database is migrated, but Kept does not start:", *structural]))
