"""A visit leaves no personal data behind: what is stored of it leads to nobody.

One cookie, after a yes, holds the month of the last visit.
"""

from __future__ import annotations

from kept.core.register import declarations as register
from kept.touchpoints.visits import log_folder  # noqa: F401 (it declares the folder)
from kept.touchpoints.visits.pages.report_pages import SHEETS

register.touchpoint("visits", purposes=("visits",))
register.cookie("kept_seen", kind="measurement")
register.read_by_anybody(
    "/privacy/visits/", "/privacy/visits/find-me/", *(f"/privacy/visits/{sheet.name}/" for sheet in SHEETS)
)
