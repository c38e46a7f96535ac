"""What the code says of itself, and the check that compares it with the policy."""

from kept.core.register.declarations import (
    born,
    carries,
    cookie,
    ends,
    erases,
    file,
    hold,
    holds,
    nobody,
    recipient,
    shared,
    spares,
    touchpoint,
    unlinks,
)
from kept.core.register.hooks.correction_rules import corrects

__all__ = [
    "born",
    "carries",
    "cookie",
    "corrects",
    "ends",
    "erases",
    "file",
    "hold",
    "holds",
    "nobody",
    "recipient",
    "shared",
    "spares",
    "touchpoint",
    "unlinks",
]
