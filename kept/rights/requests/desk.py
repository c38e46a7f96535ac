"""The desk's side: questions and requests that wait for their controller.

Loading it also registers what carries them out, and the public meter.
"""

from __future__ import annotations

from typing import Any

from kept.core.ledger import versions
from kept.core.register.hooks.desk import desk_panel, desk_queue
from kept.core.register.hooks.meters import meter
from kept.rights.requests import request_kinds
from kept.rights.requests.course import lateness
from kept.rights.requests.models import Request
from kept.sentences import sentence

ROLES = ("controller", "officer")
ANSWERING = ("controller",)
"""Only they may read what somebody wrote; the officer sees the board and its days."""
HELPING = ("support", "sales")
"""Those to whom somebody may say it in the middle of something else."""

meter("requests")(lateness.figures)


def regions_of(role: str, entity: str) -> list[str]:
    """Whose requests a post sees: a controller those of their own company, the privacy officer
    everybody's.
    """
    company = versions.current().policy.company
    return [region.id for region in company.regions.values() if role == "officer" or region.entity == entity]


@desk_queue("requests", title=sentence("Requests"), roles=ROLES, url="desk-requests")
def waiting(reader: Any) -> int:
    return Request.objects.open().filter(region__in=regions_of(reader.role, reader.entity)).count()


@desk_panel(
    "privacy-request",
    title=sentence("A right is asked for?"),
    roles=HELPING,
    purposes=HELPING,
    template="requests/desk/panel.html",
)
def recognise(matter: Any, person: Any) -> dict[str, Any]:
    """The button that turns what was said into a request."""
    return {"matter": matter, "kinds": request_kinds.choices()}
