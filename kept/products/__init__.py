"""The catalogue: products by market, their figures with units, their documents.

It belongs to nobody: no personal data lives here.
"""
