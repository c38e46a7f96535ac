"""Witnesses: whoever signs that a ledger was only ever continued, and how the portal asks them (C2SP
tlog-witness).
"""
