"""What this room keeps: demands of authorities, and counts. What was handed over is the outbox's."""

from __future__ import annotations

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import pgettext_lazy

from kept.core.register import declarations as register
from kept.disclosures.authorities.models import LEGAL, PUBLIC
from kept.disclosures.models import Demand, DemandCount, Refused
from kept.rights.access import value_names
from kept.sentences import sentence

STAFF = sentence("A member of staff; who they are is theirs, and stands in their record.")
OF_A_DEMAND = (
    *("reference", "kinds", "opened_at", "granted_at", "refused_at", "told_at", "closed_at"),
    "purpose",
)

register.touchpoint("disclosures", purposes=(LEGAL, PUBLIC))
register.holds(
    Demand,
    subject="subject",
    purposes=(LEGAL, PUBLIC),
    title=sentence("Demands of authorities about you"),
    columns=dict.fromkeys(OF_A_DEMAND, "log.lookup"),
    nobody={"entity": sentence("Which company of the group decides."), "asker": STAFF, "approver": STAFF},
    label=lambda row: sentence(
        "{reference}, {day}", reference=row.reference, day=timezone.localdate(row.opened_at)
    ),
)
register.unlinks(Demand, "asker")
register.unlinks(Demand, "approver")
for purpose in (LEGAL, PUBLIC):
    register.ends(Demand, "demand.closed", at="closed_at", where=Q(purpose=purpose))
register.recipient(
    "courts-and-authorities",
    purposes=(LEGAL, PUBLIC),
    categories=("identity.name", "contact.email", "contact.phone", "contact.address"),
)
register.nobody(Refused, because="How often in a month a kind of disclosure was asked for and refused.")
register.nobody(DemandCount, because="How many demands there were in a year, and what became of them.")
register.read_by_anybody("/privacy/disclosures/")
value_names.known_as(
    pgettext_lazy("value", "Authority"),
    pgettext_lazy("value", "Basis"),
    pgettext_lazy("value", "Authenticity"),
    pgettext_lazy("value", "Refusal"),
    pgettext_lazy("value", "Kinds"),
    pgettext_lazy("value", "Granted at"),
)
