"""DuckDB, loaded when something first asks it: it takes 27 MiB of every process, and most never draw a
report.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import duckdb as duckdb
else:

    class _WhenAsked:
        def __getattr__(self, name: str) -> Any:
            # The import system's own lock lets one thread load it, however many ask first.
            return getattr(import_module("duckdb"), name)

    duckdb = _WhenAsked()
