"""What is in a copy, what is not, and why: categories of the policy against categories of the file, columns
against columns.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kept.core.policy.model import Policy
from kept.core.register.inventory import Kind, tables

NEVER = _("Nothing of this kind was ever kept about you, or it was erased.")
NOT_ASKED = _("You did not choose it for this copy.")
NOBODYS = "is about nobody"


def inventory(
    policy: Policy, *, included: Mapping[str, int], chosen: Collection[str] | None
) -> dict[str, Any]:
    """``included``: category -> number of values in the file. JSON-able."""
    every = tables()
    absent = {
        id: str(NOT_ASKED if chosen is not None and id not in chosen else NEVER)
        for id in policy.categories
        if not included.get(id)
    }
    return {
        "categories_of_the_policy": len(policy.categories),
        "included": [
            {"category": id, "title": str(policy.categories[id].title), "values": count}
            for id, count in included.items()
            if count
        ],
        "not_included": [
            {"category": id, "title": str(policy.categories[id].title), "why": why}
            for id, why in absent.items()
        ],
        "columns_not_included": [
            {"table": table.name, "column": column.name, "why": str(column.because)}
            for table in every
            if table.holds
            for column in table.columns
            if column.kind not in (Kind.SEALED, Kind.PLAIN)
        ],
        "tables_about_nobody": [
            {"table": table.name, "why": str(table.because)} for table in every if table.because
        ],
        "other_people": gettext(
            "Messages and records about other people are theirs. Where one concerns you both, your part of it"
            " is in this copy."
        ),
    }
