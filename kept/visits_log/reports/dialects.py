"""The reports in the dialect of an engine on many machines: the same named SQL, translated, over the same
Parquet. Needs the extra ``cluster``.
"""

from __future__ import annotations

from collections.abc import Iterator

import sqlglot

from kept.visits_log.reports.listed import REPORTS
from kept.visits_log.storing.sql import statement

DIALECTS = ("spark", "trino")


def translated(sql: str, dialect: str) -> str:
    """One statement of DuckDB's. Raises sqlglot's errors for what the other engine cannot say."""
    (found,) = sqlglot.transpile(
        sql, read="duckdb", write=dialect, unsupported_level=sqlglot.ErrorLevel.RAISE
    )
    return found


def every() -> Iterator[tuple[str, str]]:
    """(its file without ``.sql``, text) of every named report, exact and from the months' sums."""
    for kind in ("exact", "rolled"):
        for name in REPORTS:
            yield f"{kind}/{name}", statement(f"reports/{kind}/{name}.sql")
