"""What this room keeps: counts. The disclosures themselves are the outbox's."""

from __future__ import annotations

from kept.core.register import declarations as register
from kept.disclosures.models import Refused

register.nobody(Refused, because="How often in a month a kind of disclosure was asked for and refused.")

register.touchpoint("disclosures", purposes=("legal-demand", "public-matter"))
