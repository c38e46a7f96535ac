"""Invented visits, for the demo and the benches."""
