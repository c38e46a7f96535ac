"""The sections of *Your data*: the kinds of which something is known, and the records of one of them."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from kept.core.policy.model import Policy
from kept.core.register.holdings import Holding, counted, known
from kept.core.register.terms.lifetimes import Clock
from kept.rights.access.records import Group, dated, nearness

PAGE = 25
"""So many records are shown at once."""


def sections(subject: UUID) -> list[Holding]:
    """The kinds of which something is known, as a person looks for them. One query, however many tables."""
    return sorted(known(subject), key=nearness)


def section(subject: UUID, table: str) -> Holding | None:
    """One kind, with how many records there are; None where the table is not about people."""
    return next((one for one in counted(subject) if one.table == table), None)


def start(holding: Holding, asked: int) -> int:
    """How many records stand before the page that begins with number ``asked``: where so many were deleted
    since it was linked that it would be empty, before the last page.
    """
    known = holding.known or 0
    return asked - 1 if asked <= known else max(known - 1, 0) // PAGE * PAGE


def page(holding: Holding, policy: Policy, clock: Clock, start: int = 0) -> Group:
    """Up to PAGE records, those from ``start`` on, each value with when it dies.

    Inside an act that may read them.
    """
    if start or (holding.known or 0) > PAGE:
        rows = holding.query().order_by("pk")[start : start + PAGE]
        holding = replace(holding, read=list(rows))
    return dated(holding, policy, clock)
