"""What correcting leaves behind: old value and new, sealed with the person they are about."""

from __future__ import annotations

from django.utils import timezone

from kept.core.register import declarations as register
from kept.rights.correction.models import Correction
from kept.sentences import sentence

ASKED = "rights.request"

register.holds(
    Correction,
    subject="subject",
    purposes=("requests",),
    title=sentence("What you corrected, or asked to have corrected"),
    columns=dict.fromkeys(
        ("table", "attribute", "field_id", "asked_at", "decided_at", "decision", "told"), ASKED
    ),
    nobody={
        "row": sentence("Which of your records it is about."),
        "request_id": sentence("Which request it came with."),
        "role": sentence("The role that decided; who it was is theirs."),
        "entity": sentence("The company whose controller decided."),
    },
    label=lambda row: sentence("{value}, {day}", value=row.field_id, day=timezone.localdate(row.asked_at)),
)
register.ends(Correction, "request.closed", at="decided_at")
