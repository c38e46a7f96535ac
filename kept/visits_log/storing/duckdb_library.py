"""DuckDB, loaded when something first asks it: it takes 27 MiB of every process, and most never draw a
report.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kept.lazy_module import LazyModule

if TYPE_CHECKING:
    import duckdb as duckdb
else:
    duckdb = LazyModule("duckdb")
