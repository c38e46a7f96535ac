"""Both are about staff: whoever looked at a safeguard, and whoever broke a rule."""

from __future__ import annotations

from django.utils import timezone

from kept.accounts.models import StaffMember
from kept.core.register import declarations as register
from kept.core.register.terms.event_dates import Latest
from kept.promises.safeguards.models import Infringement, Review
from kept.sentences import day, sentence

WORK = "work.record"

register.holds(
    Review,
    subject="person",
    purposes=("staff",),
    title=sentence("Safeguards you looked at"),
    columns={"safeguard": WORK, "looked_at": WORK},
    label=lambda row: f"{row.safeguard}, {day(timezone.localtime(row.looked_at))}",
)
register.holds(
    Infringement,
    subject="person",
    purposes=("staff",),
    title=sentence("Rules that were broken"),
    columns={"rule": WORK, "named": WORK, "happened_on": WORK, "recorded_at": WORK},
    nobody={"entity": "Which company of the group it happened in."},
    label=lambda row: f"{row.rule}, {day(row.happened_on)}",
)
for kept in (Review, Infringement):
    register.ends(
        kept,
        "employment.ended",
        at=Latest(StaffMember, link="user__person", at="until", outer="person_id"),
    )
