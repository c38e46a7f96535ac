"""What work at the desk keeps: matters, and what was opened in them."""

from __future__ import annotations

from django.utils import timezone

from kept.core.register import declarations as register
from kept.desk.models import Matter, Reveal

WORDS = "One of our own words, from a short list."
STAFF = "Role and company of the member of staff; who they are is theirs, and stands in their own record."

register.touchpoint("desk", purposes=("support", "sales"))
register.holds(
    Matter,
    subject=("keeper", "person_id"),
    purposes=("support", "sales"),
    title="Matters: when you got in touch",
    columns={
        "number": "support.content",
        "purpose": "support.content",
        "channel": "support.content",
        "opened_at": "support.content",
        "closed_at": "support.content",
    },
    purposes_of={"text": ("support",), "enquiry": ("sales",)},
    clear={"purpose": WORDS, "channel": WORDS},
    nobody={"opener": STAFF, "role": STAFF, "entity": STAFF, "worked_at": "Keeps the matter open for an hour."},
    label=lambda matter: f"Matter {matter.number}, {timezone.localtime(matter.opened_at):%-d %B %Y}",
)
register.holds(
    Reveal,
    subject="person",
    purposes=("support", "sales"),
    title="What was opened for a reason",
    columns={"field": "support.content", "at": "support.content", "until": "support.content"},
    clear={"field": "One of our own words for a kind of data, never the data."},
    nobody={"matter_id": "Which matter it was opened in."},
    label=lambda reveal: f"{timezone.localtime(reveal.at):%-d %B %Y, %H:%M}",
)
register.unlinks(Matter, "opener")
