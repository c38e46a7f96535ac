"""What the code says of itself, and the check that compares it with the policy."""

from kept.core.register.correction_rules import corrects
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
