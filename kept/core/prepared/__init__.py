"""Statements that every request makes: put into SQL once for the process, and asked afresh each time.

Django works a query out anew at each call, which costs ten times what the database takes for a row by its
key. Only the wording is kept here, never an answer: an erasure or a withdrawal holds at once in every
process, as with any query.
"""

from __future__ import annotations

from kept.core.prepared.bulk_insert import insert_many
from kept.core.prepared.queries import Counts, Prepared, Slot, ask_all, fit, fit_all
from kept.core.prepared.writes import Statement, Sweeping, add, change, send, together, write

__all__ = [
    "Counts",
    "Prepared",
    "Slot",
    "Statement",
    "Sweeping",
    "add",
    "ask_all",
    "change",
    "fit",
    "fit_all",
    "insert_many",
    "send",
    "together",
    "write",
]
