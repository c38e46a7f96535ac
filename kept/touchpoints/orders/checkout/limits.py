"""How often is enough: orders from one machine without an ID, or of one ID; their mails; codes typed."""

from __future__ import annotations

from datetime import timedelta

from kept.accounts.limits.rate_limits import Limit

PLACED = Limit("orders-placed", 20, timedelta(hours=1))
CONFIRMED = Limit("orders-confirmed", 10, timedelta(hours=1))
"""Orders without an ID whose confirmation goes to one letter box."""
CODES = Limit("orders-codes", 30, timedelta(minutes=15))
