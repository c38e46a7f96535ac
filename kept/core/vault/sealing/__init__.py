"""Sealing and opening, and what is sealed that belongs to no row."""
