"""Receipts lead to nobody: they may outlive the person they were given to."""

from __future__ import annotations

from kept.core.register import declarations as register
from kept.rights.receipts.models import Receipt
from kept.sentences import sentence

register.nobody(
    Receipt,
    because=sentence(
        "Signed texts about what was done, to a random number made for each. They name nobody, and lead to"
        " nobody."
    ),
)
