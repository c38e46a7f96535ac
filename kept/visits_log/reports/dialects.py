"""The reports in the dialect of an engine on many machines: the same named SQL, translated, over the same
Parquet. Needs the extra ``cluster``.
"""

from __future__ import annotations

from collections.abc import Iterator

import sqlglot

from kept.visits_log.dimensions import REPORTS
from kept.visits_log.reports import statements

DIALECTS = ("spark", "trino")


def translated(sql: str, dialect: str) -> str:
    """One statement of DuckDB's. Raises sqlglot's errors for what the other engine cannot say."""
    (found,) = sqlglot.transpile(
        sql, read="duckdb", write=dialect, unsupported_level=sqlglot.ErrorLevel.RAISE
    )
    return found


def every() -> Iterator[tuple[str, str]]:
    """("exact/pages", its text) of every named report, exact and from the months' sums."""
    for kind, worded in (("exact", statements.exact), ("rolled", statements.rolled)):
        for name, report in REPORTS.items():
            yield f"{kind}/{name}", worded(report)
