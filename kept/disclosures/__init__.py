"""Disclosures: what is handed to whom, who approved it, and why.

``kept.disclosures.flows.disclose`` is the one call by which a room hands something over. What carries it out,
and what follows it afterwards, is the outbox's.
"""
