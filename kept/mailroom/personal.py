"""What the mailroom keeps: of nobody known."""

from __future__ import annotations

from kept.core.register import declarations as register
from kept.mailroom.models import ReceivedMail

register.nobody(
    ReceivedMail,
    because=(
        "When a mail came and which room has it; its content lies sealed in the spool until a room has"
        " taken it, and whose it is nobody has looked."
    ),
)
