"""How often anybody may ask: by machine, and by the address mail would go to.

Counted by the one limiter of all rooms.
"""

from __future__ import annotations

from datetime import timedelta

from kept.accounts.limits.rate_limits import SHARED, Limit, letter_box, machine

__all__ = ["CODES", "MAILS", "SENT", "SHARED", "letter_box", "machine"]

SENT = Limit("asking-sent", 10, timedelta(hours=1))
"""Questions and requests from one machine. A house behind one address asks no more than that."""
CODES = Limit("asking-codes", 30, timedelta(minutes=15))
"""Codes typed on one machine."""
MAILS = Limit("asking-mails", 5, timedelta(days=1))
"""Mails to one address that somebody typed in: whoever did may be anybody, so nobody's letter box can be
filled from here.
"""
