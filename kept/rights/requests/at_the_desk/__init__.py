"""Requests as the controllers work on them."""
