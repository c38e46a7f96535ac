"""Figures against peers and limits: what Kept costs, measured beside the same work done without it.

Run: make bench.
"""
