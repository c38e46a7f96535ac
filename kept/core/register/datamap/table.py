"""The record of processing as CSV, RFC 4180, for the spreadsheet an authority opens it in."""

from __future__ import annotations

import csv
import io
from datetime import date

from kept.core.policy.model import Policy
from kept.core.register.datamap.activities import HEADINGS, activities, row
from kept.sentences import sentence

# A spreadsheet would take a cell that begins so for a formula, and a policy is written by people.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
CONTROLLERS = (sentence("Controller"), sentence("Address"), sentence("Contact"), sentence("Authority"))


def text(policy: Policy, at: date) -> str:
    """The controllers first, as Art. 30(1)(a) asks, then a row for each activity."""
    out = io.StringIO(newline="")
    write = csv.writer(out, lineterminator="\r\n")
    write.writerow(_safe(CONTROLLERS))
    for region in policy.company.regions.values():
        entity = policy.company.entities[region.entity]
        write.writerow(
            _safe(
                (
                    f"{entity.name}, {region.title}",
                    ", ".join(entity.address),
                    region.controller.email,
                    region.controller.authority,
                )
            )
        )
    write.writerow(())
    write.writerow(_safe(HEADINGS))
    for activity in activities(policy, at):
        write.writerow(_safe(row(policy, activity)))
    return out.getvalue()


def _safe(cells: tuple[str, ...]) -> list[str]:
    shown = map(str, cells)
    return [f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in shown]
