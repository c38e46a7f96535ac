"""What the outbox keeps: mail until it is delivered, and afterwards only that it was."""

from __future__ import annotations

from kept.core.register import declarations as register
from kept.outbox.delivery import PROVIDER
from kept.outbox.models import Message

CLERICAL = "How the delivery went, in our own words."

register.holds(
    Message,
    subject="subject",
    purposes=("account", "security", "registration", "safety", "own-data", "support", "requests"),
    title="Mail we sent you",
    columns={
        "queued_at": "message.content",
        "delivered_at": "message.content",
        "template": "message.content",
        "purpose": "message.content",
        "recipient": "message.content",
    },
    nobody={
        "due_at": CLERICAL,
        "attempts": CLERICAL,
        "trouble": CLERICAL,
        "given_up_at": CLERICAL,
    },
    label=lambda message: f"{message.queued_at:%-d %B %Y}, {message.template.rpartition('/')[2].removesuffix('.txt').replace('_', ' ')}",
)
register.recipient(
    PROVIDER,
    purposes=("account", "security", "registration", "safety", "own-data", "support", "requests"),
    categories=("contact.email", "message.content"),
)
