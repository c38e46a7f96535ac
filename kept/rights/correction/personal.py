"""What correcting leaves behind: old value and new, sealed with the person they are about."""

from __future__ import annotations

from kept.core.register import declarations as register
from kept.rights.correction.models import Correction

ASKED = "rights.request"

register.holds(
    Correction,
    subject="subject",
    purposes=("requests",),
    title="What you corrected, or asked to have corrected",
    columns=dict.fromkeys(
        ("table", "attribute", "field_id", "asked_at", "decided_at", "decision", "told"), ASKED
    ),
    nobody={
        "row": "Which of your records it is about.",
        "request_id": "Which request it came with.",
        "role": "The role that decided; who it was is theirs.",
        "entity": "The company whose controller decided.",
    },
    label=lambda row: f"{row.field_id}, {row.asked_at:%-d %B %Y}",
)
register.ends(Correction, "request.closed", at="decided_at")
