"""What requests through agents keep.

The words lie in the request; here are states, days, and what the agent needs to be told.
"""

from __future__ import annotations

from django.db.models import Q
from django.utils import timezone

from kept.core.register import declarations as register
from kept.rights.agents.models import Callback, Exercise, Seen, Token
from kept.sentences import sentence

ASKED = "rights.request"
CLERICAL = "How far the work has come, in our own words."

register.holds(
    Exercise,
    subject="request__keeper",
    purposes=("requests",),
    title=sentence("What agents asked in your name"),
    columns=dict.fromkeys(
        (
            "agent",
            "exercise",
            "regime",
            "received_at",
            "status",
            "reason",
            "details",
            "changed_at",
            "verify_until",
            "identified_at",
            "carried_at",
            "results_until",
            "results_taken_at",
            "ended_at",
        ),
        ASKED,
    ),
    nobody={
        "request_id": "The request it is about.",
        "number": "A keyed hash of the agent's own number for it.",
        "said": (
            "The agent's own number for it and the address where it is told, sealed; both are the agent's."
        ),
        "claims": (
            "What the agent said, sealed until it is sure who the person is, and emptied then: the same words"
            " stand in the request."
        ),
        "code": "A keyed hash of the code that was mailed.",
        **dict.fromkeys(("expected", "due_at", "attempts", "code_until", "codes_sent", "tries"), CLERICAL),
    },
    label=lambda row: sentence(
        "{exercise} through {agent}, {day}",
        exercise=row.exercise,
        agent=row.agent,
        day=timezone.localtime(row.received_at).date(),
    ),
)
register.nobody(
    Callback, because="That an agent is to be told a status, and how that went. The status names nobody."
)
register.nobody(Token, because="The tokens agents speak with, hashed. Agents are organisations.")
register.nobody(Seen, because="Hashes of messages that were taken, until they expire.")
# The agent must still be told that it is done. What leads to the person went with the request; the row stays
# as nobody's.
register.erases(Exercise, "forget")
register.ends(Exercise, "request.closed", at="request__closed_at")
register.born(Exercise, at="received_at")
register.spares(Exercise, Q(ended_at=None))
