"""A visit leaves no personal data behind: what is stored of it leads to nobody."""

from __future__ import annotations

from kept.core.register import declarations as register
from kept.touchpoints.visits.pages.sheets import SHEETS

register.touchpoint("visits", purposes=("visits",))
register.read_by_anybody("/privacy/visits/", *(f"/privacy/visits/{sheet.name}/" for sheet in SHEETS))
