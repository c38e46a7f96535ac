"""The small marks pages are made of."""
