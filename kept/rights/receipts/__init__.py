"""Signed receipts for a choice, an erasure, a request: given once, verified by anyone, with nothing in them
that an erasure would have to reach.
"""
