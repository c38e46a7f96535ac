"""How often is enough: orders from one machine without an ID, and codes typed on one."""

from __future__ import annotations

from datetime import timedelta

from kept.accounts.limits.rate_limits import Limit

PLACED = Limit("orders-placed", 20, timedelta(hours=1))
CODES = Limit("orders-codes", 30, timedelta(minutes=15))
