"""The comparison as Django's system checks: run by ``manage check``, by wsgi.py, by the worker and after
``migrate``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core import checks
from django.db import DatabaseError

from kept.core.register.checking.check import findings
from kept.core.register.checking.findings import Finding, Level

TAG = "kept"
_SHAPES = {Level.STRUCTURAL: checks.Error, Level.DATED: checks.Warning, Level.NOTICE: checks.Info}


@checks.register(TAG)
def the_two_statements(databases: Sequence[str] | None = None, **options: Any) -> list[checks.CheckMessage]:
    """One message for each finding. Structural ones are errors, so nothing starts.

    Without ``databases`` it is silent, as Django's own checks of a database are.
    """
    if not databases:
        return []
    try:
        return [_message(finding) for finding in findings()]
    except DatabaseError as wrong:
        return [
            checks.Error(
                f"The database did not answer ({type(wrong).__name__}).",
                hint="Start it, and check again.",
                id="kept.E018",
            )
        ]


def _message(finding: Finding) -> checks.CheckMessage:
    return _SHAPES[finding.level](finding.message, hint=finding.hint or None, id=finding.id)
