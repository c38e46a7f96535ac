"""How often is enough: cases from one machine, codes typed on one, mails to one typed address."""

from __future__ import annotations

from datetime import timedelta

from kept.accounts.limits.rate_limits import Limit

SENT = Limit("support-sent", 10, timedelta(hours=1))
WRITTEN = Limit("support-written", 30, timedelta(hours=1))
"""Messages written in cases by one person, or from one machine without an ID."""
CODES = Limit("support-codes", 30, timedelta(minutes=15))
MAILS = Limit("support-mails", 5, timedelta(days=1))
