"""The one door out: mail and disclosures.

What leaves names its recipient and purpose, and stands in the ledger before it goes.
"""
