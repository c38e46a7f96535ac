"""What this room keeps of staff: that they were reminded. The acknowledgements themselves are the core's."""

from __future__ import annotations

from django.utils import timezone

from kept.accounts.models import StaffMember
from kept.core.register import declarations as register
from kept.core.register.terms.event_dates import Latest
from kept.promises.guidelines.models import Reminder
from kept.sentences import day, sentence

register.holds(
    Reminder,
    subject="subject",
    purposes=("staff",),
    title=sentence("Reminders of guidelines"),
    columns={"told_at": "consent.record", "times": "consent.record"},
    label=lambda row: day(timezone.localtime(row.told_at)),
)
register.ends(
    Reminder,
    "employment.ended",
    at=Latest(StaffMember, link="user__person", at="until", outer="subject"),
)
register.born(Reminder, at="told_at")
