"""Before anything starts: a table of addresses that the operator named can be read."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core import checks

from kept.portal.regions.mmdb_tables import Table, TableError

NAMED = ("KEPT_COUNTRIES", "KEPT_PROVIDERS")


@checks.register("kept")
def tables_can_be_read(**options: Any) -> list[checks.CheckMessage]:
    """One error for each setting whose file is missing or no such table."""
    found: list[checks.CheckMessage] = []
    for name in NAMED:
        file = getattr(settings, name)
        try:
            if file is not None:
                Table(file)
        except TableError as wrong:
            found.append(checks.Error(f"{name} is wrong. {wrong}", id="regions.E001"))
    return found
